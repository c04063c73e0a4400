/* SPDX-License-Identifier: Apache-2.0 */
/* tests/card/knobs.c: each order of the control protocol, and lines that are none. */
#include "knobs.h"

#include "kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct vcard *card;

static int make_card(void **state)
{
	(void)state;
	card = kit_card("v4.4", NULL);
	return card ? 0 : 1;
}

static int free_card(void **state)
{
	(void)state;
	card = vcard_free(card);
	return 0;
}

static void says(struct vc_knobs *knobs, const char *line, const char *want)
{
	char answer[200] = "";

	vc_knobs_run(knobs, card, line, answer, sizeof(answer));
	if (strncmp(answer, want, strlen(want)) != 0)
		fail_msg("%s: %s, not %s", line, answer, want);
}

static void orders_count_from_the_next_command(void **state)
{
	(void)state;
	struct vc_knobs knobs = { .commands = 100, .present = true };

	says(&knobs, "remove-before 1", "ok");
	says(&knobs, "remove-after 2", "ok");
	says(&knobs, "mute 1000000", "ok");
	assert_int_equal(knobs.remove_before, 101);
	assert_int_equal(knobs.remove_after, 102);
	assert_int_equal(knobs.mute, 1000100);
	says(&knobs, "remove-before 0", "ok");
	says(&knobs, "remove-after 0", "ok");
	says(&knobs, "mute 0", "ok");
	assert_int_equal(knobs.remove_before, 0);
	assert_int_equal(knobs.remove_after, 0);
	assert_int_equal(knobs.mute, 0);
	says(&knobs, "count", "ok 100");
}

static void the_card_goes_and_comes(void **state)
{
	(void)state;
	struct vc_knobs knobs = { .present = true };

	says(&knobs, "state", "ok in commands 0 writes ");
	says(&knobs, "remove", "ok");
	assert_false(knobs.present);
	says(&knobs, "state", "ok out commands 0 writes ");
	says(&knobs, "  insert  ", "ok");
	assert_true(knobs.present);
	assert_false(knobs.reset);
	says(&knobs, "reset", "ok");
	assert_true(knobs.reset);
}

static void delays_are_by_instruction_in_hex(void **state)
{
	(void)state;
	struct vc_knobs knobs = { .present = true };

	says(&knobs, "delay 2a 600000", "ok");
	says(&knobs, "delay FF 7", "ok");
	assert_int_equal(knobs.delay_ms[0x2A], 600000);
	assert_int_equal(knobs.delay_ms[0xFF], 7);
	says(&knobs, "delay 2a 0", "ok");
	assert_int_equal(knobs.delay_ms[0x2A], 0);
}

static void writes_are_counted_and_torn_by_number(void **state)
{
	(void)state;
	struct vc_knobs knobs = { .present = true };
	char want[40];

	snprintf(want, sizeof(want), "ok %lu", vcard_writes(card));
	says(&knobs, "writes", want);
	says(&knobs, "tear 1", "ok");
	says(&knobs, "tear 0", "ok");
}

static void other_lines_change_nothing(void **state)
{
	(void)state;
	static const char *const lines[] = { "", " ", "nosuch", "COUNT", "count 1", "mute",
		"mute x", "mute -1", "mute 1 2", "mute 1000001", "mute 99999999999999999999999",
		"mute 1x", "delay 2a", "delay 100 1", "delay g 1", "delay 2a 600001", "delay 2a -1",
		"delay -1 1", "remove now", "tear", "count\t", "mute  " };
	struct vc_knobs knobs = { .present = true };
	struct vc_knobs before = knobs;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		says(&knobs, lines[i], "error ");
	assert_memory_equal(&knobs, &before, sizeof(knobs));
}

/* The socket's lines are shorter; a longer one must still stay in its buffer. */
static void a_long_line_is_cut_not_overrun(void **state)
{
	(void)state;
	struct vc_knobs knobs = { .present = true };
	char line[400], answer[8];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = 0;
	says(&knobs, line, "error ");
	vc_knobs_run(&knobs, card, line, answer, sizeof(answer));
	assert_string_equal(answer, "error u");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_count_from_the_next_command),
		cmocka_unit_test(the_card_goes_and_comes),
		cmocka_unit_test(delays_are_by_instruction_in_hex),
		cmocka_unit_test(other_lines_change_nothing),
		cmocka_unit_test(a_long_line_is_cut_not_overrun),
		cmocka_unit_test(writes_are_counted_and_torn_by_number),
	};
	return cmocka_run_group_tests(tests, make_card, free_card);
}
