/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of software identities: names, leftovers, levels, and copies that replace nothing. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "identity.h"
#include "pin.h"

static char *root;
static char path[256];

static int set_up(void **state)
{
	bool made = false;
	struct fail fail = FAIL_INIT;

	(void)state;
	root = fresh_folder();
	assert_int_equal(setenv("XDG_DATA_HOME", root, 1), 0);
	snprintf(path, sizeof path, "%s/twca/A1", root);
	assert_true(identity_make(path, &made, &fail));
	assert_true(made);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(root);
	return 0;
}

static void put(const char *name, const char *text)
{
	free(write_file(path, name, text));
}

__attribute__((noinline)) static bool is_there(const char *name)
{
	char file[300];

	snprintf(file, sizeof file, "%s/%s", path, name);
	return access(file, F_OK) == 0;
}

/* The file's text; valid until the next call. */
__attribute__((noinline)) static const char *text_of(const char *name)
{
	static char text[256];
	char file[300];

	snprintf(file, sizeof file, "%s/%s", path, name);
	FILE *stream = fopen(file, "r");
	assert_non_null(stream);
	text[fread(text, 1, sizeof text - 1, stream)] = '\0';
	fclose(stream);
	return text;
}

static void a_name_is_safe_whatever_the_word(void **state)
{
	static const struct {
		const char *prefix, *word, *name;
	} rows[] = {
		{ "fine-", "A123456789", "fine-A123456789" },
		{ "", "../../etc", "_._.._etc" },
		{ "", ".hidden", "_hidden" },
		{ "", "-rf", "_rf" },
		{ "x", "a/b c\n\033", "xa_b_c__" },
		{ "", "\xE8\x87\xBA", "___" },
		{ "", "", "" },
		{ "p-", "0123456789012345678901234567890123456789",
			"p-01234567890123456789012345678901234567" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char name[IDENTITY_NAME_MAX + 1];
		identity_name(name, rows[i].prefix, rows[i].word);
		assert_string_equal(name, rows[i].name);
	}
}

static void a_directory_is_made_for_its_owner_only(void **state)
{
	struct fail fail = FAIL_INIT;
	struct stat st;
	bool made = true;

	(void)state;
	char *expected = identity_path("A1");
	assert_string_equal(expected, path);
	free(expected);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_true(identity_make(path, &made, &fail)); /* empty settings: not used yet */
	assert_true(made);
	put("identity.conf", "level=1\n");
	assert_true(identity_make(path, &made, &fail));
	assert_false(made);
	char file[300];
	snprintf(file, sizeof file, "%s/identity.conf/below", path);
	assert_false(identity_make(file, &made, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

static void only_leftovers_without_keys_are_removed(void **state)
{
	struct fail fail = FAIL_INIT;
	bool whole = true;

	(void)state;
	put("so.escrow", "x");
	put("so.p12", "x");
	put("note.txt", "of the person");
	assert_true(identity_tidy(path, &whole, &fail));
	assert_false(whole);
	assert_false(is_there("so.escrow"));
	assert_false(is_there("identity.conf"));
	assert_true(is_there("note.txt"));
	put("so.p12", "x");
	put("key.pfx", "x");
	assert_true(identity_tidy(path, &whole, &fail));
	assert_true(whole);
	assert_true(is_there("so.p12"));
	assert_true(identity_tidy("/nowhere/at/all", &whole, &fail));
	assert_false(whole);
	char file[300];
	snprintf(file, sizeof file, "%s/key.pfx", path);
	assert_false(identity_tidy(file, &whole, &fail)); /* no directory */
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

static void a_level_is_read_out_of_any_settings(void **state)
{
	static const struct {
		const char *text;
		unsigned level;
	} rows[] = {
		{ "", 2 },
		{ "level=1", 1 },
		{ "level=3\n", 3 },
		{ "# level=1\nlevel=2\n", 2 },
		{ "level=0\n", 2 },
		{ "level=4\n", 2 },
		{ "level=\n", 2 },
		{ "level=x\n", 2 },
		{ "other=1\nlevel=1\nmore=2\n", 1 },
		{ "level=1\nlevel=3\n", 3 },
		{ "xlevel=1\n", 2 },
		{ "\n\n\nlevel=3", 3 },
		{ "\xFF\xFE\0", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		unsigned level = 9;
		put("identity.conf", rows[i].text);
		assert_true(identity_level(path, &level, &fail));
		assert_int_equal(level, rows[i].level);
	}
}

static void a_level_leaves_other_settings_and_keeps_or_drops_the_password(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *password = pin_new();
	char file[300];
	struct stat st;

	(void)state;
	strcpy(pin_buffer(password), "se cret");
	pin_filled(password, 7);
	put("identity.conf", "label=x\nlevel=1\n\nlast=y");
	assert_true(identity_set_level(path, 3, password, &fail));
	assert_string_equal(text_of("identity.conf"), "label=x\nlast=y\nlevel=3\n");
	assert_string_equal(text_of("password"), "se cret");
	snprintf(file, sizeof file, "%s/password", path);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(identity_set_level(path, 2, NULL, &fail));
	assert_false(is_there("password"));
	assert_false(identity_set_level(path, 3, NULL, &fail));
	assert_int_equal(fail.code, FAIL_INTERNAL);
	assert_string_equal(text_of("identity.conf"), "label=x\nlast=y\nlevel=2\n");
	pin_free(password);
	fail = (struct fail)FAIL_INIT;
	assert_false(identity_set_level("/nowhere/at/all", 1, NULL, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

/* What is noted goes before the name; what is neither is not known. */
static void the_site_is_noted_or_told_by_the_name(void **state)
{
	static const struct {
		const char *name, *noted, *site;
	} rows[] = {
		{ "soft-S1", NULL, "soft" },
		{ "post-P1", NULL, "post" },
		{ "post-P1", "bts", "bts" },
		{ "soft-S1", "none", "none" },
		{ "A1", "bts\n", "bts" },
		{ "A1", "nonsense", "" },
		{ "A1", NULL, "" },
		{ "other-A1", NULL, "" },
		{ "-A1", NULL, "" },
		{ "a-name-that-is-longer-than-a-site", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		char site[IDENTITY_SITE_MAX];
		bool made;
		char *other = identity_path(rows[i].name);
		assert_true(identity_make(other, &made, &fail));
		if (rows[i].noted)
			assert_true(identity_set_site(other, rows[i].noted, &fail));
		identity_site(other, site);
		assert_string_equal(site, rows[i].site);
		char command[400];
		snprintf(command, sizeof command, "rm -r '%s'", other);
		assert_int_equal(system(command), 0);
		free(other);
	}
}

static void what_is_set_aside_is_kept_under_another_name(void **state)
{
	struct fail fail = FAIL_INIT;
	char site[IDENTITY_SITE_MAX], file[400];
	char *first = NULL, *second = NULL;
	bool made, whole;

	(void)state;
	put("identity.conf", "label=A1\nlevel=1\n");
	put("A1.pfx", "key");
	assert_true(identity_set_aside(path, &first, &fail));
	snprintf(file, sizeof file, "%s-old", path);
	assert_string_equal(first, file);
	assert_true(identity_tidy(path, &whole, &fail));
	assert_false(whole);
	identity_site(first, site);
	assert_string_equal(site, IDENTITY_NO_SITE);
	snprintf(file, sizeof file, "%s/A1.pfx", first);
	assert_int_equal(access(file, F_OK), 0);
	assert_true(identity_make(path, &made, &fail));
	put("A1.pfx", "another key");
	assert_true(identity_set_aside(path, &second, &fail)); /* had no label */
	snprintf(file, sizeof file, "%s-old2", path);
	assert_string_equal(second, file);
	snprintf(path, sizeof path, "%s", first);
	assert_string_equal(text_of("identity.conf"), "level=1\nlabel=A1 (old)\n");
	assert_string_equal(text_of("A1.pfx"), "key");
	free(first);
	free(second);
	assert_false(identity_set_aside("/nowhere/at/all", &first, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

static void the_file_of_a_certificate_is_found_by_its_bytes(void **state)
{
	struct fail fail = FAIL_INIT;
	char *name = NULL;

	(void)state;
	put("a.pfx", "header DER one trailer");
	put("b.pfx", "header DER two trailer");
	put("c.p12", "DER three");
	put(".hidden.pfx", "DER four");
	assert_true(identity_file_of(path, (const uint8_t *)"DER two", 7, &name, &fail));
	assert_string_equal(name, "b.pfx");
	free(name);
	name = NULL;
	assert_false(identity_file_of(path, (const uint8_t *)"DER three", 9, &name, &fail));
	assert_int_equal(fail.code, FAIL_READ_BACK);
	assert_false(identity_file_of(path, (const uint8_t *)"DER four", 8, &name, &fail));
	assert_null(name);
	assert_true(identity_replace(path, "b.pfx", "a.pfx", &fail));
	assert_false(is_there("b.pfx"));
	assert_string_equal(text_of("a.pfx"), "header DER two trailer");
	assert_false(identity_replace(path, "b.pfx", "a.pfx", &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

static void a_copy_replaces_nothing_without_force(void **state)
{
	struct fail fail = FAIL_INIT;
	char target[300];
	struct stat st;

	(void)state;
	put("a.pfx", "one");
	snprintf(target, sizeof target, "%s/copy.pfx", path);
	assert_true(identity_copy(path, "a.pfx", target, false, &fail));
	assert_string_equal(text_of("copy.pfx"), "one");
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	put("a.pfx", "two");
	assert_false(identity_copy(path, "a.pfx", target, false, &fail));
	assert_int_equal(fail.code, FAIL_FILE_EXISTS);
	assert_string_equal(text_of("copy.pfx"), "one");
	assert_false(is_there(".copy.pfx.new"));
	assert_true(identity_copy(path, "a.pfx", target, true, &fail));
	assert_string_equal(text_of("copy.pfx"), "two");
	assert_false(identity_copy(path, "none.pfx", target, true, &fail));
	assert_false(identity_copy(path, "a.pfx", "/nowhere/at/all", true, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
}

/* A link in place of a file would have somebody else's bytes copied. */
static void links_and_folders_are_no_key_files(void **state)
{
	struct fail fail = FAIL_INIT;
	char link[300], target[300];

	(void)state;
	snprintf(link, sizeof link, "%s/link.pfx", path);
	snprintf(target, sizeof target, "%s/copy.pfx", path);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_false(identity_copy(path, "link.pfx", target, false, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_false(identity_copy(path, ".", target, false, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_false(is_there("copy.pfx"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_safe_whatever_the_word),
		TEST(a_directory_is_made_for_its_owner_only),
		TEST(only_leftovers_without_keys_are_removed),
		TEST(a_level_is_read_out_of_any_settings),
		TEST(a_level_leaves_other_settings_and_keeps_or_drops_the_password),
		TEST(the_site_is_noted_or_told_by_the_name),
		TEST(what_is_set_aside_is_kept_under_another_name),
		TEST(the_file_of_a_certificate_is_found_by_its_bytes),
		TEST(a_copy_replaces_nothing_without_force),
		TEST(links_and_folders_are_no_key_files),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
