/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV, whole, cut and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iso_tlv.h"
#include "script.h"

static void long_tags_and_lengths_are_read(void **state)
{
	unsigned char bytes[300];
	struct cursor cursor;
	struct iso_tlv tlv;
	bool bad = true;
	(void)state;
	size_t len = script_hex("7F49820003 010203 300100", bytes, sizeof(bytes));
	cursor_init(&cursor, bytes, len);
	assert_true(iso_tlv_next(&cursor, &tlv));
	assert_int_equal(tlv.tag, 0x7F49);
	assert_int_equal(tlv.len, 3);
	assert_int_equal(tlv.whole, 8);
	assert_true(iso_tlv_find(bytes, len, 0x30, &tlv));
	assert_int_equal(tlv.value[0], 0);
	assert_int_equal(iso_tlv_peek(bytes, 5, &bad), 8);
	assert_false(bad);
}

static void cut_and_hostile_bytes_end_in_bad(void **state)
{
	static const char *const cases[] = { "30", "3002 00", "3080 0000", "3084 00000001 00", "1F",
		"1FFFFFFF 00", "3081", "3082 01", "308201" };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char bytes[16];
		struct cursor cursor;
		struct iso_tlv tlv;
		size_t len = script_hex(cases[i], bytes, sizeof(bytes));
		cursor_init(&cursor, bytes, len);
		assert_false(iso_tlv_next(&cursor, &tlv));
		assert_true(cursor.bad);
	}
}

static void a_header_in_parts_is_not_an_error(void **state)
{
	static const uint8_t cut[] = { 0x30, 0x82, 0x01 }, odd[] = { 0x30, 0x80 };
	bool bad = true;
	(void)state;
	assert_int_equal(iso_tlv_peek(cut, sizeof(cut), &bad), 0);
	assert_false(bad);
	assert_int_equal(iso_tlv_peek(odd, sizeof(odd), &bad), 0);
	assert_true(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_tags_and_lengths_are_read),
		cmocka_unit_test(cut_and_hostile_bytes_end_in_bad),
		cmocka_unit_test(a_header_in_parts_is_not_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
