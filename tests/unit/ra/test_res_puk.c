/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_puk.c: the escrowed PUK, both old and new kept until one is confirmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "kit.h"

enum {
	NOW = 1800000000
};

static struct kit_caller fine = { "fine", 0, NOW };
static struct kit_caller post = { "post", 0, NOW };

static void person(struct kit_caller *caller, const char *serial, const char *puk)
{
	char sql[400];
	caller->account = kit_account(caller->site, serial, false);
	snprintf(sql, sizeof sql, "INSERT INTO card VALUES('%s','%s',%lld,%s)", caller->site,
		serial, (long long)caller->account, puk);
	kit_sql(sql);
	snprintf(sql, sizeof sql,
		"INSERT INTO verification VALUES('%s',%lld,'card_management','%s','verified',%d,"
		"NULL,NULL,0)",
		serial, (long long)caller->account, serial, NOW);
	kit_sql(sql);
}

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	person(&fine, "aa01", "'12345678'");
	person(&post, "bb01", "'87654321'");
	return 0;
}

#define ASK(card, kind, tries)                                                                     \
	"{\"card_verification\":\"" card "\",\"kind\":\"" kind "\",\"tries_left\":" tries "}"

static void it_is_released_for_a_verified_card_only(void **state)
{
	(void)state;
	struct kit_caller late = { "fine", fine.account, NOW + 1 };
	struct kit_caller stranger = { "fine", fine.account + 99, NOW };
	kit_says(puk_change_create, &fine, NULL, "{}", "malformed-request");
	kit_says(puk_change_create, &fine, NULL, ASK("aa01", "open", "3"), "malformed-request");
	kit_says(puk_change_create, &fine, NULL, ASK("nosuch", "reset", "3"),
		"card-verification-required");
	kit_says(puk_change_create, &stranger, NULL, ASK("aa01", "reset", "3"),
		"card-verification-required");
	kit_says(puk_change_create, &late, NULL, ASK("aa01", "reset", "3"),
		"card-verification-required");
	kit_sql("UPDATE verification SET purpose='before_key' WHERE id='aa01'");
	kit_says(puk_change_create, &fine, NULL, ASK("aa01", "reset", "3"),
		"card-verification-required");
	kit_sql("UPDATE verification SET purpose='card_management' WHERE id='aa01'");
	kit_says(puk_change_create, &fine, NULL, ASK("aa01", "unlock", "1"), "card-not-locked");
	kit_has("SELECT count(*) FROM puk_change", "0");
}

static void a_question_changes_nothing(void **state)
{
	(void)state;
	static const char dry[] = "{\"card_verification\":\"aa01\",\"kind\":\"reset\","
				  "\"tries_left\":3,\"dry_run\":true}";
	struct reply reply = kit_call(puk_change_create, &fine, NULL, dry);
	assert_int_equal(reply.status, 200);
	assert_string_equal(json_string_value(json_object_get(reply.json, "state")), "possible");
	assert_null(json_object_get(reply.json, "puks"));
	kit_reply_clear(&reply);
	kit_has("SELECT count(*) FROM puk_change", "0");
	kit_sql("UPDATE card SET puk=NULL WHERE serial='aa01'");
	kit_says(puk_change_create, &fine, NULL, dry, "puk-unknown");
	kit_says(puk_change_create, &fine, NULL, ASK("aa01", "reset", "3"), "puk-unknown");
	kit_sql("UPDATE card SET puk='12345678' WHERE serial='aa01'");
}

/* Begins a change; the new PUK, and its id. */
static void begin(unsigned status, char ret_puk[40], char ret_id[80])
{
	struct reply reply = kit_call(puk_change_create, &fine, NULL, ASK("aa01", "unlock", "0"));
	const json_t *puks = json_object_get(reply.json, "puks");
	assert_int_equal(reply.status, status);
	assert_false(reply.keep); /* a PUK is not kept among the answers */
	assert_int_equal(json_array_size(puks), 2);
	assert_string_equal(json_string_value(json_array_get(puks, 0)), "12345678");
	const char *fresh = json_string_value(json_array_get(puks, 1));
	assert_int_equal(strlen(fresh), 8);
	assert_int_equal(strspn(fresh, "0123456789"), 8);
	assert_string_equal(json_string_value(json_object_get(reply.json, "new_puk")), fresh);
	snprintf(ret_puk, 40, "%s", fresh);
	snprintf(ret_id, 80, "%s", json_string_value(json_object_get(reply.json, "id")));
	kit_reply_clear(&reply);
}

static void both_are_kept_until_one_is_confirmed(void **state)
{
	(void)state;
	char puk[40];
	char again[40];
	char id[80];
	char other[80];
	struct kit_caller stranger = { "fine", fine.account + 99, NOW };
	begin(201, puk, id);
	begin(200, again, other);
	assert_string_equal(puk, again);
	assert_string_equal(id, other);
	kit_has("SELECT puk FROM card WHERE serial='aa01'", "12345678");
	kit_says(puk_change_confirm, &stranger, id, "{\"changed\":true}", "not-found");
	kit_says(puk_change_confirm, &fine, "nosuch", "{\"changed\":true}", "not-found");
	kit_says(puk_change_confirm, &fine, id, "{\"changed\":1}", "malformed-request");
	kit_has("SELECT state FROM puk_change", "open");
	kit_says(puk_change_confirm, &fine, id, "{\"changed\":false}", "");
	kit_has("SELECT puk FROM card WHERE serial='aa01'", "12345678");
	kit_says(puk_change_confirm, &fine, id, "{\"changed\":true}", "");
	kit_has("SELECT puk FROM card WHERE serial='aa01'", "12345678"); /* the first word counts */
	begin(201, again, other);
	assert_string_not_equal(id, other);
	kit_says(puk_change_confirm, &fine, other, "{\"changed\":true}", "");
	kit_has("SELECT puk FROM card WHERE serial='aa01'", again);
}

static void a_counter_visit_serves_once(void **state)
{
	(void)state;
	kit_says(puk_change_create, &post, NULL, ASK("bb01", "reset", "2"),
		"counter-visit-required");
	kit_sql("UPDATE account SET pin_reset=1 WHERE site='post'");
	struct reply reply = kit_call(puk_change_create, &post, NULL, ASK("bb01", "reset", "2"));
	assert_int_equal(reply.status, 201);
	char id[80];
	snprintf(id, sizeof id, "%s", json_string_value(json_object_get(reply.json, "id")));
	kit_reply_clear(&reply);
	kit_says(puk_change_confirm, &post, id, "{\"changed\":true}", "");
	kit_has("SELECT pin_reset FROM account WHERE site='post'", "0");
	kit_says(puk_change_create, &post, NULL, ASK("bb01", "reset", "2"),
		"counter-visit-required");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_released_for_a_verified_card_only),
		cmocka_unit_test(a_question_changes_nothing),
		cmocka_unit_test(both_are_kept_until_one_is_confirmed),
		cmocka_unit_test(a_counter_visit_serves_once),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
