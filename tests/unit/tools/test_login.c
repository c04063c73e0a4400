/* SPDX-License-Identifier: Apache-2.0 */
/* The login: how often it is tried, with which password, and what an earlier run leaves behind. */
#include "unit.h"

#include "desk.h"
#include "journal.h"
#include "json.h"
#include "login.h"
#include "person.h"
#include "pin.h"
#include "tool.h"
#include "wire.h"

static struct tool tool;
static char *folder;

static int set_up(void **state)
{
	(void)state;
	desk_tool(&tool, &folder);
	tool.profile = conf_profile_find("fine");
	person_begin(NULL, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	desk_tool_end(&tool, folder);
	return 0;
}

static void source(enum conf_key key, const char *variable, const char *value)
{
	struct fail fail = FAIL_INIT;
	char text[64];

	snprintf(text, sizeof text, "env:%s", variable);
	assert_int_equal(setenv(variable, value, 1), 0);
	assert_true(conf_set(&tool.conf, key, text, &fail));
}

static enum fail_code log_in(void)
{
	struct fail fail = FAIL_INIT;
	bool ok = login_open(&tool, &fail);

	assert_int_equal(ok, fail.code == FAIL_NONE);
	return fail.code;
}

static void a_wrong_password_is_asked_for_again(void **state)
{
	(void)state;
	desk.logins[0] = FAIL_LOGIN_REFUSED;
	desk.tries_left = 2;
	PERSON("wrong", "right");
	assert_int_equal(log_in(), FAIL_NONE);
	assert_int_equal(desk.login_count, 2);
	assert_string_equal(desk.password, "right");
	assert_string_equal(pin_text(tool.password), "right");
	assert_string_equal(desk.captcha, "-"); /* this site has no pictures */
}

static void no_try_is_spent_that_nobody_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < DESK_ANSWERS; i++)
		desk.logins[i] = FAIL_LOGIN_REFUSED;
	desk.tries_left = 0; /* the next one would be for nothing */
	PERSON("wrong");
	assert_int_equal(log_in(), FAIL_LOGIN_REFUSED);
	assert_int_equal(desk.login_count, 1);
	desk.tries_left = 2;
	source(CONF_PASSWORD_SOURCE, "TEST_PASSWORD", "wrong");
	assert_int_equal(log_in(), FAIL_LOGIN_REFUSED);
	assert_int_equal(desk.login_count, 2);
	for (size_t i = 0; i < DESK_ANSWERS; i++)
		desk.logins[i] = FAIL_LOGIN_LOCKED;
	source(CONF_PASSWORD_SOURCE, "TEST_PASSWORD", "wrong");
	assert_int_equal(log_in(), FAIL_LOGIN_LOCKED);
	assert_int_equal(desk.login_count, 3);
}

static void a_locked_login_names_the_form_that_lifts_it(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	desk.logins[0] = desk.logins[1] = FAIL_LOGIN_LOCKED;
	desk.detail = "until tomorrow"; /* the RA's own word stays */
	PERSON("x", "x");
	assert_false(login_open(&tool, &fail));
	assert_string_equal(fail.detail, "until tomorrow");
	desk.detail = "";
	assert_false(login_open(&tool, &fail));
	assert_string_equal(fail.detail, tool.profile->reset_form);
}

