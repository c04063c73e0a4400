/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands: a table of name, arguments and function. */
#include "knobs.h"

#include "vcard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 1000000UL
#define DELAY_MAX 600000UL

struct call {
	struct vc_knobs *knobs;
	struct vcard *card;
	unsigned long number[2];
	char *answer;
	size_t size;
};

/* The number of the N-th command from now; N = 0 takes the order back. */
static unsigned long from_now(const struct call *call)
{
	return call->number[0] ? call->knobs->commands + call->number[0] : 0;
}

static void run_remove(struct call *call)
{
	call->knobs->present = false;
}

static void run_insert(struct call *call)
{
	call->knobs->present = true;
}

static void run_remove_before(struct call *call)
{
	call->knobs->remove_before = from_now(call);
}

static void run_remove_after(struct call *call)
{
	call->knobs->remove_after = from_now(call);
}

static void run_mute(struct call *call)
{
	call->knobs->mute = from_now(call);
}

static void run_tear(struct call *call)
{
	vcard_tear(call->card, (unsigned)call->number[0]);
}

static void run_reset(struct call *call)
{
	vcard_reset(call->card);
	call->knobs->reset = true;
}

static void run_delay(struct call *call)
{
	call->knobs->delay_ms[call->number[0]] = (unsigned)call->number[1];
}

static void run_count(struct call *call)
{
	snprintf(call->answer, call->size, "ok %lu", call->knobs->commands);
}

static void run_writes(struct call *call)
{
	snprintf(call->answer, call->size, "ok %lu", vcard_writes(call->card));
}

static void run_state(struct call *call)
{
	char card[96];

	vcard_describe(call->card, card, sizeof(card));
	snprintf(call->answer, call->size, "ok %s commands %lu writes %lu %s",
		call->knobs->present ? "in" : "out", call->knobs->commands,
		vcard_writes(call->card), card);
}

// clang-format off
static const struct row {
	const char *name;
	int arguments;
	int base; /* of the first one */
	unsigned long max;
	void (*run)(struct call *call);
} rows[] = {
	{ "count", 0, 10, 0, run_count },
	{ "delay", 2, 16, 0xFF, run_delay },
	{ "insert", 0, 10, 0, run_insert },
	{ "mute", 1, 10, COUNT_MAX, run_mute },
	{ "remove", 0, 10, 0, run_remove },
	{ "remove-after", 1, 10, COUNT_MAX, run_remove_after },
	{ "remove-before", 1, 10, COUNT_MAX, run_remove_before },
	{ "reset", 0, 10, 0, run_reset },
	{ "state", 0, 10, 0, run_state },
	{ "tear", 1, 10, COUNT_MAX, run_tear },
	{ "writes", 0, 10, 0, run_writes },
};
// clang-format on

static bool parse_number(const char *word, int base, unsigned long max, unsigned long *ret_number)
{
	char *end;

	*ret_number = strtoul(word, &end, base);
	return *word && *word != '-' && !*end && *ret_number <= max;
}

static const struct row *parse(char *line, struct call *call)
{
	char *rest = NULL, *word = strtok_r(line, " ", &rest);
	const struct row *row = NULL;

	for (size_t i = 0; word && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, word))
			row = &rows[i];
	}
	if (!row)
		return NULL;
	for (int i = 0; i < row->arguments; i++) {
		word = strtok_r(NULL, " ", &rest);
		if (!word || !parse_number(word, i ? 10 : row->base, i ? DELAY_MAX : row->max,
				     &call->number[i]))
			return NULL;
	}
	return strtok_r(NULL, " ", &rest) ? NULL : row;
}

void vc_knobs_run(
	struct vc_knobs *knobs, struct vcard *card, const char *line, char *answer, size_t size)
{
	struct call call = { .knobs = knobs, .card = card, .answer = answer, .size = size };
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", line);
	const struct row *row = parse(copy, &call);

	if (!row) {
		snprintf(answer, size, "error unknown command or wrong arguments");
		return;
	}
	snprintf(answer, size, "ok");
	row->run(&call);
}
