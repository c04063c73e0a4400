/* SPDX-License-Identifier: Apache-2.0 */
/* PUT DATA, ACCUMULATE OBJECT DATA, the PIN's status query and the data field of V5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit5.h"

#include <stdio.h>
#include <string.h>

static void pins_count_and_tell(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit_expect(card, "00200081", "63C3");
	kit_expect(card, "0020008108" WRONG8, "63C2");
	kit_expect(card, "00200081", "63C2");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00200081", "9000");
	kit_expect(card, "00CA018400", "01 9000");
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, "00200081", "63C3");
	for (int i = 2; i >= 0; i--)
		kit_expect(card, "0020008108" WRONG8, i == 2 ? "63C2" : i == 1 ? "63C1" : "63C0");
	kit_expect(card, "00200081", "6983");
	kit_expect(card, VERIFY, "6983");
	kit_expect(card, "002C008110" PUK8 PIN8, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00200085", "6A81");
	vcard_free(card);
}

static void objects_are_named_by_their_hash(void **state)
{
	static const char key[] = "AF0E 8104FFFFFFFF 8206FFFFFFFFFFFF";
	struct vcard *card = kit5_card("v5.3", NULL);
	char hash[65], text[256];

	(void)state;
	kit5_accumulate(card, key, hash);
	snprintf(text, sizeof(text),
		"830110 8503200000 C20103 950140 C4020108 8A0105 " KEY_RULES " CF20%s", hash);
	kit5_send(card, "00DA016E", text, false, "9000");
	/* Now it is there: changing it is up to the PIN. */
	kit5_send(card, "00DA016E", text, false, "6982");
	kit_expect(card, VERIFY, "9000");
	kit5_send(card, "00DA016E", text, false, "9000");
	memcpy(hash, "00000000", 8);
	snprintf(
		text, sizeof(text), "830110 8503200000 C20103 950140 C4020108 8A0105 CF20%s", hash);
	kit5_send(card, "00DA016E", text, false, "6A80");
	kit_expect(card, "90E45810", "6A88");
	kit_expect(card, "90E45890", "9000");
	kit_expect(card, "90E45890", "6A88");
	vcard_free(card);
}

static void a_part_is_no_object(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit5_send(card, "80E00100", "80020020 5310[AA*16]", true, "CF20 * 9000");
	kit5_send(card, "80E00000", "5311[AA*17]", true, "6A80");
	kit5_send(card, "80E00000", "5341[AA*65]", true, "6A80");
	kit5_send(card, "80E00200", "5301AA", true, "6A86");
	kit_expect(card, "00A4000C023F00", "9000");
	kit5_send(card, "00DA016D", "830101", false, "6982");
	vcard_free(card);
}

static void curves_have_to_be_stored_first(void **state)
{
	static const char key[] = "AF2C" P256_OID "9020[11*32]";
	struct vcard *card = kit5_card("v5.3", NULL);
	char hash[65], text[256];

	(void)state;
	kit5_accumulate(card, key, hash);
	snprintf(
		text, sizeof(text), "830110 8503200000 C20103 950140 C4020D00 8A0105 CF20%s", hash);
	kit5_send(card, "00DA016E", text, false, "6A88");
	kit5_curve(card);
	kit5_accumulate(card, key, hash);
	kit5_send(card, "00DA016E", text, false, "9000");
	vcard_free(card);
}

static void the_data_field_changes_at_reset(void **state)
{
	struct vcard *card = kit5_card("v5.4", NULL);

	(void)state;
	kit_expect(card, "00CA018D02", "01B5 9000");
	kit_expect(card, "80180800", "9000");
	kit_expect(card, "00CA018D02", "01B5 9000");
	vcard_reset(card);
	kit_expect(card, "00CA018D02", "0800 9000");
	kit_expect(card, "80180001", "6A86");
	vcard_free(card);
}

static void get_data_is_v5_s(void **state)
{
	struct vcard *card = kit_card("v5.3", NULL);

	(void)state;
	kit_expect(card, "00CA018100", "02082081EE141A27 9000");
	kit_expect(card, "00CA018200", "C903 9000");
	kit_expect(card, "00CA018B00",
		"CC7833CE010001000E0000010B 02082081EE14 00 1A 00 27 61753830FFFFFFFF78 * 9000");
	kit_expect(card, "00CA018A00", "0001.... 9000");
	kit_expect(
		card, "00CA018800", "E10B530611040901C9038F0101 E10B530603041302C9038F0101 9000");
	kit_expect(card, "0046000008 20107EAD00100020", "6D00");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_count_and_tell),
		cmocka_unit_test(objects_are_named_by_their_hash),
		cmocka_unit_test(a_part_is_no_object),
		cmocka_unit_test(curves_have_to_be_stored_first),
		cmocka_unit_test(the_data_field_changes_at_reset),
		cmocka_unit_test(get_data_is_v5_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