static void wrong_pictures_cost_nothing_three_times(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	tool.site.captcha = true;
	desk.logins[0] = FAIL_CAPTCHA_WRONG;
	desk.logins[1] = FAIL_CAPTCHA_STALE;
	assert_true(conf_set(&tool.conf, CONF_CAPTCHA_COMMAND, "echo 12 34; :", &fail));
	PERSON("secret", "secret");
	assert_int_equal(log_in(), FAIL_NONE);
	assert_int_equal(desk.login_count, 3);
	assert_int_equal(desk.captcha_count, 3);
	assert_string_equal(desk.captcha, "1234");
	desk.logins[3] = desk.logins[4] = desk.logins[5] = FAIL_CAPTCHA_WRONG;
	assert_false(login_ask(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CAPTCHA_WRONG);
	assert_int_equal(desk.login_count, 6);
}

static void the_first_password_is_changed_and_recorded(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	desk.must_change = true;
	desk.old_password = "first";
	desk.ends = true;
	PERSON("first", "Second-1", "Second-1");
	wire_begin(&(struct wire_answer){ 200, "application/json", "{}", 0 }, 1);
	/* the rules are read through the JSON back end; the desk has none */
	struct ra_site site;
	struct ra *rules = wire_ra(&site);
	assert_int_equal(log_in(), FAIL_NONE);
	assert_true(tool.must_change);
	struct pin *new = pin_new();
	strcpy(pin_buffer(new), "Second-1");
	pin_filled(new, 8);
	bool ended = false;
	assert_true(login_change_password(&tool, new, &ended, &fail));
	assert_true(ended);
	assert_false(tool.must_change);
	assert_true(tool.password_is_new);
	assert_string_equal(desk.password, "first");
	assert_string_equal(desk.new_password, "Second-1");
	assert_string_equal(pin_text(tool.password), "Second-1");
	assert_string_equal(tool_recorded(&tool, "password_change"), "done");
	desk.change = FAIL_PASSWORD_RULE;
	assert_false(login_change_password(&tool, new, &ended, &fail));
	assert_int_equal(fail.code, FAIL_PASSWORD_RULE);
	assert_string_equal(pin_text(tool.password), "Second-1");
	pin_free(new);
	ra_close(rules);
}

/* The record says "begun": the answer to the change was lost. */
static void after_a_lost_change_both_passwords_may_be_the_right_one(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(tool_record(&tool, "password_change", "begun", &fail));
	source(CONF_NEW_PASSWORD_SOURCE, "TEST_NEW", "second");
	assert_int_equal(log_in(), FAIL_NONE); /* it was done */
	assert_int_equal(desk.login_count, 1);
	assert_string_equal(desk.password, "second");
	assert_true(tool.password_is_new);
	/* it was not done: the new one is refused, the old one is taken, and changed */
	desk.login_count = 0;
	desk.logins[0] = FAIL_LOGIN_REFUSED;
	desk.tries_left = 3;
	desk.must_change = true;
	source(CONF_NEW_PASSWORD_SOURCE, "TEST_NEW", "second");
	source(CONF_PASSWORD_SOURCE, "TEST_PASSWORD", "first");
	assert_int_equal(log_in(), FAIL_NONE);
	assert_int_equal(desk.login_count, 2);
	assert_int_equal(desk.password_count, 1);
	assert_string_equal(desk.new_password, "second");
	/* the last try is not spent on a guess */
	desk.login_count = 0;
	desk.tries_left = 1;
	assert_true(tool_record(&tool, "password_change", "begun", &fail));
	source(CONF_NEW_PASSWORD_SOURCE, "TEST_NEW", "second");
	assert_int_equal(log_in(), FAIL_LOGIN_REFUSED);
	assert_int_equal(desk.login_count, 1);
}

static void a_finished_change_leaves_one_password(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(tool_record(&tool, "password_change", "done", &fail));
	desk.logins[0] = FAIL_LOGIN_REFUSED;
	desk.tries_left = 3;
	source(CONF_NEW_PASSWORD_SOURCE, "TEST_NEW", "second");
	source(CONF_PASSWORD_SOURCE, "TEST_PASSWORD", "first");
	assert_int_equal(log_in(), FAIL_LOGIN_REFUSED);
	assert_int_equal(desk.login_count, 1);
	assert_string_equal(desk.password, "second");
}

static void the_account_is_asked_for_when_nobody_named_it(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	free(tool.account);
	tool.account = NULL;
	PERSON("A2", "secret");
	assert_int_equal(log_in(), FAIL_NONE);
	assert_string_equal(desk.account, "A2");
	assert_true(login_password(&tool, &fail)); /* known */
	assert_int_equal(person.asked, 2);
	assert_true(login_account(&tool, &fail));
	assert_int_equal(person.asked, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_wrong_password_is_asked_for_again),
		TEST(no_try_is_spent_that_nobody_asked_for),
		TEST(a_locked_login_names_the_form_that_lifts_it),
		TEST(wrong_pictures_cost_nothing_three_times),
		TEST(the_first_password_is_changed_and_recorded),
		TEST(after_a_lost_change_both_passwords_may_be_the_right_one),
		TEST(a_finished_change_leaves_one_password),
		TEST(the_account_is_asked_for_when_nobody_named_it),
	};

	json_init();
	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
