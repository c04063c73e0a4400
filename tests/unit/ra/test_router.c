/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/router.c and order.c: what reaches a resource, and how orders go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "kit.h"
#include "order.h"
#include "router.h"
#include "text.h"

enum {
	NOW = 1800000000
};

static int64_t person;

static int open_all(void **state)
{
	char sha256[SHA256_HEX];
	if (kit_open_ca(state) != 0)
		return 1;
	person = kit_account("fine", "A1", false);
	text_sha256("token", 5, sha256);
	return db_exec(kit_ra.db, "INSERT INTO session VALUES(?,'fine',?,?,'full')", "sii", sha256,
		       person, (int64_t)NOW)
		       ? 0
		       : 1;
}

struct row {
	const char *method, *path, *token, *key, *type, *body, *problem;
};

static void served(const struct row *row)
{
	struct reply reply = { 0 };
	struct request request = { .ra = &kit_ra,
		.method = row->method,
		.path = row->path,
		.authorization = row->token,
		.content_type = row->type,
		.body = row->body,
		.body_len = row->body ? strlen(row->body) : 0,
		.now = NOW };
	snprintf(request.key, sizeof request.key, "%s", row->key);
	router_serve(&request, &reply);
	if (strcmp(kit_problem(&reply), row->problem) != 0)
		fail_msg("%s %s: %s, not %s", row->method, row->path, kit_problem(&reply),
			row->problem);
	assert_int_equal(reply.status == 200, !*row->problem);
	assert_null(request.json);
	assert_int_equal(sqlite3_get_autocommit(kit_ra.db), 1); /* no transaction is left */
	kit_reply_clear(&reply);
}

#define ME "Bearer token"
#define ORDERS "/v1/fine/orders"
#define JSON "application/json"

static void paths_and_methods_lead_to_one_resource(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "GET", "/", NULL, "", NULL, NULL, "" },
		{ "POST", "/", NULL, "", NULL, NULL, "method-not-allowed" },
		{ "GET", "", NULL, "", NULL, NULL, "not-found" },
		{ "GET", "//", NULL, "", NULL, NULL, "not-found" },
		{ "GET", "/v1", NULL, "", NULL, NULL, "not-found" },
		{ "GET", "/v1//terms", NULL, "", NULL, NULL, "not-found" },
		{ "GET", "/v1/nosuch/terms", NULL, "", NULL, NULL, "not-found" },
		{ "GET", "/v1/fine/terms", NULL, "", NULL, NULL, "" },
		{ "GET", "/v1/fine/terms/", NULL, "", NULL, NULL, "not-found" },
		{ "get", "/v1/fine/terms", NULL, "", NULL, NULL, "method-not-allowed" },
		{ "PUT", ORDERS, ME, "", NULL, NULL, "method-not-allowed" },
		{ "GET", ORDERS "/", ME, "", NULL, NULL, "not-found" },
		{ "GET", ORDERS "/../terms", ME, "", NULL, NULL, "not-found" },
		{ "POST", "/v1/fine/payments", ME, "", NULL, NULL, "not-found" },
		{ "GET",
			ORDERS "/0123456789012345678901234567890123456789012345678901234567890123"
			       "01234567",
			ME, "", NULL, NULL, "not-found" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		served(&rows[i]);
}

static void the_gate_checks_session_key_type_and_body(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "GET", ORDERS, NULL, "", NULL, NULL, "session-required" },
		{ "GET", ORDERS, ME, "", NULL, NULL, "" },
		{ "POST", ORDERS, NULL, "key-0001", JSON, "{}", "session-required" },
		{ "POST", ORDERS, ME, "", JSON, "{}", "idempotency-key-missing" },
		{ "POST", ORDERS, ME, "short-1", JSON, "{}", "idempotency-key-missing" },
		{ "POST", ORDERS, ME, "\"", JSON, "{}", "idempotency-key-missing" },
		{ "POST", ORDERS, ME, "\"\"", JSON, "{}", "idempotency-key-missing" },
		{ "POST", ORDERS, ME, "key 0001;", JSON, "{}", "idempotency-key-missing" },
		{ "POST", ORDERS, ME, "key-0001", NULL, "{}", "unsupported-media-type" },
		{ "POST", ORDERS, ME, "key-0001", "application/jsonx", "{}",
			"unsupported-media-type" },
		{ "POST", ORDERS, ME, "key-0001", "Application/JSON; charset=utf-8", "[]",
			"malformed-request" },
		{ "POST", ORDERS, ME, "key-0001", JSON, NULL, "malformed-request" },
		{ "POST", ORDERS, ME, "\"key-0001\"", JSON, "{", "malformed-request" },
		{ "POST", ORDERS, ME, "key-0001", JSON, "{\"a\":1,\"a\":2}", "malformed-request" },
		{ "POST", ORDERS, ME, "key-0001", JSON, "{}", "malformed-request" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		served(&rows[i]);
}

