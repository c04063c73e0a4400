/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/session.c, strike.c and replay.c: who may pass, and what is done once only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "kit.h"
#include "replay.h"
#include "session.h"
#include "strike.h"
#include "text.h"

enum {
	NOW = 1800000000
};

static int64_t person, newcomer;

static void add_session(const char *token, int64_t account, const char *scope)
{
	char sha256[SHA256_HEX];
	text_sha256(token, strlen(token), sha256);
	assert_true(db_exec(kit_ra.db, "INSERT INTO session VALUES(?,'fine',?,?,?)", "siis", sha256,
		account, (int64_t)NOW, scope));
}

static int open_sessions(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	person = kit_account("fine", "A1", false);
	newcomer = kit_account("fine", "A2", true);
	add_session("person", person, "full");
	add_session("newcomer", newcomer, "full");
	add_session("card", newcomer, "renewal");
	return 0;
}

static struct request request_of(const char *site, int64_t now, const char *authorization)
{
	return (struct request){ .ra = &kit_ra,
		.site = site_find(site, strlen(site)),
		.now = now,
		.authorization = authorization,
		.method = "POST",
		.path = "/v1/fine/orders" };
}

static void sessions_pass_where_and_while_they_hold(void **state)
{
	(void)state;
	static const struct {
		const char *site, *header;
		int64_t now;
		bool first_login, renewal;
		const char *problem;
	} rows[] = {
		{ "fine", "Bearer person", NOW, false, false, "" },
		{ "fine", "bearer person", NOW, false, false, "" },
		{ "fine", "Bearer person", NOW + 1, false, false, "session-required" },
		{ "another", "Bearer person", NOW, false, false, "session-required" },
		{ "fine", "Bearer Person", NOW, false, false, "session-required" },
		{ "fine", "Bearer person ", NOW, false, false, "session-required" },
		{ "fine", "Bearer ", NOW, false, false, "session-required" },
		{ "fine", "Bearer", NOW, false, false, "session-required" },
		{ "fine", "Basic person", NOW, false, false, "session-required" },
		{ "fine", "Bearer ' OR 1=1 --", NOW, false, false, "session-required" },
		{ "fine", "", NOW, false, false, "session-required" },
		{ "fine", NULL, NOW, false, false, "session-required" },
		{ "fine", "Bearer newcomer", NOW, false, false, "password-change-required" },
		{ "fine", "Bearer newcomer", NOW, true, false, "" },
		{ "fine", "Bearer card", NOW, true, false, "session-required" },
		{ "fine", "Bearer card", NOW, false, true, "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reply reply = { 0 };
		struct request request = request_of("fine", rows[i].now, rows[i].header);
		size_t count = 0;
		const struct site *all = site_all(&count);
		if (strcmp(rows[i].site, "fine") != 0)
			request.site = &all[count - 1]; /* the file's last site */
		bool passed = session_pass(&request, &reply, rows[i].first_login, rows[i].renewal);
		assert_string_equal(kit_problem(&reply), rows[i].problem);
		assert_int_equal(passed, !*rows[i].problem);
		assert_int_equal(request.account_id != 0, passed);
		if (passed)
			assert_string_equal(
				request.account, request.account_id == person ? "A1" : "A2");
		kit_reply_clear(&reply);
	}
}

static void the_last_strike_locks_one_account_of_one_site(void **state)
{
	(void)state;
	size_t count = 0;
	const struct site *all = site_all(&count);
	struct request here = request_of("fine", NOW, NULL);
	struct request there = here;
	there.site = &all[count - 1];
	assert_int_equal(here.site->max_attempts, 3);
	for (int64_t left = 2; left >= 0; left--) {
		assert_false(strike_locked(&here, "nobody"));
		assert_int_equal(strike_add(&here, "nobody"), left);
	}
	assert_true(strike_locked(&here, "nobody"));
	assert_false(strike_locked(&there, "nobody"));
	assert_false(strike_locked(&here, "nobod"));
	assert_false(strike_locked(&here, "%"));
	struct reply reply = { 0 };
	strike_refuse(&here, &reply);
	assert_int_equal(reply.status, 403);
	assert_string_equal(kit_problem(&reply), "account-locked");
	assert_true(json_is_object(json_object_get(reply.json, "contact")));
	assert_int_equal(json_integer_value(json_object_get(reply.json, "attempts_left")), 0);
	kit_reply_clear(&reply);
	strike_clear(&here, "nobody");
	assert_false(strike_locked(&here, "nobody"));
	assert_int_equal(strike_add(&here, "nobody"), 2);
}

static struct request keyed(int64_t account, const char *key, const char *body)
{
	struct request request = request_of("fine", NOW, NULL);
	request.account_id = account;
	snprintf(request.key, sizeof request.key, "%s", key);
	request.body = body;
	request.body_len = body ? strlen(body) : 0;
	return request;
}

static void a_kept_answer_comes_back_whole(void **state)
{
	(void)state;
	struct reply first = { 0 };
	struct reply again = { 0 };
	struct request request = keyed(person, "key-0001", "{\"a\":1}");
	assert_false(replay_answer(&request, &first));
	ra_reply(&first, 202, json_pack("{s:i}", "b", 2));
	first.location = strdup("https://there/");
	first.retry_after = 5;
	assert_true(first.keep);
	assert_true(replay_keep(&request, &first));
	assert_true(replay_answer(&request, &again));
	assert_int_equal(again.status, 202);
	assert_string_equal(again.location, first.location);
	assert_int_equal(again.retry_after, 5);
	assert_true(json_equal(again.json, first.json));
	assert_true(again.replayed);
	assert_false(again.keep);
	assert_true(replay_keep(&request, &again)); /* nothing more to keep */
	kit_reply_clear(&first);
	kit_reply_clear(&again);
}

static void a_kept_answer_ends_unless_it_is_an_orders(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int64_t age;
		bool kept;
	} rows[] = {
		{ "/v1/fine/password", RA_IDEMPOTENCY_S, true },
		{ "/v1/fine/password", RA_IDEMPOTENCY_S + 1, false },
		{ "/v1/fine/orders", RA_IDEMPOTENCY_S + 1, true },
		{ "/v1/fine/orders/1/receipt", 100 * RA_IDEMPOTENCY_S, true },
		{ "/v1/fine/renewals", 100 * RA_IDEMPOTENCY_S, true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reply reply = { 0 };
		struct reply again = { 0 };
		struct request request = keyed(person, "key-aged", "{}");
		request.key[7] = (char)('0' + i);
		request.path = rows[i].path;
		ra_reply(&reply, 200, json_object());
		assert_true(replay_keep(&request, &reply));
		request.now += rows[i].age;
		assert_int_equal(replay_answer(&request, &again), rows[i].kept);
		if (!rows[i].kept) /* a new request with the old key is kept anew */
			assert_true(replay_keep(&request, &reply));
		kit_reply_clear(&reply);
		kit_reply_clear(&again);
	}
}

static void a_key_belongs_to_one_request_of_one_account(void **state)
{
	(void)state;
	struct reply reply = { 0 };
	struct request request = keyed(person, "key-0002", "{\"a\":1}");
	ra_reply(&reply, 201, json_object());
	assert_true(replay_keep(&request, &reply));
	kit_reply_clear(&reply);
	static const char *const others[][3] = {
		{ "POST", "/v1/fine/orders", "{\"a\":2}" },
		{ "POST", "/v1/fine/orders", NULL },
		{ "POST", "/v1/fine/renewals", "{\"a\":1}" },
		{ "PUT", "/v1/fine/orders", "{\"a\":1}" },
	};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct request other = keyed(person, "key-0002", others[i][2]);
		other.method = others[i][0];
		other.path = others[i][1];
		assert_true(replay_answer(&other, &reply));
		assert_string_equal(kit_problem(&reply), "idempotency-key-reused");
		assert_false(reply.keep);
		kit_reply_clear(&reply);
	}
	struct request stranger = keyed(newcomer, "key-0002", "{\"a\":1}");
	assert_false(replay_answer(&stranger, &reply));
	assert_int_equal(reply.status, 0);
}

static void a_kept_refusal_is_a_problem_again(void **state)
{
	(void)state;
	struct reply reply = { 0 };
	struct request request = keyed(person, "key-0003", "{}");
	strike_refuse(&request, &reply);
	assert_true(replay_keep(&request, &reply));
	kit_reply_clear(&reply);
	assert_true(replay_answer(&request, &reply));
	assert_int_equal(reply.status, 403);
	assert_string_equal(reply.type, "application/problem+json");
	assert_null(reply.location);
	kit_reply_clear(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_pass_where_and_while_they_hold),
		cmocka_unit_test(the_last_strike_locks_one_account_of_one_site),
		cmocka_unit_test(a_kept_answer_comes_back_whole),
		cmocka_unit_test(a_kept_answer_ends_unless_it_is_an_orders),
		cmocka_unit_test(a_key_belongs_to_one_request_of_one_account),
		cmocka_unit_test(a_kept_refusal_is_a_problem_again),
	};
	return cmocka_run_group_tests(tests, open_sessions, kit_close);
}
