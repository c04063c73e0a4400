/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs: their status, both outputs, their folder, and that none can hold us up. */
#include "unit.h"

#include <sys/stat.h>

#include "fail.h"
#include "program.h"

static char *output;
static int status;

static bool shell(const char *script, const char *folder, struct fail *fail)
{
	const char *const words[] = { "sh", "-c", script, NULL };

	free(output);
	output = NULL;
	status = -1;
	return program_run(words, folder, &output, &status, fail);
}

static void status_and_both_outputs_come_back(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(shell("echo out; echo err >&2; exit 7", NULL, &fail));
	assert_string_equal(output, "out\nerr\n");
	assert_int_equal(status, 7);
	assert_true(shell("exit 0", NULL, &fail));
	assert_string_equal(output, "");
	assert_int_equal(status, 0);
	assert_true(shell("kill -TERM $$", NULL, &fail));
	assert_int_equal(status, 128 + 15);
	assert_true(shell("cat", NULL, &fail)); /* standard input is empty */
	assert_int_equal(status, 0);
	assert_int_equal(fail.code, FAIL_NONE);
}

static void arguments_are_no_shells_words(void **state)
{
	const char *const words[] = { "printf", "%s|", "a b", "$HOME;`id`", "", NULL };
	struct fail fail = FAIL_INIT;

	(void)state;
	free(output);
	assert_true(program_run(words, NULL, &output, &status, &fail));
	assert_string_equal(output, "a b|$HOME;`id`||");
}

static void it_stands_in_the_folder(void **state)
{
	char *folder = fresh_folder();
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(shell("pwd -P", folder, &fail));
	assert_memory_equal(output, folder, strlen(folder));
	assert_false(shell("true", "/nowhere/at/all", &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_null(output);
	remove_folder(folder);
}

/* Everything is read, so that the program ends; what is kept has a limit. */
static void a_flood_is_cut_and_does_not_block(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(shell("head -c 300000 /dev/zero | tr '\\0' x; exit 3", NULL, &fail));
	assert_int_equal(strlen(output), PROGRAM_OUTPUT_MAX);
	assert_int_equal(status, 3);
	assert_true(shell("head -c 65536 /dev/zero | tr '\\0' y", NULL, &fail));
	assert_int_equal(strlen(output), PROGRAM_OUTPUT_MAX);
}

static void a_program_that_is_not_there_is_told(void **state)
{
	const char *const words[] = { "twca-no-such-program", NULL };
	struct fail fail = FAIL_INIT;

	(void)state;
	free(output);
	output = NULL;
	assert_false(program_run(words, NULL, &output, &status, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_non_null(strstr(fail.detail, "twca-no-such-program"));
	assert_null(output);
}

static void a_program_is_looked_for_in_every_part_of_path(void **state)
{
	char *folder = fresh_folder();
	char *old = strdup(getenv("PATH"));
	char *file = write_file(folder, "tool", "#!/bin/sh\n");
	char path[256];

	(void)state;
	snprintf(path, sizeof path, "/nowhere::%s:/bin", folder);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_false(program_exists("tool")); /* a file that nobody may run */
	assert_int_equal(chmod(file, 0755), 0);
	assert_true(program_exists("tool"));
	assert_false(program_exists("tool2"));
	assert_int_equal(setenv("PATH", "", 1), 0);
	assert_false(program_exists("tool"));
	assert_int_equal(unsetenv("PATH"), 0);
	assert_false(program_exists("sh"));
	assert_int_equal(setenv("PATH", old, 1), 0);
	free(old);
	free(file);
	remove_folder(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_and_both_outputs_come_back),
		cmocka_unit_test(arguments_are_no_shells_words),
		cmocka_unit_test(it_stands_in_the_folder),
		cmocka_unit_test(a_flood_is_cut_and_does_not_block),
		cmocka_unit_test(a_program_that_is_not_there_is_told),
		cmocka_unit_test(a_program_is_looked_for_in_every_part_of_path),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(output);
	return failed;
}
