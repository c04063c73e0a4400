/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/problem_zh.c: who asks in Chinese is answered so, where the detail is for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cleanup.h"
#include "problem.h"

/* The detail that is sent; it lives as long as *reply. */
static const char *said(struct reply *reply, const char *detail, const char *language)
{
	json_decref(reply->json);
	*reply = (struct reply){ 0 };
	problem(reply, PROBLEM_NOT_FOUND, detail);
	problem_speak(reply, language);
	return json_string_value(json_object_get(reply->json, "detail"));
}

static void chinese_is_spoken_to_who_asks_for_it(void **state)
{
	struct reply reply = { 0 };

	(void)state;
	assert_string_equal(said(&reply, "Log in first.", "zh-TW"), "請先登入。");
	assert_string_equal(said(&reply, "Log in first.", "en"), "Log in first.");
	assert_string_equal(said(&reply, "Log in first.", NULL), "Log in first.");
	json_decref(reply.json);
}

/* The first and the last by the alphabet, and two that begin alike: the table is searched by
 * halves. */
static void every_half_of_the_table_is_found(void **state)
{
	static const char *const details[] = {
		"A login by card serves the renewal only; log in with the password.",
		"Present the card (again).",
		"Present the card (again) after issue.",
		"Present the card again.",
		"There is no certificate.",
		"There is no valid certificate.",
		"Upper and lower case matter.",
	};
	struct reply reply = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
		assert_true((unsigned char)said(&reply, details[i], "zh-TW")[0] >= 0x80);
	json_decref(reply.json);
}

static void what_is_for_programs_stays(void **state)
{
	struct reply reply = { 0 };

	(void)state;
	assert_string_equal(said(&reply, "The body must be an object.", "zh-TW"),
		"The body must be an object.");
	json_decref(reply.json);
	reply = (struct reply){ 0 };
	problem_speak(&reply, "zh-TW");
	assert_null(reply.json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_is_spoken_to_who_asks_for_it),
		cmocka_unit_test(every_half_of_the_table_is_found),
		cmocka_unit_test(what_is_for_programs_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