static void a_body_has_at_most_64_kib(void **state)
{
	(void)state;
	CLEANUP(free_p) char *body = malloc(RA_MAX_BODY + 2);
	assert_non_null(body);
	memset(body, ' ', RA_MAX_BODY + 1);
	body[RA_MAX_BODY + 1] = 0;
	struct row row = { "POST", ORDERS, ME, "key-0001", JSON, body, "body-too-large" };
	served(&row);
	body[RA_MAX_BODY] = 0;
	row.problem = "malformed-request";
	served(&row);
}

static struct request mine(int64_t now)
{
	return (struct request){
		.ra = &kit_ra, .site = site_find("fine", 4), .now = now, .account_id = person
	};
}

static void add_order(const char *id, int64_t polls, const char *fate)
{
	assert_true(db_exec(kit_ra.db,
		"INSERT INTO orders "
		"VALUES(?,'fine',?,'new','pending',?,?,'AA',?,?,NULL,'t','s','')",
		"siiiis", id, person, (int64_t)NOW, (int64_t)NOW + 10, polls, fate));
}

static void state_is(struct request *request, const char *id, const char *want)
{
	assert_true(order_advance(request, id));
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, id);
	assert_true(db_row(row));
	assert_string_equal(db_text(row, ORDER_STATE), want);
}

static void an_order_goes_to_its_fate_and_stays(void **state)
{
	(void)state;
	struct request now = mine(NOW);
	struct request late = mine(NOW + 11);
	add_order("o1", 2, "");
	state_is(&now, "o1", "pending");
	state_is(&now, "o1", "approved");
	state_is(&now, "o1", "issued");
	state_is(&late, "o1", "issued");
	add_order("o2", 1, "reject");
	state_is(&now, "o2", "pending");
	state_is(&now, "o2", "rejected");
	state_is(&now, "o2", "rejected");
	add_order("o3", 9, "");
	state_is(&late, "o3", "expired");
	assert_true(order_advance(&now, "nosuch"));
}

static void an_order_shows_what_can_be_done(void **state)
{
	(void)state;
	struct request now = mine(NOW);
	struct request stranger = mine(NOW);
	struct reply reply = { 0 };
	stranger.account_id = person + 1;
	add_order("o4", 5, "");
	order_reply(&now, &reply, 201, "o4");
	assert_int_equal(reply.status, 202);
	assert_string_equal(reply.location, "https://127.0.0.1:1/v1/fine/orders/o4");
	assert_int_equal(reply.retry_after, RA_POLL_S);
	assert_non_null(json_object_get(reply.json, "cancel_url"));
	assert_null(json_object_get(reply.json, "receipt_url"));
	kit_reply_clear(&reply);
	order_reply(&stranger, &reply, 200, "o4");
	assert_int_equal(reply.status, 500);
	assert_true(reply.rollback);
	kit_reply_clear(&reply);
	assert_false(order_issue(&stranger, "o4"));
}

static void an_issued_order_has_a_certificate_of_its_key(void **state)
{
	(void)state;
	struct request now = mine(NOW);
	size_t len = 0;
	CLEANUP(pkey_p) EVP_PKEY *key = kit_rsa(2048, 65537);
	unsigned char *der = kit_csr(key, key, EVP_sha256(), &len);
	add_order("o5", 0, "");
	assert_true(db_exec(kit_ra.db, "INSERT INTO request VALUES('o5',0,?,?,'hash')", "sb",
		now.site->profiles[0].id, der, len));
	OPENSSL_free(der);
	state_is(&now, "o5", "issued");
	CLEANUP(stmt_p)
	sqlite3_stmt *row =
		db_query(kit_ra.db, "SELECT der FROM certificate WHERE order_id='o5'", "");
	assert_true(db_row(row));
	const unsigned char *at = sqlite3_column_blob(row, 0);
	CLEANUP(x509_p) X509 *cert = d2i_X509(NULL, &at, sqlite3_column_bytes(row, 0));
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(cert), key), 1);
	add_order("o6", 0, "");
	assert_true(
		db_exec(kit_ra.db, "INSERT INTO request VALUES('o6',0,'nosuch',x'3000','h')", ""));
	assert_false(order_advance(&now, "o6"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_methods_lead_to_one_resource),
		cmocka_unit_test(the_gate_checks_session_key_type_and_body),
		cmocka_unit_test(a_body_has_at_most_64_kib),
		cmocka_unit_test(an_order_goes_to_its_fate_and_stays),
		cmocka_unit_test(an_order_shows_what_can_be_done),
		cmocka_unit_test(an_issued_order_has_a_certificate_of_its_key),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
