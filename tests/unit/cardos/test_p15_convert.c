/* SPDX-License-Identifier: Apache-2.0 */
/* Values of ASN.1 to plain ones and back: missing, too long, out of range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "iso_tlv.h"
#include "p15_convert.h"
#include "script.h"

static void a_text_is_cut_between_characters(void **state)
{
	char text[300], out[CARDOS_LABEL_MAX + 1];
	ASN1_UTF8STRING *string = NULL;
	(void)state;
	p15_get_text(NULL, out);
	assert_string_equal(out, "");
	memset(text, 'a', sizeof(text));
	text[299] = 0;
	assert_true(p15_set_text(&string, text));
	p15_get_text(string, out);
	assert_int_equal(strlen(out), CARDOS_LABEL_MAX);
	memcpy(text + 254, "\xC3\xA4", 2); /* would be cut in half */
	assert_true(p15_set_text(&string, text));
	p15_get_text(string, out);
	assert_int_equal(strlen(out), 254);
	assert_true(p15_set_text(&string, ""));
	p15_get_text(string, out);
	assert_string_equal(out, "");
	ASN1_UTF8STRING_free(string);
}

static void bytes_that_do_not_fit_are_refused(void **state)
{
	uint8_t out[4] = { 0 };
	size_t len = 99;
	ASN1_OCTET_STRING *string = NULL;
	(void)state;
	assert_true(p15_get_bytes(NULL, out, sizeof(out), &len));
	assert_int_equal(len, 0);
	assert_true(p15_set_bytes(&string, (const uint8_t *)"12345", 5));
	assert_false(p15_get_bytes(string, out, 4, &len));
	assert_int_equal(len, 0);
	assert_true(p15_set_bytes(&string, (const uint8_t *)"1234", 4));
	assert_true(p15_get_bytes(string, out, 4, &len));
	assert_memory_equal(out, "1234", 4);
	ASN1_OCTET_STRING_free(string);
}

/* What a card writes must not fill the host's error queue either. */
static void a_number_has_its_range(void **state)
{
	static const struct {
		const char *der;
		size_t max;
		bool good;
		size_t value;
	} rows[] = {
		{ "020100", 5, true, 0 },
		{ "020105", 5, true, 5 },
		{ "020106", 5, false, 0 },
		{ "0201FF", 5, false, 0 },
		{ "02027FFF", COS_FILE_MAX, true, COS_FILE_MAX },
		{ "0203008000", COS_FILE_MAX, false, 0 },
		{ "0209010000000000000000", COS_FILE_MAX, false, 0 },
	};
	size_t value = 9;
	(void)state;
	assert_true(p15_get_number(NULL, 5, &value));
	assert_int_equal(value, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t der[16];
		size_t len = script_hex(rows[i].der, der, sizeof(der));
		ASN1_INTEGER *number = p15_decode(ASN1_ITEM_rptr(ASN1_INTEGER), der, len);
		assert_non_null(number);
		assert_int_equal(p15_get_number(number, rows[i].max, &value), rows[i].good);
		if (rows[i].good)
			assert_int_equal(value, rows[i].value);
		assert_int_equal(ERR_peek_error(), 0);
		ASN1_INTEGER_free(number);
	}
}

static void the_next_number_is_a_short_integer(void **state)
{
	static const struct {
		const char *der;
		bool good;
		unsigned value;
	} rows[] = { { "02010A", true, 10 }, { "020401020304", true, 0x01020304 }, { "", false, 0 },
		{ "0200", false, 0 }, { "02050102030405", false, 0 }, { "04010A", false, 0 },
		{ "0202", false, 0 } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t der[16] = { 0 };
		struct cursor cursor;
		unsigned value = 99;
		cursor_init(&cursor, der, script_hex(rows[i].der, der, sizeof(der)));
		assert_int_equal(p15_next_number(&cursor, &value), rows[i].good);
		assert_int_equal(value, rows[i].good ? rows[i].value : 99);
	}
}

