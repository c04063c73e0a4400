/* SPDX-License-Identifier: Apache-2.0 */
/* PUT DATA: object control information and security environments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#define PIN_OCI "83020003 8508 02038703FFFF0004 8603000304 8F08" PIN8

static void raw_length_bytes_are_taken(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card,
		"00DA016E9B 83022011 850822008C00FFFF0000 860703030300000000"
		"8F82 8100 [FF*128]",
		"9000");
	kit_expect(card,
		"00DA016E9B 83022111 850802008C00FFFF0000 860703030300000000"
		"8F83 8100 [FF*128]",
		"6A85");
	vcard_free(card);
}

static void a_new_object_needs_every_part(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00DA016E04 83020003", "6A80");
	kit_expect(card, "00DA016E0E 83020003 850802038703FFFF0004", "6A80");
	kit_expect(card, "00DA016E1D" PIN_OCI, "9000");
	kit_expect(card, "0020008308" WRONG8, "6300");
	kit_expect(card, "00DA016E0E 83020003 850802038703FFFF0004", "9000");
	for (int i = 0; i < 3; i++)
		kit_expect(card, "0020008308" WRONG8, "6300");
	kit_expect(card, "0020008308" PIN8, "6983");
	vcard_free(card);
}

static void addresses_and_tags_are_checked(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "id-1f=no");

	(void)state;
	kit_expect(card, "00DA016E04 83020000", "6A80");
	kit_expect(card, "00DA016E04 83020103", "6A80");
	kit_expect(card, "00DA016E04 83024003", "6A80");
	kit_expect(card, "00DA016E04 8302201F", "6A80");
	kit_expect(card, "00DA016E03 830110", "6A80");
	kit_expect(card, "00DA016E04 99020003", "6A80");
	kit_expect(card, "00DA016F04 83020003", "6A86");
	kit_expect(card, "00DA016E2F" PIN_OCI "8B10[FE*16]", "6A80");
	kit_expect(card, "00DA016E2F" PIN_OCI "8B10[FF*16]", "9000");
	vcard_free(card);
}

static void nine_parameter_bytes_need_the_package(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "verifyrc=no");

	(void)state;
	kit_expect(
		card, "00DA016E1E 83020005 850902040387 03FFFF0004 86030005FF 8F08" PIN8, "6A80");
	vcard_free(card);
	card = kit_pin_card("v4.4", NULL);
	kit_expect(
		card, "00DA016E1E 83020005 850902040387 03FFFF0004 86030005FF 8F08" PIN8, "9000");
	vcard_free(card);
}

static void update_and_append_are_two_conditions(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001B 6219 81020100 820138 83025016 850100 8609 0001[00*7]", "9000");
	kit_expect(card, "00DA016E1D" PIN_OCI, "9000");
	kit_expect(card, "00DA016E1D" PIN_OCI, "6982");
	kit_expect(card, "00DA016D0F 830101 86020000 8F06000000000000", "9000");
	kit_expect(card, "00DA016D0F 830101 86020000 8F06100000000000", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00DA016E1D" PIN_OCI, "9000");
	kit_expect(card, "00DA016D0F 830101 86020000 8F06100000000000", "9000");
	kit_expect(card, "00DA016D03 830102", "6A80");
	kit_expect(card, "00DA016D03 830202", "6A85");
	vcard_free(card);
}

static void a_full_card_says_so(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "eeprom=4260 df-memory=grows");

	(void)state;
	kit_expect(card, "00E000001B 6219 80020F80 820101 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00DA016E1D 83020003 850802038703FFFF0004 8603000304 8F08" PIN8, "9000");
	kit_expect(card,
		"00DA016E9B 83022011 850822008C00FFFF0000 860703030300000000"
		"8F82 8100 [FF*128]",
		"6A84");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_length_bytes_are_taken),
		cmocka_unit_test(a_new_object_needs_every_part),
		cmocka_unit_test(addresses_and_tags_are_checked),
		cmocka_unit_test(nine_parameter_bytes_need_the_package),
		cmocka_unit_test(update_and_append_are_two_conditions),
		cmocka_unit_test(a_full_card_says_so),
	};

	return cmocka_run_group_tests_name("putdata", tests, NULL, NULL);
}
