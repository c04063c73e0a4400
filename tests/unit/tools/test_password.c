/* SPDX-License-Identifier: Apache-2.0 */
/* New site passwords: the site's rules, at their boundaries, before anything is sent. */
#include "unit.h"

#include "fail.h"
#include "json.h"
#include "password.h"
#include "person.h"
#include "pin.h"
#include "tool.h"
#include "wire.h"

#define POLICY "sites/1/login/password_policy"

static struct tool tool;

static void begin(const char *site, const char *policy)
{
	struct ra_options options = { .url = "https://ra/" };
	struct fail fail = FAIL_INIT;
	char *text = wire_change(wire_directory(), POLICY, policy);
	const struct wire_answer answer = { 200, "application/json", text, 0 };

	memset(&tool, 0, sizeof tool);
	tool.term.quiet = true;
	tool.profile = conf_profile_find(site);
	assert_true(ra_json_open(&options, &tool.ra, &fail));
	wire_begin(&answer, 1);
	assert_true(tool.ra->ops->site(tool.ra, "fine", &tool.site, &fail));
	free(text);
}

/* Valid until the next question. */
static const struct fail *ask(const char *first, const char *second)
{
	static struct fail fail;
	struct pin *new = NULL;

	fail = (struct fail)FAIL_INIT;
	PERSON(first, second);
	bool ok = password_ask_new(&tool, &new, &fail);
	assert_int_equal(ok, fail.code == FAIL_NONE);
	assert_int_equal(ok, new != NULL);
	if (ok)
		assert_string_equal(pin_text(new), first);
	pin_free(new);
	return &fail;
}

static void each_rule_is_kept(void **state)
{
	static const struct {
		const char *password;
		bool good;
	} rows[] = {
		{ "Abcdef1", false },           /* 7 */
		{ "Abcdefg1", true },           /* 8 */
		{ "Abcdefghijklmno1", true },   /* 16 */
		{ "Abcdefghijklmnop1", false }, /* 17 */
		{ "abcdefg1", false }, { "ABCDEFG1", false }, { "Abcdefgh", false },
		{ "Ab1\xE8\x87\xBA\xE7\x81\xA3\xE7\xB6\xB2\xE8\xB7\xAF\xE8\xAA\x8D", true }, /* 8 */
		{ "Ab1\xE8\x87\xBA\xE7\x81\xA3\xE7\xB6\xB2\xE8\xB7\xAF", false },            /* 7 */
	};

	(void)state;
	begin("fine", "{\"min_length\":8,\"max_length\":16,\"require\":[\"lower\",\"upper\","
		      "\"digit\",7]}");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct fail *fail = ask(rows[i].password, rows[i].password);
		assert_int_equal(fail->code, rows[i].good ? FAIL_NONE : FAIL_PASSWORD_RULE);
		if (!rows[i].good)
			assert_non_null(strstr(fail->detail, "8 to 16"));
		assert_null(strstr(fail->detail, rows[i].password));
	}
	tool_clear(&tool);
}

static void a_site_without_rules_takes_any(void **state)
{
	static const char *const policies[] = { "{}", "{\"min_length\":-1,\"max_length\":1e9}",
		"{\"min_length\":\"8\",\"max_length\":70000,\"require\":\"upper\"}" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin("fine", policies[i]);
		assert_int_equal(ask("x", "x")->code, FAIL_NONE);
		tool_clear(&tool);
	}
}

static void it_is_typed_twice_and_differs_from_the_old_one(void **state)
{
	(void)state;
	begin("fine", "{}");
	assert_int_equal(ask("one", "two")->code, FAIL_NEW_PASSWORD_UNEQUAL);
	assert_int_equal(ask("one", NULL)->code, FAIL_CANCELLED);
	tool.password = pin_new();
	strcpy(pin_buffer(tool.password), "one");
	pin_filled(tool.password, 3);
	assert_int_equal(ask("one", "one")->code, FAIL_PASSWORD_RULE);
	assert_int_equal(ask("two", "two")->code, FAIL_NONE);
	struct fail fail = FAIL_INIT;
	struct pin *new = NULL;
	assert_int_equal(setenv("TEST_NEW", "three", 1), 0);
	assert_true(conf_set(&tool.conf, CONF_NEW_PASSWORD_SOURCE, "env:TEST_NEW", &fail));
	person_begin(NULL, 0);
	assert_true(password_ask_new(&tool, &new, &fail)); /* no question */
	assert_string_equal(pin_text(new), "three");
	pin_free(new);
	tool_clear(&tool);
}

static void the_post_says_it_in_its_own_words(void **state)
{
	(void)state;
	begin("post", "{\"min_length\":6,\"require\":[\"digit\"]}");
	const struct fail *fail = ask("abcdef", "abcdef");
	assert_int_equal(fail->code, FAIL_PASSWORD_RULE);
	assert_non_null(strstr(fail->detail, "6 characters or more"));
	assert_string_equal(password_changed_text(&tool),
		"Login password changed. Use the new password next time.");
	tool.profile = conf_profile_find("fine");
	assert_string_equal(password_changed_text(&tool), "Password changed.");
	tool_clear(&tool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_is_kept),
		cmocka_unit_test(a_site_without_rules_takes_any),
		cmocka_unit_test(it_is_typed_twice_and_differs_from_the_old_one),
		cmocka_unit_test(the_post_says_it_in_its_own_words),
	};

	json_init();
	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