static void bits_are_the_first_sixteen(void **state)
{
	ASN1_BIT_STRING *bits = NULL;
	(void)state;
	assert_int_equal(p15_get_bits(NULL), 0);
	assert_true(p15_set_bits(&bits, 0x8201));
	assert_int_equal(p15_get_bits(bits), 0x8201);
	assert_int_equal(ASN1_BIT_STRING_set_bit(bits, 20, 1), 1);
	assert_int_equal(p15_get_bits(bits), 0x8201);
	ASN1_BIT_STRING_free(bits);
}

/* DER of Path: the MF in front, index and length as they are; nothing behind it. */
static void a_path_goes_both_ways(void **state)
{
	static const struct {
		const char *der;
		bool parses, good;
		size_t offset, len;
	} rows[] = {
		{ "3008 0406 3F0050154401", true, true, 0, 0 },
		{ "3006 0404 50154401", true, true, 0, 0 },
		{ "300E 0406 3F0050154401 020110 800120", true, true, 16, 32 },
		{ "3007 0405 3F00501544", true, false, 0, 0 },
		{ "300C 0406 3F0050154401 02028000", true, false, 0, 0 },
		{ "3014 0412 505050505050505050505050505050505050", true, false, 0, 0 },
		{ "3008 0406 3F0050154401 00", false, false, 0, 0 },
		{ "3008 0406 3F00501544", false, false, 0, 0 },
		{ "3000", false, false, 0, 0 },
	};
	struct cos_path path;
	size_t offset = 0, len = 0;
	(void)state;
	assert_false(p15_get_path(NULL, &path, &offset, &len));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t der[64];
		size_t size = script_hex(rows[i].der, der, sizeof(der));
		P15_PATH *value = p15_decode(ASN1_ITEM_rptr(P15_PATH), der, size);
		assert_int_equal(value != NULL, rows[i].parses);
		assert_int_equal(ERR_peek_error(), 0);
		assert_int_equal(p15_get_path(value, &path, &offset, &len), rows[i].good);
		if (rows[i].good) {
			assert_int_equal(cos_path_fid(&path), 0x4401);
			assert_int_equal(offset, rows[i].offset);
			assert_int_equal(len, rows[i].len);
		}
		ASN1_item_free((ASN1_VALUE *)value, ASN1_ITEM_rptr(P15_PATH));
	}
}

static void an_encoding_that_does_not_fit_is_full(void **state)
{
	static const uint8_t expected[] = { 0x30, 8, 4, 6, 0x3F, 0, 0x50, 0x15, 0x44, 1 };
	const struct cos_path from = { { 0x50, 0x15, 0x44, 0x01 }, 4 };
	P15_PATH *path = (P15_PATH *)ASN1_item_new(ASN1_ITEM_rptr(P15_PATH));
	struct buf buf;
	(void)state;
	assert_true(p15_set_path(path, &from));
	buf_init(&buf, sizeof(expected));
	assert_int_equal(p15_encode(ASN1_ITEM_rptr(P15_PATH), path, &buf), CARDOS_OK);
	assert_int_equal(buf.len, sizeof(expected));
	assert_memory_equal(buf.bytes, expected, sizeof(expected));
	assert_int_equal(p15_encode(ASN1_ITEM_rptr(P15_PATH), path, &buf), CARDOS_E_FULL);
	buf_done(&buf);
	ASN1_item_free((ASN1_VALUE *)path, ASN1_ITEM_rptr(P15_PATH));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_cut_between_characters),
		cmocka_unit_test(bytes_that_do_not_fit_are_refused),
		cmocka_unit_test(a_number_has_its_range),
		cmocka_unit_test(the_next_number_is_a_short_integer),
		cmocka_unit_test(bits_are_the_first_sixteen),
		cmocka_unit_test(a_path_goes_both_ways),
		cmocka_unit_test(an_encoding_that_does_not_fit_is_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
