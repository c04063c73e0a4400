/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_order.c: what may be done with an order in which state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"
#include "password.h"

enum {
	NOW = 1800000000
};

static struct kit_caller tipo = { "tipo", 0, NOW };
static struct kit_caller stranger = { "tipo", 0, NOW };

static int open_all(void **state)
{
	char hash[PASSWORD_HASH];
	char sql[PASSWORD_HASH + 80];
	if (kit_open_ca(state) != 0 || !password_hash("Right123", hash))
		return 1;
	tipo.account = kit_account("tipo", "t1", false);
	stranger.account = kit_account("tipo", "t2", false);
	snprintf(sql, sizeof sql, "UPDATE account SET password='%s'", hash);
	kit_sql(sql);
	kit_certificate(&tipo, "a1", NOW + 9);
	kit_certificate(&tipo, "a2", NOW + 9);
	return 0;
}

static void state_is(const char *state)
{
	char sql[100];
	snprintf(sql, sizeof sql, "UPDATE orders SET state='%s', expires=1800009999 WHERE id='a1'",
		state);
	kit_sql(sql);
}

#define STATE "SELECT state FROM orders WHERE id='a1'"

static void an_order_is_seen_by_its_owner_only(void **state)
{
	(void)state;
	struct reply reply = kit_call(order_list, &tipo, NULL, NULL);
	const json_t *list = json_object_get(reply.json, "orders");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(list, 0), "id")), "a2");
	kit_reply_clear(&reply);
	reply = kit_call(order_list, &stranger, NULL, NULL);
	assert_int_equal(json_array_size(json_object_get(reply.json, "orders")), 0);
	kit_reply_clear(&reply);
	kit_says(order_get, &tipo, "a1", NULL, "");
	kit_says(order_get, &stranger, "a1", NULL, "not-found");
	kit_says(order_get, &tipo, "nosuch", NULL, "not-found");
	const struct kit_caller elsewhere = { "fine", tipo.account, NOW };
	kit_says(order_get, &elsewhere, "a1", NULL, "not-found");
}

/* pending -> approved -> rejected, a step a poll. */
static void a_poll_moves_an_open_order_on(void **state)
{
	(void)state;
	state_is("pending");
	kit_sql("UPDATE orders SET polls_left=2, fate='pending' WHERE id='a1'");
	struct reply reply = kit_call(order_get, &tipo, "a1", NULL);
	assert_string_equal(kit_text(&reply, "state"), "pending");
	assert_int_equal(reply.retry_after, RA_POLL_S);
	assert_true(*kit_text(&reply, "cancel_url"));
	kit_reply_clear(&reply);
	kit_sql("UPDATE orders SET expires=1799999999 WHERE id='a1'");
	reply = kit_call(order_get, &tipo, "a1", NULL);
	assert_string_equal(kit_text(&reply, "state"), "expired");
	assert_int_equal(reply.retry_after, 0);
	assert_false(*kit_text(&reply, "cancel_url"));
	kit_reply_clear(&reply);
}

static void only_an_open_order_is_cancelled(void **state)
{
	(void)state;
	state_is("issued");
	kit_says(order_cancel, &tipo, "a1", "{}", "order-state");
	state_is("acknowledged");
	kit_says(order_cancel, &tipo, "a1", "{}", "order-state");
	state_is("approved");
	kit_says(order_cancel, &stranger, "a1", "{}", "not-found");
	kit_says(order_cancel, &tipo, "a1", "{}", "");
	kit_has(STATE, "cancelled");
	kit_says(order_cancel, &tipo, "a1", "{}", "order-state");
}

