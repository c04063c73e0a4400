/* SPDX-License-Identifier: Apache-2.0 */
/* GET DATA of both versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

static void what_each_version_says_of_itself(void **state)
{
	struct vcard *card = kit_card("v4.3b", NULL);
	uint8_t atr[33];

	(void)state;
	kit_expect(card, "00CA018000",
		"436172644F532056342E3342202843292053 69656D656E7320414720313939342D32303034 00 "
		"9000");
	kit_expect(card, "00CA018200", "C808 9000");
	kit_expect(card, "00CA018800", "E10901040700C8088F0101 9000");
	kit_expect(card, "00CA018100",
		"33660040EBEBEBEB7BFF2081EE141A27 00000000010000000000000000000000 9000");
	assert_int_equal(vcard_atr(card, atr), 13);
	assert_memory_equal(atr, "\x3B\xF2\x18\x00\x02\xC1\x0A\x31\xFE\x58\xC8\x08\x74", 13);
	vcard_free(card);
	card = kit_card("v4.4", "text=Another data-field=400");
	kit_expect(card, "00CA018000", "416E6F74686572 00 9000");
	kit_expect(card, "00CA018200", "C80D 9000");
	kit_expect(card, "00CA018800", "E10903040200C80D8F0101 9000");
	kit_expect(card, "00CA018D02", "0190 9000");
	assert_int_equal(vcard_atr(card, atr), 12);
	assert_memory_equal(atr, "\x3B\xD2\x18\x02\xC1\x0A\x31\xFE\x58\xC8\x0D\x51", 12);
	vcard_free(card);
}

static void memory_gets_less_and_comes_back(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00CA018A00", "7ECC 9000");
	kit_expect(card, "00E000001B 6219 80021000 820101 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00CA018A00", "6F2C 9000");
	kit_expect(card, "00E4000002 4401", "9000");
	kit_expect(card, "00CA018A00", "7ECC 9000");
	vcard_free(card);
}

static void unknown_objects_and_short_le_are_refused(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00CA01FF00", "6A88");
	kit_expect(card, "00CA028000", "6A86");
	kit_expect(card, "00CA018101", "6C20");
	vcard_free(card);
	card = kit_card("v4.4", "short-le=cut");
	kit_expect(card, "00CA018101", "33 9000");
	vcard_free(card);
	card = kit_card("v4.4", "short-le=6700");
	kit_expect(card, "00CA018101", "6700");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_version_says_of_itself),
		cmocka_unit_test(memory_gets_less_and_comes_back),
		cmocka_unit_test(unknown_objects_and_short_le_are_refused),
	};

	return cmocka_run_group_tests_name("getdata", tests, NULL, NULL);
}
