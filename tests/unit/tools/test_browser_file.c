/* SPDX-License-Identifier: Apache-2.0 */
/* p11-kit's module files and Firefox's policies: what others wrote there stays, rubbish is left
 * alone. */
#include "unit.h"

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"
#include "json.h"
#include "scope.h"

#define MODULE "/unit/twca.so"

static char *folder;
static char path[128];

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	snprintf(path, sizeof path, "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static void put(const char *text)
{
	free(write_file(folder, "file", text));
}

/* The file's text; the caller frees; NULL: there is none. */
static char *text_of_file(void)
{
	struct fail fail = FAIL_INIT;
	char *text = NULL;

	assert_true(browser_read(path, &text, &fail));
	return text;
}

/* As a package for several architectures has it: p11-kit looks in its own folder. */
static void a_bare_name_is_one_in_p11_kits_folder(void **state)
{
	CLEANUP(free_p) char *module = NULL;
	struct fail fail = FAIL_INIT;
	enum browser_state seen = BROWSER_ABSENT;

	(void)state;
	assert_true(asprintf(&module, "%s/unit.so", browser_p11_folder) > 0);
	put("module: unit.so\n");
	assert_true(browser_p11_look(path, module, &seen, &fail));
	assert_int_equal(seen, BROWSER_PRESENT);
	assert_true(browser_p11_look(path, "/elsewhere/unit.so", &seen, &fail));
	assert_int_equal(seen, BROWSER_STALE);
	put("module: nit.so\n");
	assert_true(browser_p11_look(path, module, &seen, &fail));
	assert_int_equal(seen, BROWSER_STALE);
}

static void a_module_file_is_read_line_by_line(void **state)
{
	static const struct {
		const char *text;
		enum browser_state state;
	} rows[] = {
		{ "module: " MODULE "\n", BROWSER_PRESENT },
		{ "# x\n\t module:\t" MODULE, BROWSER_PRESENT },
		{ "module: " MODULE "x\n", BROWSER_STALE },
		{ "modul: " MODULE "\n", BROWSER_STALE },
		{ "", BROWSER_STALE },
		{ "\xFF\xFE\n:::\nmodule:", BROWSER_STALE },
		{ "module: other\nmodule: " MODULE "\n", BROWSER_PRESENT },
	};
	struct fail fail = FAIL_INIT;
	enum browser_state seen;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put(rows[i].text);
		assert_true(browser_p11_look(path, MODULE, &seen, &fail));
		assert_int_equal(seen, rows[i].state);
	}
	assert_true(browser_p11_add(path, MODULE, &fail));
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644); /* others' programs read it */
	assert_true(browser_p11_remove(path, &fail));
	assert_true(browser_p11_remove(path, &fail)); /* gone already */
}

