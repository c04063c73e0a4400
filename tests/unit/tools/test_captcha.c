/* SPDX-License-Identifier: Apache-2.0 */
/* The picture: written for its owner only, read by a command or a person, gone afterwards. */
#include "unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captcha.h"
#include "fail.h"
#include "person.h"
#include "tool.h"

static struct tool tool;
static char *folder;
static uint8_t image[] = { 0x89, 'P', 'N', 'G' };
static const struct ra_captcha picture = { .id = "c1", .image = image, .image_len = sizeof image };

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	assert_int_equal(setenv("XDG_RUNTIME_DIR", folder, 1), 0);
	memset(&tool, 0, sizeof tool);
	tool.term.quiet = true;
	person_begin(NULL, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tool_clear(&tool);
	remove_folder(folder);
	return 0;
}

static unsigned files_left(void)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* "" when the command's answer is not taken. Valid until the next call. */
static const char *by_command(const char *command, enum fail_code wanted)
{
	static char answer[64];
	struct fail fail = FAIL_INIT;
	char *digits = NULL;

	assert_true(conf_set(&tool.conf, CONF_CAPTCHA_COMMAND, command, &fail));
	bool ok = captcha_read(&tool, &picture, &digits, &fail);
	assert_int_equal(fail.code, wanted);
	snprintf(answer, sizeof answer, "%s", ok ? digits : "");
	free(digits);
	assert_int_equal(files_left(), 0);
	return answer;
}

static void a_command_is_given_the_picture(void **state)
{
	char command[256];

	(void)state;
	assert_string_equal(by_command("echo 1234; true", FAIL_NONE), "1234");
	assert_string_equal(by_command("printf ' 1 2\\t3\\n4 '; true", FAIL_NONE), "1234");
	snprintf(command, sizeof command, "stat -c %%a-%%s");
	assert_string_equal(by_command(command, FAIL_NONE), "600-4");
	/* cut at 16, the rest is read and dropped */
	assert_string_equal(by_command("head -c 100000 /dev/zero | tr '\\0' 7; true", FAIL_NONE),
		"7777777777777777");
}

static void a_command_that_fails_gives_no_digits(void **state)
{
	(void)state;
	assert_string_equal(by_command("echo 1234; exit 1; :", FAIL_INPUT_NEEDED), "");
	assert_string_equal(by_command("true", FAIL_INPUT_NEEDED), "");
	assert_string_equal(by_command("echo ' '; :", FAIL_INPUT_NEEDED), "");
	assert_string_equal(by_command("twca-no-such-command", FAIL_INPUT_NEEDED), "");
	assert_string_equal(by_command("kill -9 $$; :", FAIL_INPUT_NEEDED), "");
}

static void a_person_is_told_where_the_picture_is(void **state)
{
	struct fail fail = FAIL_INIT;
	char *digits = NULL;
	char file[128];

	(void)state;
	PERSON("5678", NULL);
	assert_true(captcha_read(&tool, &picture, &digits, &fail));
	assert_string_equal(digits, "5678");
	free(digits);
	assert_non_null(strstr(person.questions[0], folder));
	assert_int_equal(files_left(), 0);
	assert_false(captcha_read(&tool, &picture, &digits, &fail));
	assert_int_equal(fail.code, FAIL_CANCELLED);
	assert_int_equal(files_left(), 0);
	tool.term.no_input = true;
	snprintf(file, sizeof file, "%s/named.png", folder);
	tool.captcha_file = file;
	assert_false(captcha_read(&tool, &picture, &digits, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
}

static void a_named_place_is_no_way_into_another_file(void **state)
{
	struct fail fail = FAIL_INIT;
	char *digits = NULL;
	char link[128], target[128];
	struct stat st;

	(void)state;
	snprintf(link, sizeof link, "%s/link.png", folder);
	snprintf(target, sizeof target, "%s/target", folder);
	free(write_file(folder, "target", "mine"));
	assert_int_equal(symlink(target, link), 0);
	tool.captcha_file = link;
	assert_false(captcha_read(&tool, &picture, &digits, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 4);
	tool.captcha_file = target; /* what was readable to others is not afterwards */
	assert_int_equal(chmod(target, 0644), 0);
	PERSON("1");
	assert_true(captcha_read(&tool, &picture, &digits, &fail));
	free(digits);
	assert_int_not_equal(access(target, F_OK), 0);
	tool.captcha_file = "/nowhere/at/all";
	assert_false(captcha_read(&tool, &picture, &digits, &fail));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_command_is_given_the_picture),
		TEST(a_command_that_fails_gives_no_digits),
		TEST(a_person_is_told_where_the_picture_is),
		TEST(a_named_place_is_no_way_into_another_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
