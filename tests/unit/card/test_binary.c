/* SPDX-License-Identifier: Apache-2.0 */
/* READ and UPDATE BINARY: ends, offsets, conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#define CREATE_4 "00E000001B 6219 80020004 820101 83024401 850100 8609[00*9]"

static void a_read_gives_what_there_is_and_refuses_the_end(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00B0000000", "6986");
	kit_expect(card, CREATE_4, "9000");
	kit_expect(card, "00D6000004 01020304", "9000");
	kit_expect(card, "00B0000000", "01020304 9000");
	kit_expect(card, "00B0000202", "0304 9000");
	kit_expect(card, "00B0000310", "04 9000");
	kit_expect(card, "00B0000400", "6B00");
	kit_expect(card, "00B0800000", "6A86");
	kit_expect(card, "00B00000 000002", "0102 9000");
	vcard_free(card);
}

static void the_switches_change_the_end(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "read-end=empty read-across-end=6b00");

	(void)state;
	kit_expect(card, CREATE_4, "9000");
	kit_expect(card, "00B0000400", "9000");
	kit_expect(card, "00B0000310", "6B00");
	kit_expect(card, "00B0000300", "00 9000");
	vcard_free(card);
}

static void an_update_past_the_end_changes_nothing(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, CREATE_4, "9000");
	kit_expect(card, "00D6000302 AAAA", "6A84");
	kit_expect(card, "00D67FFF01 AA", "6A84");
	kit_expect(card, "00B0000000", "00000000 9000");
	vcard_free(card);
	card = kit_pin_card("v4.4", "update-past-end=6700");
	kit_expect(card, CREATE_4, "9000");
	kit_expect(card, "00D6000302 AAAA", "6700");
	vcard_free(card);
}

static void conditions_and_structure_are_asked(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001B 6219 80020004 820101 83024401 850100 8609 0101FF000000000000",
		"9000");
	kit_expect(card, "00B0000000", "6982");
	kit_expect(card, "00D6000001 AA", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00D6000001 AA", "9000");
	kit_expect(card, "00D0000001 AA", "6982");
	kit_expect(card, "00B0000000", "AA000000 9000");
	kit_expect(card, "00E000001B 6219 80020004 820105 83024402 850100 8609[00*9]", "9000");
	kit_expect(card, "00B0000000", "6981");
	kit_expect(card, "00D6000001 AA", "6981");
	vcard_free(card);
}

static void a_torn_update_is_half_written(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, CREATE_4, "9000");
	vcard_tear(card, 1);
	kit_expect(card, "00D6000004 AABBCCDD", "");
	kit_expect(card, "00B0000000", "");
	vcard_reset(card);
	kit_expect(card, "00A4080C0450154401", "9000");
	kit_expect(card, "00B0000000", "AABB0000 9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_gives_what_there_is_and_refuses_the_end),
		cmocka_unit_test(the_switches_change_the_end),
		cmocka_unit_test(an_update_past_the_end_changes_nothing),
		cmocka_unit_test(conditions_and_structure_are_asked),
		cmocka_unit_test(a_torn_update_is_half_written),
	};

	return cmocka_run_group_tests_name("binary", tests, NULL, NULL);
}
