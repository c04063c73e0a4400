/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: taking one, polling, activating, cancelling, the receipt. */
#include <string.h>

#include "application.h"
#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "order.h"
#include "problem.h"
#include "resources.h"

void order_create(struct request *request, struct reply *reply)
{
	struct application app = { 0 };
	if (application_read(request, reply, json_incref(request->json), &app) &&
		application_pass(request, reply, &app))
		application_store(request, reply, &app);
	application_clear(&app);
}

void order_list(struct request *request, struct reply *reply)
{
	json_t *list = json_array();
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find_all(request);
	while (db_row(row))
		json_array_append_new(list, order_json(request, row));
	ra_reply(reply, 200, json_pack("{s:o}", "orders", list));
}

/* False: no such order, reply is the problem. */
static bool order_exists(struct request *request, struct reply *reply)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, request->id);
	if (db_row(row))
		return true;
	problem(reply, PROBLEM_NOT_FOUND, "No such order of this account.");
	return false;
}

void order_get(struct request *request, struct reply *reply)
{
	if (!order_exists(request, reply))
		return;
	if (order_advance(request, request->id))
		order_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

static bool state_pass(
	struct request *request, struct reply *reply, const char *first, const char *second)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, request->id);
	const char *state = db_row(row) ? db_text(row, ORDER_STATE) : "";
	if (strcmp(state, first) == 0 || strcmp(state, second) == 0)
		return true;
	CLEANUP(free_p) char *detail = NULL;
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, request->id);
	if (asprintf(&detail, "The order is %s.", state) < 0)
		abort();
	json_object_set_new(
		problem(reply, PROBLEM_ORDER_STATE, detail), "order_url", json_string(url));
	return false;
}

void order_cancel(struct request *request, struct reply *reply)
{
	if (!order_exists(request, reply) || !state_pass(request, reply, "pending", "approved"))
		return;
	if (db_exec(request->ra->db, "UPDATE orders SET state='cancelled' WHERE id=?", "s",
		    request->id))
		order_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

void order_activate(struct request *request, struct reply *reply)
{
	const char *password = NULL;
	if (!ra_unpack(request, reply, "{s:s!}", "site_password", &password) ||
		!order_exists(request, reply) ||
		!state_pass(request, reply, "awaiting_activation", "awaiting_activation") ||
		!login_password_again(request, reply, password))
		return;
	sqlite3 *db = request->ra->db;
	if (db_exec(db, "UPDATE certificate SET active=1 WHERE order_id=?", "s", request->id) &&
		db_exec(db, "UPDATE orders SET state='issued' WHERE id=?", "s", request->id))
		order_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

/* Just the order's certificates, each once. */
static bool hashes_pass(struct request *request, struct reply *reply, const json_t *list)
{
	sqlite3 *db = request->ra->db;
	size_t count = json_array_size(list);
	bool good =
		(int64_t)count == db_int(db, 0, "SELECT count(*) FROM certificate WHERE order_id=?",
					  "s", request->id);
	for (size_t i = 0; good && i < count; i++) {
		const json_t *hash = json_array_get(list, i);
		good = (i == 0 || !json_equal(json_array_get(list, 0), hash)) &&
		       db_int(db, 0,
			       "SELECT count(*) FROM certificate WHERE order_id=? AND "
			       "sha256=lower(?)",
			       "ss", request->id, json_string_value(hash));
	}
	if (!good)
		problem(reply, PROBLEM_RECEIPT_MISMATCH,
			"Read the certificates back from where they were written.");
	return good;
}

/* The certificates that this order renews have done their work. */
static bool supersede(struct request *request)
{
	return db_exec(request->ra->db,
		"UPDATE certificate SET revoked=?, reason=4 WHERE revoked IS NULL AND id IN"
		" (SELECT certificate_id FROM renewed WHERE order_id=?)",
		"is", request->now, request->id);
}

void order_receipt(struct request *request, struct reply *reply)
{
	json_t *hashes = NULL;
	const char *verification = NULL;
	if (!ra_unpack(request, reply, "{s:o,s?s!}", "certificates", &hashes, "card_verification",
		    &verification) ||
		!order_exists(request, reply) ||
		!state_pass(request, reply, "issued", "acknowledged") ||
		!hashes_pass(request, reply, hashes))
		return;
	sqlite3 *db = request->ra->db;
	if (strcmp(request->carrier, "card") == 0 &&
		!db_int(db, 0,
			"SELECT count(*) FROM verification WHERE id=? AND account_id=? AND "
			"order_id=?"
			" AND state='verified' AND expires>=?",
			"sisi", verification, request->account_id, request->id, request->now))
		problem(reply, PROBLEM_CARD_VERIFICATION_REQUIRED,
			"Present the card (again) after issue.");
	else if (supersede(request) &&
		 db_exec(db, "UPDATE orders SET state='acknowledged' WHERE id=?", "s",
			 request->id) &&
		 db_exec(db, "UPDATE account SET redownload=0 WHERE id=?", "i",
			 request->account_id))
		order_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}
