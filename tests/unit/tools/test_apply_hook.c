/* SPDX-License-Identifier: Apache-2.0 */
/* Commands after a job: which one runs, what it is told, and that it changes nothing. */
#include "unit.h"

#include <unistd.h>

#include "apply.h"

static char *folder;
static char success[160], failure[160];

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	snprintf(success, sizeof success, "echo ok $TWCA_EXIT $TWCA_SITE $TWCA_CARD >>%s/said",
		folder);
	snprintf(failure, sizeof failure,
		"echo failed $TWCA_EXIT $TWCA_CERTIFICATE >>%s/said; exit 9", folder);
	assert_int_equal(unsetenv("TWCA_CERTIFICATE"), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

/* Valid until the next call. */
static const char *said(void)
{
	static char text[256];
	char path[128];

	snprintf(path, sizeof path, "%s/said", folder);
	FILE *file = fopen(path, "r");
	text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
	if (file)
		fclose(file);
	return text;
}

static void the_right_command_is_told_the_result(void **state)
{
	struct apply apply = { .on_success = success, .on_failure = failure };
	char hash[] = "aa";

	(void)state;
	apply.tool.profile = conf_profile_find("fine");
	strcpy(apply.tool.token.serial, "0102");
	apply_tell_hook(&apply);
	assert_int_equal(apply_hook(&apply, 0), 0);
	assert_string_equal(said(), "ok 0 fine 0102\n");
	apply.certs[0].text.sha256 = hash;
	apply_tell_hook(&apply);
	assert_int_equal(apply_hook(&apply, 7), 7); /* its own status does not count */
	assert_string_equal(said(), "ok 0 fine 0102\nfailed 7 aa\n");
}

static void nothing_to_do_is_neither_success_nor_failure(void **state)
{
	struct apply apply = { .on_success = success, .on_failure = failure };

	(void)state;
	assert_int_equal(apply_hook(&apply, 3), 3);
	apply.batch = "list.csv"; /* each of its runs has its own */
	assert_int_equal(apply_hook(&apply, 0), 0);
	assert_int_equal(apply_hook(&apply, 1), 1);
	apply.batch = NULL;
	apply.on_success = apply.on_failure = NULL;
	assert_int_equal(apply_hook(&apply, 0), 0);
	assert_int_equal(apply_hook(&apply, 1), 1);
	assert_string_equal(said(), "");
}

static void a_command_that_fails_is_told_and_no_more(void **state)
{
	struct apply apply = { .on_success = "twca-no-such-command 2>/dev/null",
		.on_failure = "kill -9 $$" };

	(void)state;
	assert_int_equal(apply_hook(&apply, 0), 0);
	assert_int_equal(apply_hook(&apply, 4), 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_right_command_is_told_the_result),
		TEST(nothing_to_do_is_neither_success_nor_failure),
		TEST(a_command_that_fails_is_told_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
