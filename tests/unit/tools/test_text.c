/* SPDX-License-Identifier: Apache-2.0 */
/* Strings from outside become safe; bytes become text and back. */
#include "unit.h"

#include "text.h"

static void control_characters_are_dropped(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain", "plain" },
		{ "a\033[31mb\007c\rd", "a[31mbcd" },
		{ "line\none\ttwo", "line\none\ttwo" },
		{ "\xC2\x9B"
		  "1m",
			"1m" }, /* C1: CSI */
		{ "\xE2\x80\xAE"
		  "evil",
			"evil" },                     /* right-to-left override */
		{ "\xE2\x81\xA6x\xE2\x81\xA9", "x" }, /* isolates */
		{ "\xFF\xC0\xAF", "???" },            /* no UTF-8, overlong */
		{ "\xED\xA0\x80", "???" },            /* a surrogate */
		{ "憑證申請完成", "憑證申請完成" },
		{ "\xF0\x9F\x94\x91", "\xF0\x9F\x94\x91" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *clean = text_clean(rows[i].in);
		assert_string_equal(clean, rows[i].out);
		free(clean);
	}
	assert_null(text_clean(NULL));
	char *line = text_clean_line("a\nb\tc");
	assert_string_equal(line, "a b c");
	free(line);
}

static void a_cut_text_ends_in_a_whole_character(void **state)
{
	static const struct {
		const char *text;
		size_t cut;
		const char *left;
	} rows[] = {
		{ "", 0, "" }, { "abc", 3, "abc" }, { "a王", 4, "a王" }, { "a王", 3, "a" },
		{ "a王", 2, "a" }, { "a\xC3\xA9", 2, "a" },
		{ "\xF0\x9F\x94\x91", 4, "\xF0\x9F\x94\x91" }, { "\xF0\x9F\x94\x91", 3, "" },
		{ "\x80\x80", 2, "\x80\x80" }, /* never was UTF-8: left alone */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[16];
		snprintf(text, sizeof text, "%.*s", (int)rows[i].cut, rows[i].text);
		text_end_whole(text);
		assert_string_equal(text, rows[i].left);
	}
}

static void hexadecimal_round_trip_and_refusals(void **state)
{
	uint8_t bytes[4];
	size_t len = 99;

	(void)state;
	assert_true(text_unhex("00fFa5", bytes, sizeof bytes, &len));
	assert_int_equal(len, 3);
	char *hex = text_hex(bytes, len);
	assert_string_equal(hex, "00ffa5");
	free(hex);
	assert_false(text_unhex("0", bytes, sizeof bytes, &len));
	assert_false(text_unhex("0g", bytes, sizeof bytes, &len));
	assert_false(text_unhex("0011223344", bytes, sizeof bytes, &len));
}

static void base64_round_trip_of_each_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < 20; len++) {
		uint8_t bytes[20];
		uint8_t *back;
		size_t back_len;
		memset(bytes, (int)(0xF0 + len), sizeof bytes);
		char *text = text_base64(bytes, len);
		assert_true(text_unbase64(text, &back, &back_len));
		assert_int_equal(back_len, len);
		assert_memory_equal(back, bytes, len);
		free(back);
		free(text);
	}
}

static void base64_refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "A", "AAA", "AA A", "AAAA\n", "A*AA", "=AAA" };
	uint8_t *back;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_unbase64(bad[i], &back, &len));
}

static void uuids_have_their_form_and_differ(void **state)
{
	char a[TEXT_UUID_SIZE], b[TEXT_UUID_SIZE];

	(void)state;
	assert_true(text_uuid(a) && text_uuid(b));
	assert_int_equal(strlen(a), 36);
	assert_int_equal(a[14], '4');
	assert_non_null(strchr("89ab", a[19]));
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_dropped),
		cmocka_unit_test(a_cut_text_ends_in_a_whole_character),
		cmocka_unit_test(hexadecimal_round_trip_and_refusals),
		cmocka_unit_test(base64_round_trip_of_each_length),
		cmocka_unit_test(base64_refuses_what_is_none),
		cmocka_unit_test(uuids_have_their_form_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