static void a_policy_keeps_what_others_wrote(void **state)
{
	static const struct {
		const char *before, *with, *after; /* after NULL: no file */
	} rows[] = {
		{ "", "{\"policies\":{\"SecurityDevices\":{\"TWCA PKCS#11\":\"" MODULE "\"}}}",
			NULL },
		{ "{\"policies\":{\"X\":1}}",
			"{\"policies\":{\"SecurityDevices\":{\"TWCA PKCS#11\":\"" MODULE
			"\"},\"X\":1}}",
			"{\"policies\":{\"X\":1}}" },
		{ "{\"policies\":{\"SecurityDevices\":{\"Other\":\"/o.so\"}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Other\":\"/o.so\",\"TWCA PKCS#11\":"
			"\"" MODULE "\"}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Other\":\"/o.so\"}}}" },
		{ "{\"policies\":{\"SecurityDevices\":{\"Add\":{\"O\":\"/"
		  "o\"},\"Delete\":[\"D\"]}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Add\":{\"O\":\"/o\",\"TWCA "
			"PKCS#11\":"
			"\"" MODULE "\"},\"Delete\":[\"D\"]}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Add\":{\"O\":\"/"
			"o\"},\"Delete\":[\"D\"]}}}" },
		{ "{\"policies\":{\"SecurityDevices\":{\"Delete\":[\"D\"]}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Add\":{\"TWCA PKCS#11\":\"" MODULE
			"\"},\"Delete\":[\"D\"]}}}",
			"{\"policies\":{\"SecurityDevices\":{\"Delete\":[\"D\"]}}}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		enum browser_state seen;
		put(rows[i].before);
		assert_true(browser_policy_add(path, MODULE, &fail));
		for (int again = 0; again < 2; again++) {
			CLEANUP(free_p) char *text = text_of_file();
			json_t *got = json_loads(text, 0, NULL);
			json_t *want = json_loads(rows[i].with, 0, NULL);
			if (!json_equal(got, want))
				fail_msg("row %zu: %s", i, text);
			json_decref(got);
			json_decref(want);
			assert_true(browser_policy_add(path, MODULE, &fail));
		}
		assert_true(browser_policy_look(path, MODULE, &seen, &fail));
		assert_int_equal(seen, BROWSER_PRESENT);
		assert_true(browser_policy_remove(path, MODULE, &fail));
		CLEANUP(free_p) char *text = text_of_file();
		json_t *got = text ? json_loads(text, 0, NULL) : NULL;
		json_t *want = rows[i].after ? json_loads(rows[i].after, 0, NULL) : NULL;
		if (want ? !json_equal(got, want) : got != NULL)
			fail_msg("row %zu: %s", i, text);
		json_decref(got);
		json_decref(want);
		assert_true(browser_policy_remove(path, MODULE, &fail)); /* not there */
	}
}

static void what_is_no_policy_is_left_alone(void **state)
{
	static const char *const texts[] = { "{", "[]", "7", "{\"a\":1}x", "\xFF\xFE", "{\"a\":}" };
	static const char *const strange[] = { "{\"policies\":[]}", "{\"policies\":7}",
		"{\"policies\":{\"SecurityDevices\":\"x\"}}",
		"{\"policies\":{\"SecurityDevices\":{\"Add\":[]}}}" };
	enum browser_state seen;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct fail fail = FAIL_INIT;
		put(texts[i]);
		assert_false(browser_policy_look(path, MODULE, &seen, &fail));
		assert_int_equal(fail.code, FAIL_SETTINGS);
		assert_false(browser_policy_add(path, MODULE, &fail));
		assert_false(browser_policy_remove(path, MODULE, &fail));
		CLEANUP(free_p) char *text = text_of_file();
		assert_string_equal(text, texts[i]);
	}
	for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
		struct fail fail = FAIL_INIT;
		put(strange[i]);
		assert_true(browser_policy_look(path, MODULE, &seen, &fail));
		assert_int_equal(seen, BROWSER_ABSENT);
		assert_false(browser_policy_add(path, MODULE, &fail));
		assert_int_equal(fail.code, FAIL_SETTINGS);
		CLEANUP(free_p) char *text = text_of_file();
		assert_string_equal(text, strange[i]);
	}
}

static void a_file_without_end_is_refused(void **state)
{
	struct fail fail = FAIL_INIT;
	char *text = NULL;

	(void)state;
	put("");
	assert_int_equal(truncate(path, (1 << 20) + 1), 0);
	assert_false(browser_read(path, &text, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_int_equal(truncate(path, 1 << 20), 0);
	assert_true(browser_read(path, &text, &fail));
	free(text);
	assert_true(browser_read("/nowhere/at/all", &text, &fail));
	assert_null(text);
	assert_false(browser_read(folder, &text, &fail)); /* a folder */
	char below[160];
	snprintf(below, sizeof below, "%s/x", path); /* a file in place of a folder */
	assert_false(browser_write(below, "x", &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_bare_name_is_one_in_p11_kits_folder),
		TEST(a_module_file_is_read_line_by_line),
		TEST(a_policy_keeps_what_others_wrote),
		TEST(what_is_no_policy_is_left_alone),
		TEST(a_file_without_end_is_refused),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
