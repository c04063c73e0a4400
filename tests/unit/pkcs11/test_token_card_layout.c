/* SPDX-License-Identifier: Apache-2.0 */
/* Which descriptions of cards are read, from where; and that a bad one is told and stops nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pkcs11/token_card_layout.h"

#include "door.h"
#include "soft_tmp.h"

static struct soft_tmp *tmp;
static char said[2048]; /* on the error output */

static int set_up(void **state)
{
	door_reset();
	unsetenv("TWCA_CARD_LAYOUT");
	unsetenv("XDG_CONFIG_HOME");
	if (soft_tmp_setup(state) != 0)
		return -1;
	tmp = *state;
	return setenv("HOME", tmp->path, 1);
}

/* folder/name below the test's own directory; text NULL: a folder. */
static const char *put(const char *folder, const char *name, const char *text)
{
	static char path[512];
	char command[600];

	snprintf(command, sizeof(command), "mkdir -p '%s/%s'", tmp->path, folder);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/%s/%s", tmp->path, folder, name);
	if (!text) {
		assert_int_equal(mkdir(path, 0700), 0);
		return path;
	}
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
	return path;
}

static void give(void)
{
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	token_card_layouts(NULL);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
	fclose(file);
}

static void the_home_is_looked_through_in_order(void **state)
{
	(void)state;
	put(".config/twca/cards", "b.conf", "two");
	put(".config/twca/cards", "a.conf", "one");
	put(".config/twca/cards", "c.txt", "never");
	put(".config/twca/cards", ".hidden.conf", "never");
	give();
	assert_string_equal(door.layouts, "<one><two>");
	assert_string_equal(said, "");
	put("elsewhere/twca/cards", "d.conf", "three");
	char config[300];
	snprintf(config, sizeof(config), "%s/elsewhere", tmp->path);
	setenv("XDG_CONFIG_HOME", config, 1);
	door_reset();
	give();
	assert_string_equal(door.layouts, "<three>");
	setenv("XDG_CONFIG_HOME", "", 1); /* as if unset */
	door_reset();
	give();
	assert_string_equal(door.layouts, "<one><two>");
}

static void one_file_can_be_named_or_none(void **state)
{
	(void)state;
	put(".config/twca/cards", "a.conf", "one");
	setenv("TWCA_CARD_LAYOUT", put("other", "x", "named"), 1);
	give();
	assert_string_equal(door.layouts, "<named>");
	setenv("TWCA_CARD_LAYOUT", "", 1);
	door_reset();
	give();
	assert_string_equal(door.layouts, "");
	setenv("TWCA_CARD_LAYOUT", "/nowhere/at/all", 1);
	give();
	assert_non_null(strstr(said, "/nowhere/at/all"));
}

static void a_bad_one_is_told_and_the_others_count(void **state)
{
	static char large[70000];

	(void)state;
	memset(large, '#', sizeof(large) - 1);
	large[65537] = '\0';
	put(".config/twca/cards", "a.conf", large); /* one byte too long */
	put(".config/twca/cards", "b.conf", NULL);  /* a folder */
	put(".config/twca/cards", "c.conf", "\xFF\x01");
	put(".config/twca/cards", "d.conf", "");
	large[65536] = '\0';
	put(".config/twca/cards", "e.conf", large);
	give();
	assert_non_null(strstr(said, "a.conf: too long"));
	assert_non_null(strstr(said, "b.conf: "));
	assert_null(strstr(said, "c.conf"));
	assert_int_equal(door.len, 65536);
	assert_memory_equal(door.layouts, "<\xFF\x01><><####", 10);
	door_reset();
	door.layout_err = CARDOS_E_INPUT;
	give();
	assert_non_null(strstr(said, "c.conf: line 1 is wrong"));
	assert_non_null(strstr(said, "d.conf: line 1 is wrong"));
	door.layout_err = CARDOS_E_NOT_FOUND; /* it describes another card */
	give();
	assert_null(strstr(said, "line 1 is wrong"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, soft_tmp_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_home_is_looked_through_in_order),
		TEST(one_file_can_be_named_or_none),
		TEST(a_bad_one_is_told_and_the_others_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
