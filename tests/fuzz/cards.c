/* SPDX-License-Identifier: Apache-2.0 */
/* The cards that a session is run on. */
#include "cards.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "session.h"
#include "stand_in.h"
#include "vcard.h"

#define PATH_LEN 64

static const struct card_row {
	const char *personality, *layout; /* layout NULL: blank */
	bool key;                         /* a session makes one */
} rows[CARDS_KINDS] = {
	[CARDS_V44] = { "v4.4", "layout=plain", true },
	[CARDS_V53_MAKER] = { "v5.3", "layout=maker", false },
	[CARDS_V53_PLAIN] = { "v5.3", "layout=plain", true },
	[CARDS_V44_BLANK] = { "v4.4", NULL, false },
};

static char folder[] = "/tmp/twca-cards-XXXXXX";

static void path_of(enum cards_kind kind, char *path)
{
	(void)snprintf(path, PATH_LEN, "%s/%d", folder, (int)kind);
}

static void remove_all(void)
{
	char path[PATH_LEN];

	for (int kind = 0; kind < CARDS_KINDS; kind++) {
		path_of((enum cards_kind)kind, path);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static void make(enum cards_kind kind)
{
	static const struct session_plan plan = { .writes = true };
	const struct card_row *row = &rows[kind];
	const struct vcard_personalise params = {
		.pin = SESSION_PIN, .puk = SESSION_PUK, .label = "Fuzz", .time = "20251121084930Z"
	};
	const char *why = "no card";
	char path[PATH_LEN];
	struct vcard *card =
		vcard_new(row->personality, (const uint8_t *)"\x01\x02\x03\x04\x05\x06");

	path_of(kind, path);
	if (!card || (row->layout && (!vcard_switch(card, row->layout, &why) ||
					     !vcard_personalise(card, &params, &why)))) {
		(void)fprintf(stderr, "%s\n", why);
		abort();
	}
	if (row->key) {
		reader = (struct reader){ .card = card, .event = 1 };
		session_run(&plan, NULL);
	}
	if (!vcard_keep(card, path))
		abort();
	(void)vcard_free(card);
}

struct vcard *cards_copy(enum cards_kind kind)
{
	static bool made[CARDS_KINDS], begun;
	char path[PATH_LEN], why[VC_ERROR_MAX] = "";
	struct vcard *card;

	if (!begun) {
		if (!mkdtemp(folder))
			abort();
		begun = true;
		(void)atexit(remove_all);
	}
	if (!made[kind])
		make(kind);
	made[kind] = true;
	path_of(kind, path);
	card = vcard_load(path, why);
	if (!card || !vcard_keep(card, NULL)) {
		(void)fprintf(stderr, "%s\n", why);
		abort();
	}
	return card;
}
