/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of people and cards, as spreadsheets and hands write them; every mistake names its line. */
#include "unit.h"

#include <unistd.h>

#include "lib/fail.h"

#include "batch.h"

static char *folder;
static struct batch_file file;

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	batch_clear(&file);
	remove_folder(folder);
	return 0;
}

static bool take(const char *bytes, size_t len, struct fail *fail)
{
	char path[128];

	snprintf(path, sizeof path, "%s/list.csv", folder);
	FILE *stream = fopen(path, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, len, stream), len);
	assert_int_equal(fclose(stream), 0);
	batch_clear(&file);
	return batch_read(path, &file, fail);
}
#define TAKE_TEXT(text, fail) take(text, sizeof(text) - 1, fail)

static void lines_and_cells_as_they_stand(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(TAKE_TEXT("account,label\nA1,one\n\nA2,\n", &fail));
	assert_int_equal(file.columns, 2);
	assert_string_equal(file.names[1], "label");
	assert_int_equal(file.count, 2);
	assert_string_equal(file.lines[0].cells[1], "one");
	assert_int_equal(file.lines[1].number, 4); /* as an editor counts */
	assert_string_equal(file.lines[1].cells[1], "");
	assert_string_equal(file.lines[1].text, "A2,");
	assert_true(TAKE_TEXT("account\n", &fail)); /* nobody */
	assert_int_equal(file.count, 0);
	assert_true(TAKE_TEXT("account\nA1", &fail)); /* without a last newline */
	assert_string_equal(file.lines[0].cells[0], "A1");
}

static void quotes_hold_commas_and_quotes(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(TAKE_TEXT("account,\"label\"\n\"A,1\",\"say \"\"x\"\"\"\n\"\",\"\"\n", &fail));
	assert_string_equal(file.names[1], "label");
	assert_string_equal(file.lines[0].cells[0], "A,1");
	assert_string_equal(file.lines[0].cells[1], "say \"x\"");
	assert_string_equal(file.lines[1].cells[1], "");
	assert_true(TAKE_TEXT("account\nA\"1\n", &fail)); /* a quote inside is a letter */
	assert_string_equal(file.lines[0].cells[0], "A\"1");
	assert_false(TAKE_TEXT("account,label\n\"A\"1,x\n", &fail));
	assert_int_equal(fail.code, FAIL_SETTINGS);
}

/* What Windows and its spreadsheets add: a mark in front, CR before LF. */
static void a_byte_order_mark_and_crlf_are_no_part_of_a_cell(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(TAKE_TEXT("\xEF\xBB\xBF"
			      "account,label\r\nA1,one\r\n",
		&fail));
	assert_string_equal(file.names[0], "account");
	assert_string_equal(file.lines[0].cells[1], "one");
	assert_true(TAKE_TEXT("\xEF\xBB\xBF\"account\"\r\nA1\r\n", &fail));
	assert_string_equal(file.names[0], "account");
}

/* Big5 has bytes of ASCII behind its leading ones, but neither comma nor quote. */
static void other_encodings_do_not_shift_cells(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(TAKE_TEXT("label,account\n\xA5\x5C\xB3\x5C,A1\n\"\xBB\x7C\",A2\n", &fail));
	assert_string_equal(file.lines[0].cells[0], "\xA5\x5C\xB3\x5C");
	assert_string_equal(file.lines[0].cells[1], "A1");
	assert_string_equal(file.lines[1].cells[1], "A2");
	/* UTF-16: no column has such a name */
	assert_false(TAKE_TEXT("\xFF\xFE"
			       "a\0c\0\n\0",
		&fail));
	assert_int_equal(fail.code, FAIL_SETTINGS);
}

static void a_mistake_is_told_with_its_place_and_without_control_codes(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "", "names no columns" },
		{ "\n\r\n\n", "names no columns" },
		{ "account,password\n", "password" },
		{ "account\033[2J\n", "account" },
		{ "account,\nA1,\n", "no such column" },
		{ "\"account\n", "no such column" },
		{ "account,label\nA1\n", "line 2" },
		{ "account,label\nA1,a\nA2,b,c\n", "line 3" },
		{ "account,label\n\n\"A1,x\n", "line 3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		bool ok = take(rows[i].text, strlen(rows[i].text), &fail);
		if (strcmp(rows[i].text, "\"account\n") == 0) {
			assert_true(ok); /* an open quote ends with its line */
			continue;
		}
		assert_false(ok);
		assert_int_equal(fail.code, FAIL_SETTINGS);
		if (!strstr(fail.detail, rows[i].said))
			fail_msg("row %zu: %s", i, fail.detail);
		assert_null(strchr(fail.detail, '\033'));
	}
	struct fail fail = FAIL_INIT;
	assert_false(batch_read("/nowhere/at/all", &file, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

/* A NUL would cut a cell where nobody sees it. */
static void a_nul_is_refused(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_false(TAKE_TEXT("account,label\nA1,x\0y\n", &fail));
	assert_int_equal(fail.code, FAIL_SETTINGS);
	assert_non_null(strstr(fail.detail, "line 2"));
}

static void there_are_limits(void **state)
{
	static char text[BATCH_LINES_MAX * 3 + 64];
	struct fail fail = FAIL_INIT;
	size_t used = 0;

	(void)state;
	for (int i = 0; i < BATCH_COLUMNS_MAX + 1; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "label,");
	text[used - 1] = '\n';
	assert_false(take(text, used, &fail));
	assert_int_equal(fail.code, FAIL_SETTINGS);
	used = (size_t)snprintf(text, sizeof text, "label\n");
	for (int i = 0; i < BATCH_LINES_MAX; i++) {
		text[used++] = 'x';
		text[used++] = '\n';
	}
	assert_true(take(text, used, &fail));
	assert_int_equal(file.count, BATCH_LINES_MAX);
	text[used++] = 'x';
	assert_false(take(text, used, &fail));
	assert_int_equal(fail.code, FAIL_SETTINGS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(lines_and_cells_as_they_stand),
		TEST(quotes_hold_commas_and_quotes),
		TEST(a_byte_order_mark_and_crlf_are_no_part_of_a_cell),
		TEST(other_encodings_do_not_shift_cells),
		TEST(a_mistake_is_told_with_its_place_and_without_control_codes),
		TEST(a_nul_is_refused),
		TEST(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
