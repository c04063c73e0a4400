/* SPDX-License-Identifier: Apache-2.0 */
/* NSS databases: their list of modules read as it is written, and changed by modutil alone (here a
 * script of the test's in PATH). */
#include "unit.h"

#include <sys/stat.h>

#include "browser.h"
#include "fail.h"

#define MODULE "/unit/twca.so"

static char *folder;
static char database[128];

static int set_up(void **state)
{
	char path[256];

	(void)state;
	folder = fresh_folder();
	snprintf(database, sizeof database, "%s/a b/nssdb", folder); /* a path with a blank */
	snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", folder);
	assert_int_equal(setenv("PATH", path, 1), 0);
	snprintf(path, sizeof path, "mkdir -p '%s' '%s/bin'", database, folder);
	return system(path);
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
	remove_folder(folder);
	return 0;
}

static void list(const char *text)
{
	free(write_file(database, "pkcs11.txt", text));
	free(write_file(database, "cert9.db", ""));
}

static void modutil(const char *script)
{
	char *file = write_file(folder, "bin/modutil", script);

	assert_int_equal(chmod(file, 0755), 0);
	free(file);
}

static enum browser_state look(bool *ret_named)
{
	struct fail fail = FAIL_INIT;
	enum browser_state state;

	assert_true(browser_nss_look(database, MODULE, &state, ret_named, &fail));
	return state;
}

static void the_list_is_read_block_by_block(void **state)
{
	static const struct {
		const char *text;
		enum browser_state state;
		bool named;
	} rows[] = {
		{ "", BROWSER_ABSENT, false },
		{ "library=\nname=NSS Internal PKCS #11 Module\n\n", BROWSER_ABSENT, false },
		{ "library=" MODULE "\nname=" BROWSER_MODULE_NAME "\n\n", BROWSER_PRESENT, true },
		{ "name=" BROWSER_MODULE_NAME "\nlibrary=" MODULE, BROWSER_PRESENT, true },
		{ "library=" MODULE "\nname=Something else\n\n", BROWSER_PRESENT, false },
		{ "library=/old.so\nname=" BROWSER_MODULE_NAME "\n\n", BROWSER_STALE, true },
		{ "library=/usr/lib/p11-kit-proxy.so\nname=p\n\n", BROWSER_OTHERWISE, false },
		{ "library=p11-kit-proxy.so\nname=p\n\nlibrary=/old.so\nname=" BROWSER_MODULE_NAME
		  "\n\n",
			BROWSER_STALE, true },
		{ "library=" MODULE "\nname=x\n\nlibrary=/old.so\nname=" BROWSER_MODULE_NAME "\n\n",
			BROWSER_PRESENT, true },
		{ "library=/x/not-p11-kit-proxy.so2\n\n", BROWSER_ABSENT, false },
		{ "\xFF\xFE\n=\nlibrary", BROWSER_ABSENT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool named = !rows[i].named;
		list(rows[i].text);
		if (look(&named) != rows[i].state || named != rows[i].named)
			fail_msg("row %zu", i);
	}
}

static void modutil_stands_in_the_folder_and_is_believed_only_as_far_as_seen(void **state)
{
	struct fail fail = FAIL_INIT;
	bool named;

	(void)state;
	list("");
	modutil("#!/bin/sh\necho \"$(pwd)|$*\" >>../../said\n"
		"[ \"$4\" = -add ] && printf 'library=%s\\nname=%s\\n\\n' \"$7\" \"$5\" "
		">>pkcs11.txt\n[ \"$4\" = -delete ] && : >pkcs11.txt\nexit 0\n");
	assert_true(browser_nss_add(database, MODULE, &fail));
	assert_int_equal(look(&named), BROWSER_PRESENT);
	assert_true(browser_nss_add(database, MODULE, &fail)); /* the old entry goes first */
	assert_true(browser_nss_remove(database, MODULE, &fail));
	assert_int_equal(look(&named), BROWSER_ABSENT);
	assert_true(browser_nss_remove(database, MODULE, &fail));
	char path[160], *said = NULL;
	snprintf(path, sizeof path, "%s/said", folder);
	assert_true(browser_read(path, &said, &fail));
	assert_non_null(strstr(said, "/a b/nssdb|-force -dbdir sql:. -add TWCA PKCS#11 -libfile "));
	free(said);
	modutil("#!/bin/sh\nexit 0\n"); /* says yes and does nothing */
	assert_false(browser_nss_add(database, MODULE, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

static void trouble_with_modutil_is_told_clean(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	list("");
	modutil("#!/bin/sh\nprintf 'no\\033[2J\\nway'\nexit 1\n");
	assert_false(browser_nss_add(database, MODULE, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_non_null(strstr(fail.detail, "modutil: no[2J way"));
	char path[64];
	snprintf(path, sizeof path, "%s/empty", folder);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_false(browser_nss_add(database, MODULE, &fail));
	assert_int_equal(fail.code, FAIL_NSS_TOOLS);
}

/* Somebody else gave it another name: taking it away is that person's business. */
static void a_module_under_another_name_is_not_taken_away(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	list("library=" MODULE "\nname=Mine\n\n");
	modutil("#!/bin/sh\nexit 1\n");
	assert_false(browser_nss_remove(database, MODULE, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_non_null(strstr(fail.detail, "another name"));
}

static void a_profile_that_was_never_started_gets_a_database(void **state)
{
	struct fail fail = FAIL_INIT;
	char fresh[160], made[200];
	struct stat st;

	(void)state;
	modutil("#!/bin/sh\n[ \"$4\" = -create ] && : >cert9.db\n"
		"[ \"$4\" = -add ] && printf 'library=%s\\nname=%s\\n\\n' \"$7\" \"$5\" "
		">pkcs11.txt\nexit 0\n");
	snprintf(fresh, sizeof fresh, "%s/new/nssdb", folder);
	assert_true(browser_nss_add(fresh, MODULE, &fail));
	snprintf(made, sizeof made, "%s/cert9.db", fresh);
	assert_int_equal(stat(made, &st), 0);
	assert_int_equal(stat(fresh, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_false(browser_nss_add("/nowhere/at/all", MODULE, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_list_is_read_block_by_block),
		TEST(modutil_stands_in_the_folder_and_is_believed_only_as_far_as_seen),
		TEST(trouble_with_modutil_is_told_clean),
		TEST(a_module_under_another_name_is_not_taken_away),
		TEST(a_profile_that_was_never_started_gets_a_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
