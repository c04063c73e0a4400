/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_captcha.c: a picture serves one answer, of the one who fetched it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "kit.h"
#include "login.h"

enum {
	NOW = 1800000000
};

static const struct kit_caller fine = { "fine", 0, NOW };
static const struct kit_caller soft = { "soft", 0, NOW };
static const char *id, *answer;

/* What a login does with it. */
static void pass(struct request *request, struct reply *reply)
{
	if (captcha_pass(request, reply, id, answer))
		ra_reply(reply, 200, json_object());
}

/* Fetches a picture; its id, which the caller frees. */
static char *fetch(void)
{
	struct reply reply = kit_call(captcha_create, &fine, NULL, "{}");
	assert_int_equal(reply.status, 201);
	assert_int_equal(json_integer_value(json_object_get(reply.json, "digits")), 6);
	assert_true(strlen(kit_text(&reply, "image")) > 100);
	char *copy = strdup(kit_text(&reply, "id"));
	kit_reply_clear(&reply);
	return copy;
}

static void an_answer_is_taken_once(void **state)
{
	(void)state;
	CLEANUP(free_p) char *fresh = fetch();
	CLEANUP(free_p) char *digits = kit_value("SELECT answer FROM captcha");
	id = fresh;
	answer = digits;
	kit_says(pass, &soft, NULL, NULL, "captcha-expired"); /* another site's */
	kit_says(pass, &fine, NULL, NULL, "");
	kit_says(pass, &fine, NULL, NULL, "captcha-expired");
}

static void a_wrong_answer_uses_it_up(void **state)
{
	(void)state;
	CLEANUP(free_p) char *fresh = fetch();
	CLEANUP(free_p) char *digits = kit_value("SELECT answer FROM captcha WHERE NOT used");
	id = fresh;
	answer = "12345";
	kit_says(pass, &fine, NULL, NULL, "captcha-wrong");
	answer = digits;
	kit_says(pass, &fine, NULL, NULL, "captcha-expired");
	id = "nosuch";
	kit_says(pass, &fine, NULL, NULL, "captcha-expired");
}

static void it_grows_stale_and_is_cleared_away(void **state)
{
	(void)state;
	const struct kit_caller last = { "fine", 0, NOW + RA_CAPTCHA_S };
	const struct kit_caller late = { "fine", 0, NOW + RA_CAPTCHA_S + 1 };
	kit_sql("DELETE FROM captcha");
	CLEANUP(free_p) char *fresh = fetch();
	CLEANUP(free_p) char *digits = kit_value("SELECT answer FROM captcha");
	id = fresh;
	answer = digits;
	kit_says(pass, &late, NULL, NULL, "captcha-expired");
	kit_says(pass, &last, NULL, NULL, "");
	kit_says(captcha_create, &late, NULL, "{}", "");
	kit_has("SELECT count(*) FROM captcha", "1");
}

static void nobody_may_hoard_pictures(void **state)
{
	(void)state;
	kit_sql("DELETE FROM captcha");
	kit_sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<63)"
		" INSERT INTO captcha SELECT i,'fine','127.0.0.1','1','x',1800000000,0 FROM n");
	kit_says(captcha_create, &fine, NULL, "{}", "");
	struct reply reply = kit_call(captcha_create, &fine, NULL, "{}");
	assert_string_equal(kit_problem(&reply), "too-many-requests");
	assert_int_equal(reply.retry_after, RA_CAPTCHA_S);
	kit_reply_clear(&reply);
	kit_sql("UPDATE captcha SET used=1 WHERE id='7'");
	kit_says(captcha_create, &fine, NULL, "{}", "");
	kit_sql("UPDATE captcha SET source='192.0.2.1'"); /* others' do not count */
	kit_says(captcha_create, &fine, NULL, "{}", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken_once),
		cmocka_unit_test(a_wrong_answer_uses_it_up),
		cmocka_unit_test(it_grows_stale_and_is_cleared_away),
		cmocka_unit_test(nobody_may_hoard_pictures),
	};
	return cmocka_run_group_tests(tests, kit_open, kit_close);
}
