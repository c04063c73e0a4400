/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_registration.c: people's data, and what of them they may change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"

enum {
	NOW = 1800000000
};

static struct kit_caller post = { "post", 0, NOW };

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	post.account = kit_account("post", "p1", false);
	return 0;
}

#define MAIL(text) "{\"email\":\"" text "\"}"
#define PHONE(text) "{\"telephone\":\"" text "\"}"

static void only_an_address_and_a_number_can_be_changed(void **state)
{
	(void)state;
	static const char *const wrong[] = { "{}", "{\"name\":\"x\"}", MAIL("nobody"),
		MAIL("a b@example.org"), MAIL(""), PHONE("call me"),
		PHONE("123456789012345678901234567890123"),
		"{\"email\":\"a@example.org\",\"telephone\":\"x\"}" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		kit_says(profile_data_change, &post, NULL, wrong[i], "malformed-request");
	kit_has("SELECT coalesce(email, '-') FROM account", "-");
	kit_says(profile_data_change, &post, NULL, MAIL("a@example.org"), "");
	kit_says(profile_data_change, &post, NULL, PHONE("+886 2 1234-5678#9"), "");
	kit_has("SELECT email || ' ' || telephone FROM account",
		"a@example.org +886 2 1234-5678#9");
}

static void a_site_names_what_may_be_changed(void **state)
{
	(void)state;
	struct kit_caller fine = { "fine", kit_account("fine", "f1", false), NOW };
	kit_says(profile_data_change, &fine, NULL, MAIL("a@example.org"), "malformed-request");
	struct reply reply = kit_call(registration_get, &post, NULL, NULL);
	assert_int_equal(json_array_size(json_object_get(reply.json, "changeable")), 2);
	kit_reply_clear(&reply);
	reply = kit_call(registration_get, &fine, NULL, NULL);
	assert_int_equal(json_array_size(json_object_get(reply.json, "changeable")), 0);
	assert_null(json_object_get(reply.json, "email"));
	kit_reply_clear(&reply);
}

static void cards_are_listed_and_the_subject_is_given_as_it_must_be_asked(void **state)
{
	(void)state;
	kit_sql("INSERT INTO card SELECT 'post', 'aa02', id, NULL FROM account WHERE site='post'");
	struct reply reply = kit_call(registration_get, &post, NULL, NULL);
	const json_t *cards = json_object_get(reply.json, "cards");
	const json_t *subject = json_object_get(reply.json, "subject");
	assert_int_equal(json_array_size(cards), 1);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(cards, 0), "serial")), "aa02");
	assert_non_null(strstr(json_string_value(json_object_get(subject, "text")), "unit-cn"));
	assert_non_null(json_object_get(subject, "der"));
	kit_reply_clear(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_an_address_and_a_number_can_be_changed),
		cmocka_unit_test(a_site_names_what_may_be_changed),
		cmocka_unit_test(cards_are_listed_and_the_subject_is_given_as_it_must_be_asked),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
