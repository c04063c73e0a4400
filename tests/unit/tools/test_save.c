/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the person named: whole or not at all, never in place of another, never elsewhere. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "fail.h"
#include "save.h"

static char folder[] = "/tmp/twca-save-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : 1;
}

/* Removes what is there; how many files there were. */
static unsigned empty_folder(void)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.') {
			assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
			count++;
		}
	closedir(dir);
	return count;
}

static int end_folder(void **state)
{
	(void)state;
	empty_folder();
	return rmdir(folder);
}

static bool save(const char *path, const char *name, const char *text, bool force, char **ret,
	struct fail *fail)
{
	const struct save save = {
		.path = path, .name = name, .bytes = text, .len = strlen(text), .force = force
	};

	return save_bytes(&save, ret, fail);
}

static void holds(const char *path, const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof text - 1, file), strlen(wanted));
	fclose(file);
	assert_string_equal(text, wanted);
}

static void a_file_is_written_and_only_replaced_with_force(void **state)
{
	struct fail fail = FAIL_INIT;
	char path[64];
	char *where = NULL;

	(void)state;
	snprintf(path, sizeof path, "%s/a", folder);
	assert_true(save(path, NULL, "one", false, &where, &fail));
	assert_string_equal(where, path);
	free(where);
	assert_false(save(path, NULL, "two", false, &where, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	holds(path, "one");
	assert_true(save(path, NULL, "three", true, NULL, &fail));
	holds(path, "three");
	assert_int_equal(empty_folder(), 1); /* no temporary file was left */
}

static void a_folder_takes_the_name_but_no_path(void **state)
{
	static const char *const bad[] = { NULL, "", ".", "..", ".hidden", "../x", "a/b",
		"/etc/x" };
	struct fail fail = FAIL_INIT;
	char *where = NULL;
	char path[64];

	(void)state;
	assert_true(save(folder, "b.txt", "x", false, &where, &fail));
	snprintf(path, sizeof path, "%s/b.txt", folder);
	assert_string_equal(where, path);
	free(where);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(save(folder, bad[i], "x", true, NULL, &fail));
		assert_int_equal(fail.code, FAIL_USAGE);
	}
	assert_int_equal(empty_folder(), 1);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	struct fail fail = FAIL_INIT;
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "%s/none/a", folder);
	assert_false(save(path, NULL, "x", false, NULL, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_int_equal(empty_folder(), 0);
}

static void a_dry_run_looks_and_writes_nothing(void **state)
{
	struct fail fail = FAIL_INIT;
	char path[64], nowhere[64];
	char *where = NULL;
	struct save dry = { .path = folder, .name = "a", .bytes = "x", .len = 1, .dry_run = true };

	(void)state;
	assert_true(save_bytes(&dry, &where, &fail));
	assert_null(where);
	dry.path = "-";
	assert_true(save_bytes(&dry, NULL, &fail));
	assert_int_equal(empty_folder(), 0);
	snprintf(path, sizeof path, "%s/a", folder);
	assert_true(save(path, NULL, "one", false, NULL, &fail));
	dry.path = path;
	assert_false(save_bytes(&dry, &where, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	dry.force = true;
	assert_true(save_bytes(&dry, &where, &fail));
	holds(path, "one");
	snprintf(nowhere, sizeof nowhere, "%s/none/a", folder);
	dry.path = nowhere;
	assert_false(save_bytes(&dry, &where, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_null(where);
	assert_int_equal(empty_folder(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_written_and_only_replaced_with_force),
		cmocka_unit_test(a_folder_takes_the_name_but_no_path),
		cmocka_unit_test(what_cannot_be_written_leaves_nothing),
		cmocka_unit_test(a_dry_run_looks_and_writes_nothing),
	};

	return cmocka_run_group_tests(tests, make_folder, end_folder);
}
