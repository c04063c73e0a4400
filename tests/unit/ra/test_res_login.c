/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_login.c: sessions by password, strikes, captchas, and the change of the password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "kit.h"
#include "password.h"

enum {
	NOW = 1800000000
};

static struct kit_caller post = { "post", 0, NOW };
static struct kit_caller fine = { "fine", 0, NOW };

static void set_password(int64_t account, const char *password)
{
	char hash[PASSWORD_HASH];
	char sql[300];
	assert_true(password_hash(password, hash));
	snprintf(sql, sizeof sql, "UPDATE account SET password='%s', cn='P-1' WHERE id=%lld", hash,
		(long long)account);
	kit_sql(sql);
}

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	post.account = kit_account("post", "post1", false);
	fine.account = kit_account("fine", "fine1", true);
	set_password(post.account, "Right123");
	set_password(fine.account, "Right123");
	return 0;
}

static void attempt(const char *body, const char *want, int left)
{
	struct kit_caller nobody = { "post", 0, NOW };
	struct reply reply = kit_call(session_create, &nobody, NULL, body);
	assert_string_equal(kit_problem(&reply), want);
	assert_int_equal(json_integer_value(json_object_get(reply.json, "attempts_left")), left);
	kit_reply_clear(&reply);
}

#define LOGIN(account, password) "{\"account\":\"" account "\",\"password\":\"" password "\"}"

static void the_third_wrong_password_locks_also_who_is_unknown(void **state)
{
	(void)state;
	kit_sql("INSERT INTO session VALUES('t','post',1,1900000000,'full')");
	kit_sql("UPDATE session SET account_id=(SELECT id FROM account WHERE account='post1')");
	attempt(LOGIN("P-1", "wrong"), "wrong-credentials", 2);
	attempt(LOGIN("P-1", "Right123"), "", 0); /* a right one wipes the slate */
	attempt(LOGIN("P-1", "wrong"), "wrong-credentials", 2);
	attempt(LOGIN("P-1", "right123"), "wrong-credentials", 1);
	kit_has("SELECT count(*)>0 FROM session", "1");
	attempt(LOGIN("P-1", ""), "malformed-request", 0);
	attempt(LOGIN("P-1", "wrong"), "account-locked", 0);
	kit_has("SELECT count(*) FROM session", "0"); /* the lock ends what is open */
	attempt(LOGIN("P-1", "Right123"), "account-locked", 0);
	attempt(LOGIN("nobody", "x"), "wrong-credentials", 2);
	attempt(LOGIN("nobody", "x"), "wrong-credentials", 1);
	attempt(LOGIN("nobody", "x"), "account-locked", 0);
	kit_sql("DELETE FROM strike");
	attempt(LOGIN("post1", "Right123"), "wrong-credentials", 2); /* not the identifier */
	kit_sql("DELETE FROM strike");
}

static void a_session_lives_fifteen_minutes(void **state)
{
	(void)state;
	struct kit_caller nobody = { "post", 0, NOW };
	struct reply reply = kit_call(session_create, &nobody, NULL, LOGIN("P-1", "Right123"));
	assert_int_equal(reply.status, 201);
	assert_string_equal(json_string_value(json_object_get(reply.json, "state")), "active");
	assert_int_equal(strlen(json_string_value(json_object_get(reply.json, "token"))), 43);
	kit_has("SELECT expires FROM session", "1800000900");
	kit_reply_clear(&reply);
	nobody.now = NOW + RA_SESSION_S + 1; /* the next login clears away what is over */
	kit_says(session_create, &nobody, NULL, LOGIN("P-1", "Right123"), "");
	kit_has("SELECT count(*) FROM session", "1");
}

#define WITH(id, answer)                                                                           \
	"{\"account\":\"fine1\",\"password\":\"Right123\",\"captcha\":{\"id\":\"" id               \
	"\",\"answer\":\"" answer "\"}}"

static void a_captcha_serves_once_and_for_three_minutes(void **state)
{
	(void)state;
	struct kit_caller nobody = { "fine", 0, NOW };
	struct kit_caller late = { "fine", 0, NOW + 1 };
	kit_sql("INSERT INTO captcha VALUES('c1','fine','127.0.0.1','123456','',1800000000,0),"
		"('c2','fine','127.0.0.1','123456','',1800000000,0),"
		"('c3','fine','127.0.0.2','123456','',1800000000,0),"
		"('c4','tipo','127.0.0.1','123456','',1800000000,0)");
	kit_says(session_create, &nobody, NULL, LOGIN("fine1", "Right123"), "malformed-request");
	kit_says(session_create, &late, NULL, WITH("c1", "123456"), "captcha-expired");
	kit_says(session_create, &nobody, NULL, WITH("c3", "123456"), "captcha-expired");
	kit_says(session_create, &nobody, NULL, WITH("c4", "123456"), "captcha-expired");
	kit_says(session_create, &nobody, NULL, WITH("c1", "000000"), "captcha-wrong");
	kit_says(session_create, &nobody, NULL, WITH("c1", "123456"), "captcha-expired");
	kit_has("SELECT count(*) FROM strike", "0"); /* never a wrong password */
	struct reply reply = kit_call(session_create, &nobody, NULL, WITH("c2", "123456"));
	assert_string_equal(json_string_value(json_object_get(reply.json, "state")),
		"password_change_required");
	kit_reply_clear(&reply);
}

#define CHANGE(old, new) "{\"old_password\":\"" old "\",\"new_password\":\"" new "\"}"

static void a_new_password_follows_the_sites_rules(void **state)
{
	(void)state;
	static const char *const weak[] = { "Ab1cd", "abcdef1", "ABCDEF1", "Abcdefg", "Right123",
		"王小明王小" };
	char body[200];
	for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
		snprintf(body, sizeof body, CHANGE("Right123", "%s"), weak[i]);
		kit_says(password_change, &post, NULL, body, "password-policy");
	}
	kit_says(password_change, &post, NULL, CHANGE("wrong", "Better456"), "wrong-password");
	struct reply reply = kit_call(password_change, &post, NULL, CHANGE("w", "Better456"));
	assert_true(reply.keep); /* asking again does not cost a second try */
	kit_reply_clear(&reply);
	kit_says(password_change, &post, NULL, CHANGE("Right123", "Better456"), "");
	kit_has("SELECT count(*) FROM session WHERE site='post'", "0"); /* log in again */
	kit_says(password_change, &fine, NULL, CHANGE("Right123", "abcdef"), "");
	kit_has("SELECT count(*) FROM session WHERE site='fine'", "1"); /* goes on */
	kit_has("SELECT must_change FROM account WHERE site='fine'", "0");
}

static void guessing_the_old_password_ends_the_session(void **state)
{
	(void)state;
	kit_says(password_change, &fine, NULL, CHANGE("no", "Other789"), "wrong-password");
	kit_says(password_change, &fine, NULL, CHANGE("no", "Other789"), "wrong-password");
	kit_says(password_change, &fine, NULL, CHANGE("no", "Other789"), "account-locked");
	kit_has("SELECT count(*) FROM session WHERE site='fine'", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_wrong_password_locks_also_who_is_unknown),
		cmocka_unit_test(a_session_lives_fifteen_minutes),
		cmocka_unit_test(a_captcha_serves_once_and_for_three_minutes),
		cmocka_unit_test(a_new_password_follows_the_sites_rules),
		cmocka_unit_test(guessing_the_old_password_ends_the_session),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
