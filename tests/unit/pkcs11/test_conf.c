/* SPDX-License-Identifier: Apache-2.0 */
/* The module's settings, from a file and from the environment. */
#include "conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11.h"

static char folder[] = "/tmp/twca-conf-XXXXXX";
static char file[sizeof(folder) + 32];

static int setup(void **state)
{
	char path[sizeof(folder) + 16];

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/twca", folder);
	(void)snprintf(file, sizeof(file), "%s/twca/module.conf", folder);
	return mkdir(path, 0700) == 0 && setenv("XDG_CONFIG_HOME", folder, 1) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	char path[sizeof(folder) + 16];

	(void)state;
	unlink(file);
	(void)snprintf(path, sizeof(path), "%s/twca", folder);
	return rmdir(path) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static struct conf with(const char *text)
{
	struct conf conf;
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	conf_read(&conf, false);
	return conf;
}

static void a_file_sets_what_it_names(void **state)
{
	struct conf conf = with("# a comment\n\n  sessions =  7 \npinpad=no\n");

	(void)state;
	assert_int_equal(conf.sessions, 7);
	assert_false(conf.pinpad);
	conf = with("pinpad = no\n");
	assert_int_equal(conf.sessions, 1024);
	assert_false(conf.pinpad);
}

static void what_means_nothing_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", "sessions = 0", "sessions = 65537",
		"sessions = -1", "sessions = 7x", "sessions =", "sessions", "pinpad = maybe",
		"pinpad =", "other = 1", "= 1", "sessions = 99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct conf conf = with(wrong[i]);

		assert_int_equal(conf.sessions, 1024);
		assert_true(conf.pinpad);
	}
}

static void the_environment_counts_last(void **state)
{
	struct conf conf;

	(void)state;
	assert_int_equal(setenv("TWCA_PINPAD", "yes", 1), 0);
	assert_int_equal(setenv("TWCA_SESSIONS", "9", 1), 0);
	conf = with("pinpad = no\nsessions = 7\n");
	assert_true(conf.pinpad);
	assert_int_equal(conf.sessions, 9);
	assert_int_equal(unsetenv("TWCA_PINPAD"), 0);
	assert_int_equal(unsetenv("TWCA_SESSIONS"), 0);
}

static void a_slot_has_no_more_sessions_than_are_set(void **state)
{
	CK_SESSION_HANDLE session;
	CK_TOKEN_INFO info;

	with("sessions = 3\n");
	assert_int_equal(p11_setup(state), 0);
	assert_int_equal(p11->C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(info.ulMaxSessionCount, 3);
	assert_int_equal(info.ulMaxRwSessionCount, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
	assert_int_equal(
		p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_SESSION_COUNT);
	assert_int_equal(p11->C_CloseAllSessions(0), CKR_OK);
	assert_int_equal(p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
	assert_int_equal(p11_teardown(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_sets_what_it_names),
		cmocka_unit_test(what_means_nothing_changes_nothing),
		cmocka_unit_test(the_environment_counts_last),
		cmocka_unit_test(a_slot_has_no_more_sessions_than_are_set),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
