/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of text.c: padding, cutting between characters, trimming. */
#include "pkcs11/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pad {
	const char *text;
	size_t width;
	const char *field;
};

static const struct pad pads[] = {
	{ "", 4, "    " }, { "ab", 4, "ab  " }, { "abcd", 4, "abcd" }, { "abcde", 4, "abcd" },
	{ "abc", 0, "" }, { "\xe5\xae\x89\xe5\x85\xa8", 6, "\xe5\xae\x89\xe5\x85\xa8" },
	{ "\xe5\xae\x89\xe5\x85\xa8", 5, "\xe5\xae\x89  " },
	{ "\xe5\xae\x89\xe5\x85\xa8", 4, "\xe5\xae\x89 " },
	{ "\xe5\xae\x89\xe5\x85\xa8", 3, "\xe5\xae\x89" }, { "\xe5\xae\x89\xe5\x85\xa8", 2, "  " },
	{ "ab\xc3\xa9", 3, "ab " }, { "ab\xc3\xa9", 4, "ab\xc3\xa9" },
	{ "a\xf0\x9f\x94\x91", 4, "a   " },
	{ "\x80\x80\x80\x80\x80", 4, "    " }, /* no character begins anywhere */
};

static void fields_are_padded_and_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pads) / sizeof(pads[0]); i++) {
		CK_UTF8CHAR field[16];

		memset(field, '#', sizeof(field));
		text_pad(field, pads[i].width, pads[i].text);
		assert_memory_equal(field, pads[i].field, pads[i].width);
		assert_int_equal(field[pads[i].width], '#');
	}
}

static void trimming_is_the_way_back(void **state)
{
	static const char *const fields[][2] = {
		{ "        ", "" },
		{ "ab      ", "ab" },
		{ " a b    ", " a b" },
		{ "abcdefgh", "abcdefgh" },
		{ "ab  \0xyz", "ab" },
		{ "\0bcdefgh", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char out[9];

		memset(out, '#', sizeof(out));
		text_trim((const CK_UTF8CHAR *)fields[i][0], 8, out);
		assert_string_equal(out, fields[i][1]);
	}
}

static void an_empty_field_trims_to_nothing(void **state)
{
	char out[1] = { '#' };

	(void)state;
	text_trim((const CK_UTF8CHAR *)"x", 0, out);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_padded_and_cut),
		cmocka_unit_test(trimming_is_the_way_back),
		cmocka_unit_test(an_empty_field_trims_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
