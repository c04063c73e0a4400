/* SPDX-License-Identifier: Apache-2.0 */
/* Files, environment and options are laid over each other in the documented order.
 * rows: M195 */
#include "unit.h"

#include "conf.h"
#include "fail.h"

static const char *const variables[] = { "TWCA_SITE", "TWCA_RA_URL", "TWCA_RA_CA", "TWCA_ACCOUNT",
	"TWCA_READER", "TWCA_TOKEN", "TWCA_PKCS11_MODULE", "TWCA_CAPTCHA_COMMAND",
	"XDG_CONFIG_HOME" };

static int set_up(void **state)
{
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		unsetenv(variables[i]);
	*state = fresh_folder();
	return 0;
}

static int tear_down(void **state)
{
	remove_folder(*state);
	return 0;
}

static void a_file_gives_its_site_and_only_that(void **state)
{
	struct conf conf = { 0 };
	struct fail fail = FAIL_INIT;
	char *path = write_file(*state, "c",
		"[twca]\nsite = fine\nmodule=/m.so\n[site fine]\nurl=https://fine/\naccount=wang\n"
		"[site soft]\nurl=https://soft/\nreader=Soft\n");

	assert_true(conf_load(&conf, path, NULL, &fail));
	assert_string_equal(conf_get(&conf, CONF_SITE), "fine");
	assert_string_equal(conf_get(&conf, CONF_URL), "https://fine/");
	assert_string_equal(conf_get(&conf, CONF_MODULE), "/m.so");
	assert_null(conf_get(&conf, CONF_READER));
	conf_clear(&conf);
	assert_true(conf_load(&conf, path, "soft", &fail));
	assert_string_equal(conf_get(&conf, CONF_URL), "https://soft/");
	assert_null(conf_get(&conf, CONF_ACCOUNT));
	conf_clear(&conf);
	free(path);
}

static void environment_beats_files_and_options_beat_it(void **state)
{
	struct conf conf = { 0 };
	struct fail fail = FAIL_INIT;
	char *path = write_file(*state, "c", "[site fine]\nurl=https://file/\naccount=file\n");

	setenv("TWCA_RA_URL", "https://environment/", 1);
	assert_true(conf_load(&conf, path, "fine", &fail));
	assert_string_equal(conf_get(&conf, CONF_URL), "https://environment/");
	assert_string_equal(conf_get(&conf, CONF_ACCOUNT), "file");
	assert_true(conf_set(&conf, CONF_URL, "https://option/", &fail));
	assert_true(conf_set(&conf, CONF_ACCOUNT, NULL, &fail));
	assert_string_equal(conf_get(&conf, CONF_URL), "https://option/");
	assert_string_equal(conf_get(&conf, CONF_ACCOUNT), "file");
	conf_clear(&conf);
	free(path);
}

static void mistakes_are_told_with_their_line(void **state)
{
	static const char *const bad[] = { "[site fine]\nurrl=x\n", "[twca]\nurl=x\n",
		"[other]\nurl=x\n", "[site fine]\nno equal sign here\n", "[site soft]\nurrl=x\n" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct conf conf = { 0 };
		struct fail fail = FAIL_INIT;
		char *path = write_file(*state, "c", bad[i]);
		assert_false(conf_load(&conf, path, "fine", &fail));
		assert_int_equal(fail.code, FAIL_SETTINGS);
		assert_non_null(strstr(fail.detail, "line 2"));
		conf_clear(&conf);
		free(path);
	}
}

static void a_named_file_must_exist_the_usual_ones_need_not(void **state)
{
	struct conf conf = { 0 };
	struct fail fail = FAIL_INIT;

	assert_false(conf_load(&conf, "/nonexistent/twca.conf", "fine", &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	setenv("XDG_CONFIG_HOME", *state, 1);
	assert_true(conf_load(&conf, NULL, "fine", &fail));
	conf_clear(&conf);
}

static void directories_follow_xdg_and_home(void **state)
{
	(void)state;
	setenv("XDG_CONFIG_HOME", "/x", 1);
	char *path = conf_directory("XDG_CONFIG_HOME", ".config");
	assert_string_equal(path, "/x/twca");
	free(path);
	setenv("XDG_CONFIG_HOME", "relative", 1); /* to be ignored, says the specification */
	setenv("HOME", "/home/w", 1);
	path = conf_directory("XDG_CONFIG_HOME", ".config");
	assert_string_equal(path, "/home/w/.config/twca");
	free(path);
	unsetenv("HOME");
	path = conf_directory("XDG_CONFIG_HOME", ".config");
	assert_non_null(path);
	assert_int_equal(path[0], '/');
	free(path);
}

static void only_known_sites_have_a_profile(void **state)
{
	(void)state;
	assert_non_null(conf_profile_find("fine"));
	assert_null(conf_profile_find("fin"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_gives_its_site_and_only_that, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			environment_beats_files_and_options_beat_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			mistakes_are_told_with_their_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_named_file_must_exist_the_usual_ones_need_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(directories_follow_xdg_and_home, set_up, tear_down),
		cmocka_unit_test(only_known_sites_have_a_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
