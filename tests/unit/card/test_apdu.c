/* SPDX-License-Identifier: Apache-2.0 */
/* The ISO cases in short and extended form, chaining, class and instruction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apdu.h"
#include "kit.h"

static void every_form_is_parsed(void **state)
{
	static const struct {
		const char *bytes;
		bool ok;
		size_t lc, ne;
	} rows[] = {
		{ "00A4000C", true, 0, 0 },
		{ "00B0000010", true, 0, 16 },
		{ "00B0000000", true, 0, 256 },
		{ "00B00000000010", true, 0, 16 },
		{ "00B00000000000", true, 0, 65536 },
		{ "00D6000002AABB", true, 2, 0 },
		{ "00A4000002AABB00", true, 2, 256 },
		{ "00D60000000002AABB", true, 2, 0 },
		{ "00A40000000002AABB0100", true, 2, 256 },
		{ "00A40000000002AABB0000", true, 2, 65536 },
		{ "00A400", false, 0, 0 },
		{ "00D6000003AABB", false, 0, 0 },
		{ "00D6000001AABBCC", false, 0, 0 },
		{ "00D6000000AA", false, 0, 0 },
		{ "00D60000000000AA", false, 0, 0 },
		{ "00D60000000003AABB", false, 0, 0 },
		{ "00D60000000002AABB00", false, 0, 0 },
		{ "00D60000000002AABB000000", false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(vc_buf_clear) struct vc_buf bytes = { 0 };
		struct vc_apdu apdu = { 0 };

		kit_hex(rows[i].bytes, &bytes);
		assert_int_equal(vc_apdu_parse(bytes.data, bytes.len, &apdu), rows[i].ok);
		assert_int_equal(apdu.lc, rows[i].lc);
		assert_int_equal(apdu.ne, rows[i].ne);
	}
}

static void class_and_instruction_are_refused_by_name(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00", "6700");
	kit_expect(card, "C0A4000C", "6E00");
	kit_expect(card, "01A4000C", "6881");
	kit_expect(card, "00FF0000", "6D00");
	kit_expect(card, "80A4000C", "6D00");
	kit_expect(card, "80100000 00", "6700");
	kit_expect(card, "00B00000", "6700");
	kit_expect(card, "004700000400000000", "6D00");
	vcard_free(card);
}

static void a_chain_is_one_command(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "10A4080C01 50", "9000");
	kit_expect(card, "00A4080C01 15", "9000");
	kit_expect(card, "00CA018700", "5015 9000");
	kit_expect(card, "10A4080C01 50", "9000");
	kit_expect(card, "00CA018200", "C80D 9000");
	kit_expect(card, "00A4080C01 15", "6700");
	kit_expect(card, "102A9E9AFF[00*255]", "9000");
	kit_expect(card, "102A9E9A2E[00*46]", "6700");
	kit_expect(card, "102A9E9AFF[00*255]", "9000");
	vcard_reset(card);
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "002A9E9A01 00 00", "6A88");
	vcard_free(card);
}

static void the_switches_refuse_chains(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "chaining=none");

	(void)state;
	kit_expect(card, "102A9E9A01 00", "6E00");
	vcard_free(card);
	card = kit_pin_card("v4.4", "chaining=cds chain-break=6884");
	kit_expect(card, "102A808601 00", "6E00");
	kit_expect(card, "102A9E9A01 00", "9000");
	kit_expect(card, "00CA018200", "6884");
	kit_expect(card, "00CA018200", "C80D 9000");
	vcard_free(card);
}

static void extended_length_ends_at_the_data_field(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00E000001B 6219 80020200 820101 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00D60000 00012C [11*300]", "9000");
	kit_expect(card, "00D60000 00012D [11*301]", "6700");
	kit_expect(card, "00B00000 00012A", "[11*298] 9000");
	kit_expect(card, "00B00000 000000", "[11*300] 9000");
	vcard_free(card);
	card = kit_pin_card("v4.4", "extended=no");
	kit_expect(card, "00CA0182 000000", "6700");
	vcard_free(card);
}

static void answers_can_wait_for_get_response(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "answer=get-response");

	(void)state;
	kit_expect(card, "00A40800025015 00", "6129");
	kit_expect(card, "00C0000000", "6F27 * 9000");
	kit_expect(card, "00C0000000", "6985");
	kit_expect(card, "00A40800025015 00", "6129");
	kit_expect(card, "00CA018200", "C80D 9000");
	kit_expect(card, "00C0000029", "6985");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_parsed),
		cmocka_unit_test(class_and_instruction_are_refused_by_name),
		cmocka_unit_test(a_chain_is_one_command),
		cmocka_unit_test(the_switches_refuse_chains),
		cmocka_unit_test(extended_length_ends_at_the_data_field),
		cmocka_unit_test(answers_can_wait_for_get_response),
	};

	return cmocka_run_group_tests_name("apdu", tests, NULL, NULL);
}
