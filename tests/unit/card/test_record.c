/* SPDX-License-Identifier: Apache-2.0 */
/* READ, UPDATE and APPEND RECORD on the three record structures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

static void linear_tlv_records_have_their_own_lengths(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001B 6219 80020010 820105 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00B2010400", "6A83");
	kit_expect(card, "00E2000004 1002AABB", "9000");
	kit_expect(card, "00E2000003 1101CC", "9000");
	kit_expect(card, "00E2000003 1102CC", "6A85");
	kit_expect(card, "00E200000B 1209[00*9]", "6A84");
	kit_expect(card, "00B2010400", "1002AABB 9000");
	kit_expect(card, "00B2020400", "1101CC 9000");
	kit_expect(card, "00B2030400", "6A83");
	kit_expect(card, "00B2000400", "6A83");
	kit_expect(card, "00B2010500", "6A86");
	kit_expect(card, "00B3010404 54020000 00", "6D00");
	kit_expect(card, "00DC010405 1003010203", "9000");
	kit_expect(card, "00B2010400", "1003010203 9000");
	kit_expect(card, "00DC030403 1101CC", "6A83");
	vcard_free(card);
}

static void fixed_records_have_one_length_and_a_limit(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001F 621D 80020004 8205 0221000202 83024401 850100 8609[00*9]",
		"9000");
	kit_expect(card, "00E2000003 010203", "6700");
	kit_expect(card, "00E2000002 0102", "9000");
	kit_expect(card, "00E2000002 0304", "9000");
	kit_expect(card, "00E2000002 0506", "6A84");
	kit_expect(card, "00B2020400", "0304 9000");
	kit_expect(card, "00B0000000", "6981");
	vcard_free(card);
}

static void a_cyclic_file_forgets_its_oldest(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001F 621D 80020004 8205 0621000202 83024401 850100 8609[00*9]",
		"9000");
	kit_expect(card, "00E2000002 0102", "9000");
	kit_expect(card, "00E2000002 0304", "9000");
	kit_expect(card, "00E2000002 0506", "9000");
	kit_expect(card, "00B2010400", "0506 9000");
	kit_expect(card, "00B2020400", "0304 9000");
	kit_expect(card, "00B2030400", "6A83");
	vcard_free(card);
}

static void conditions_are_asked(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(
		card, "00E000001B 6219 80020010 820105 83024401 850100 8609 010101[00*6]", "9000");
	kit_expect(card, "00E2000003 1101CC", "6982");
	kit_expect(card, "00B2010400", "6982");
	kit_expect(card, "00DC010403 1101CC", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00E2000003 1101CC", "9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linear_tlv_records_have_their_own_lengths),
		cmocka_unit_test(fixed_records_have_one_length_and_a_limit),
		cmocka_unit_test(a_cyclic_file_forgets_its_oldest),
		cmocka_unit_test(conditions_are_asked),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