static void an_activation_wants_the_site_password(void **state)
{
	(void)state;
	state_is("issued");
	kit_says(order_activate, &tipo, "a1", "{\"site_password\":\"Right123\"}", "order-state");
	state_is("awaiting_activation");
	kit_sql("UPDATE certificate SET active=0 WHERE order_id='a1'");
	kit_says(order_activate, &tipo, "a1", "{}", "malformed-request");
	kit_says(order_activate, &stranger, "a1", "{\"site_password\":\"Right123\"}", "not-found");
	kit_says(order_activate, &tipo, "a1", "{\"site_password\":\"wrong\"}", "wrong-password");
	kit_has(STATE, "awaiting_activation");
	kit_has("SELECT count FROM strike WHERE account='t1'", "1");
	kit_says(order_activate, &tipo, "a1", "{\"site_password\":\"Right123\"}", "");
	kit_has(STATE, "issued");
	kit_has("SELECT active FROM certificate WHERE id='a1'", "1");
	kit_has("SELECT count(*) FROM strike WHERE account='t1'", "0");
}

#define RECEIPT(hashes) "{\"certificates\":[" hashes "]}"
#define CARD_RECEIPT "{\"certificates\":[\"a1\"],\"card_verification\":\"v1\"}"

static void a_receipt_names_just_what_was_issued(void **state)
{
	(void)state;
	state_is("pending");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a1\""), "order-state");
	state_is("issued");
	kit_says(order_receipt, &tipo, "a1", "{}", "malformed-request");
	kit_says(order_receipt, &tipo, "a1", RECEIPT(""), "receipt-mismatch");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a2\""), "receipt-mismatch");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a1\",\"a1\""), "receipt-mismatch");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("7"), "receipt-mismatch");
	kit_says(order_receipt, &stranger, "a1", RECEIPT("\"a1\""), "not-found");
	kit_has(STATE, "issued");
	kit_sql("UPDATE account SET redownload=1");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"A1\""), "");
	kit_has(STATE, "acknowledged");
	kit_has("SELECT redownload FROM account WHERE account='t1'", "0");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a1\""), ""); /* its answer was lost */
}

static void a_receipt_of_a_card_needs_the_card_again(void **state)
{
	(void)state;
	state_is("issued");
	kit_more.carrier = "card";
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a1\""), "card-verification-required");
	char sql[200];
	snprintf(sql, sizeof sql,
		"INSERT INTO verification VALUES('v1',%lld,'after_issue','s','verified',%d,'a2',"
		"NULL,0)",
		(long long)tipo.account, NOW);
	kit_sql(sql);
	kit_more.carrier = "card";
	kit_says(order_receipt, &tipo, "a1", CARD_RECEIPT, "card-verification-required");
	kit_sql("UPDATE verification SET order_id='a1', expires=1799999999");
	kit_more.carrier = "card";
	kit_says(order_receipt, &tipo, "a1", CARD_RECEIPT, "card-verification-required");
	kit_sql("UPDATE verification SET expires=1800000000");
	kit_more.carrier = "card";
	kit_says(order_receipt, &tipo, "a1", CARD_RECEIPT, "");
	kit_has(STATE, "acknowledged");
}

/* Not before the receipt of the new one. */
static void a_receipt_retires_what_was_renewed(void **state)
{
	(void)state;
	state_is("issued");
	kit_sql("INSERT INTO renewed VALUES('a1','a2')");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a2\""), "receipt-mismatch");
	kit_has("SELECT count(revoked) FROM certificate", "0");
	kit_says(order_receipt, &tipo, "a1", RECEIPT("\"a1\""), "");
	kit_has("SELECT id || ':' || reason FROM certificate WHERE revoked=1800000000", "a2:4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_is_seen_by_its_owner_only),
		cmocka_unit_test(a_poll_moves_an_open_order_on),
		cmocka_unit_test(only_an_open_order_is_cancelled),
		cmocka_unit_test(an_activation_wants_the_site_password),
		cmocka_unit_test(a_receipt_names_just_what_was_issued),
		cmocka_unit_test(a_receipt_of_a_card_needs_the_card_again),
		cmocka_unit_test(a_receipt_retires_what_was_renewed),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
