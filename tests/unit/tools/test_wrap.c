/* SPDX-License-Identifier: Apache-2.0 */
/* Lines end where they may and are never longer than the screen. */
#include "unit.h"

#include <locale.h>

#include "wrap.h"

static void lines_end_where_they_may(void **state)
{
	static const struct {
		const char *text;
		size_t columns, start, indent;
		const char *lines;
	} rows[] = {
		{ "one two three", 0, 0, 0, "one two three" },
		{ "one two three", 7, 0, 0, "one two\nthree" },
		{ "one two three", 6, 0, 2, "one\n  two\n  three" },
		{ "two three", 9, 4, 4, "two\n    three" },
		{ "one\n  two", 20, 0, 0, "one\n  two" },
		{ "a toolongforaline b", 8, 0, 0, "a\ntoolongforaline\nb" },
		{ "toolongforaline", 8, 0, 0, "toolongforaline" },
		{ "憑證申請完成", 8, 0, 0, "憑證申請\n完成" },
		{ "憑證申請完成", 9, 0, 0, "憑證申請\n完成" },
		{ "憑證申請。完成", 8, 0, 0, "憑證申\n請。完成" },
		{ "憑證「申請」完成", 6, 0, 0, "憑證\n「申\n請」完\n成" },
		{ "用 twca-pin 吧", 10, 0, 0, "用\ntwca-pin\n吧" },
		{ "\xFF\xFE x", 3, 0, 0, "\xFF\xFE\nx" },
		{ "", 8, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *lines =
			wrap_text(rows[i].text, rows[i].columns, rows[i].start, rows[i].indent);
		assert_string_equal(lines, rows[i].lines);
		free(lines);
	}
}

static void wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(wrap_width("abc"), 3);
	assert_int_equal(wrap_width("憑證"), 4);
	assert_int_equal(wrap_width("a\xCC\x81"), 1); /* a combining accent */
	assert_int_equal(wrap_width("\xFF"), 1);
}

static void a_file_has_no_columns(void **state)
{
	(void)state;
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(wrap_columns(fileno(file)), 0);
	fclose(file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_where_they_may),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(a_file_has_no_columns),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
