/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_card.c: whose card it is, and whether it holds the certified key. */
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

static struct kit_caller fine = { "fine", 0, NOW };

/* The account's password is no hash: none is right. */
static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	fine.account = kit_account("fine", "f1", false);
	kit_sql("INSERT INTO card SELECT 'fine', 'aa01', id, NULL FROM account");
	kit_certificate(&fine, "c1", NOW + 9000);
	kit_sql("UPDATE orders SET card_serial='aa01'");
	return 0;
}

#define SHOW(purpose, more) "{\"card_serial\":\"aa01\",\"purpose\":\"" purpose "\"" more "}"
#define ORDER(id) ",\"order_url\":\"https://127.0.0.1:1/v1/fine/orders/" id "\""

static void purpose_order_and_password_belong_together(void **state)
{
	(void)state;
	static const char *const wrong[] = { "{}", SHOW("nosuch", ""), SHOW("after_issue", ""),
		SHOW("before_key", ORDER("c1")), SHOW("card_management", ""),
		SHOW("before_key", ",\"site_password\":\"x\"") };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		kit_says(verification_create, &fine, NULL, wrong[i], "malformed-request");
	kit_says(verification_create, &fine, NULL,
		SHOW("card_management", ",\"site_password\":\"x\""), "wrong-password");
	kit_has("SELECT count(*) FROM verification", "0");
}

static void a_card_is_its_owners_at_its_site(void **state)
{
	(void)state;
	struct kit_caller stranger = { "fine", kit_account("fine", "f2", false), NOW };
	struct kit_caller elsewhere = { "tipo", fine.account, NOW };
	kit_says(verification_create, &stranger, NULL, SHOW("before_key", ""),
		"card-not-registered");
	kit_says(verification_create, &elsewhere, NULL, SHOW("before_key", ""),
		"card-not-registered");
	kit_says(verification_create, &fine, NULL,
		"{\"card_serial\":\"AA01\",\"purpose\":\"before_key\"}", ""); /* case is nothing */
	kit_has("SELECT state || ' ' || card_serial || ' ' || expires FROM verification",
		"verified aa01 1800001800");
	kit_sql("DELETE FROM verification");
}

static void after_issue_is_for_that_orders_card(void **state)
{
	(void)state;
	kit_says(verification_create, &fine, NULL, SHOW("after_issue", ORDER("nosuch")),
		"not-found");
	kit_says(verification_create, &fine, NULL,
		SHOW("after_issue", ",\"order_url\":\"https://127.0.0.1:1/v1/tipo/orders/c1\""),
		"not-found");
	kit_sql("UPDATE orders SET state='pending'");
	kit_says(verification_create, &fine, NULL, SHOW("after_issue", ORDER("c1")), "order-state");
	kit_sql("UPDATE orders SET state='issued', card_serial='bb02'");
	kit_says(verification_create, &fine, NULL, SHOW("after_issue", ORDER("c1")),
		"card-not-registered");
	kit_sql("UPDATE orders SET card_serial='aa01'");
	kit_says(verification_create, &fine, NULL, SHOW("after_issue", ORDER("c1")), "");
	kit_has("SELECT state FROM verification", "challenged");
}

static void a_challenge_has_one_answer_in_time(void **state)
{
	(void)state;
	static const char answer[] = "{\"alg\":\"RS256\",\"signature\":\"AAAA\"}";
	char id[80];
	struct kit_caller late = { "fine", fine.account, NOW + RA_VERIFICATION_S + 1 };
	struct kit_caller last = { "fine", fine.account, NOW + RA_VERIFICATION_S };
	struct kit_caller stranger = { "fine", fine.account + 9, NOW };
	struct reply reply =
		kit_call(verification_create, &fine, NULL, SHOW("after_issue", ORDER("c1")));
	snprintf(id, sizeof id, "%s", json_string_value(json_object_get(reply.json, "id")));
	kit_reply_clear(&reply);
	kit_says(verification_answer, &fine, id, "{}", "malformed-request");
	kit_says(verification_answer, &fine, id, "{\"alg\":\"none\",\"signature\":\"AAAA\"}",
		"malformed-request");
	kit_says(verification_answer, &stranger, id, answer, "not-found");
	kit_says(verification_answer, &late, id, answer, "card-verification-required");
	kit_says(verification_answer, &last, id, answer, "challenge-failed");
	kit_says(verification_answer, &fine, id, answer, "card-verification-required");
	kit_has("SELECT count(*) FROM verification WHERE state='failed'", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(purpose_order_and_password_belong_together),
		cmocka_unit_test(a_card_is_its_owners_at_its_site),
		cmocka_unit_test(after_issue_is_for_that_orders_card),
		cmocka_unit_test(a_challenge_has_one_answer_in_time),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
