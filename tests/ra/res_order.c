/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: the checks before an order is taken, polling, cancelling, the receipt. */
#include <string.h>

#include "cleanup.h"
#include "csr.h"
#include "db.h"
#include "order.h"
#include "problem.h"
#include "resources.h"
#include "subject.h"
#include "terms.h"
#include "text.h"

struct application {
	const char *profile, *csr, *terms_id, *terms_sha256, *verification;
	int accepted;
	char card[33];
	char key_sha256[SHA256_HEX];
};

static bool application_read(struct request *request, struct reply *reply, struct application *ret)
{
	json_t *requests = NULL;
	if (!ra_unpack(request, reply, "{s:o,s:{s:s,s:s,s:b!},s:s!}", "requests", &requests,
		    "terms", "id", &ret->terms_id, "sha256", &ret->terms_sha256, "accepted",
		    &ret->accepted, "card_verification", &ret->verification))
		return false;
	json_error_t error;
	if (json_unpack_ex(requests, &error, 0, "[{s:s,s:s!}!]", "profile", &ret->profile, "csr",
		    &ret->csr) == 0)
		return true;
	problem(reply, PROBLEM_MALFORMED_REQUEST, error.text);
	return false;
}

static bool terms_pass(struct request *request, struct reply *reply, const struct application *app)
{
	if (!app->accepted) {
		problem(reply, PROBLEM_TERMS_NOT_ACCEPTED, NULL);
		return false;
	}
	if (terms_check(request, app->terms_id, app->terms_sha256) == TERMS_CURRENT)
		return true;
	problem(reply, PROBLEM_TERMS_OUTDATED, "Fetch, show and accept the terms in force.");
	return false;
}

static bool card_pass(struct request *request, struct reply *reply, struct application *app)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT card_serial FROM verification v JOIN card ON serial=card_serial AND site=?"
		" AND card.account_id=v.account_id WHERE id=? AND v.account_id=? AND "
		"purpose='before_key'"
		" AND state='verified' AND NOT used AND expires>=?",
		"ssii", request->site->id, app->verification, request->account_id, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_CARD_VERIFICATION_REQUIRED, "Present the card (again).");
		return false;
	}
	snprintf(app->card, sizeof app->card, "%s", db_text(row, 0));
	return true;
}

static bool key_unused(struct request *request, const char *key)
{
	return db_int(request->ra->db, 1,
		       "SELECT (SELECT count(*) FROM certificate WHERE key_sha256=?1) +"
		       " (SELECT count(*) FROM orders WHERE key_sha256=?1 AND state IN"
		       " ('pending','approved','issued','acknowledged'))",
		       "s", key) == 0;
}

static bool subject_registered(struct request *request, X509_REQ *csr)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT organization, cn FROM account WHERE id=?", "i", request->account_id);
	CLEANUP(name_p)
	X509_NAME *name =
		db_row(row) ? subject_make(request->site, db_text(row, 0), db_text(row, 1)) : NULL;
	return name && X509_NAME_cmp(name, X509_REQ_get_subject_name(csr)) == 0;
}

static bool card_free(struct request *request, struct reply *reply, const char *card)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT o.id FROM orders o LEFT JOIN certificate c ON c.order_id=o.id"
		" WHERE o.site=? AND o.card_serial=? AND ((o.state IN ('pending','approved') AND "
		"o.expires>=?3)"
		" OR (o.state IN ('issued','acknowledged') AND c.revoked IS NULL AND "
		"c.not_after>=?3))",
		"ssi", request->site->id, card, request->now);
	if (!db_row(row))
		return true;
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, db_text(row, 0));
	json_object_set_new(
		problem(reply, PROBLEM_CERTIFICATE_EXISTS, "Finish that order instead."),
		"order_url", json_string(url));
	return false;
}

static bool csr_pass(struct request *request, struct reply *reply, struct application *app,
	const unsigned char *der, size_t len)
{
	X509_REQ *csr = csr_check(der, len, reply);
	if (!csr)
		return false;
	csr_key_sha256(csr, app->key_sha256);
	bool registered = subject_registered(request, csr);
	X509_REQ_free(csr);
	if (!registered)
		problem(reply, PROBLEM_SUBJECT_MISMATCH,
			"Copy registration.subject.der into the request.");
	else if (!card_free(request, reply, app->card))
		return false;
	else if (!key_unused(request, app->key_sha256))
		problem(reply, PROBLEM_KEY_IN_USE, "Make a new key.");
	else
		return true;
	return false;
}

static bool order_store(struct request *request, const struct application *app,
	const unsigned char *der, size_t len, const char *id)
{
	bool waits = *request->order_fate;
	return db_exec(request->ra->db, "UPDATE verification SET used=1 WHERE id=?", "s",
		       app->verification) &&
	       db_exec(request->ra->db,
		       "INSERT INTO orders VALUES(?,?,?,?,?,?,?,?,?,?,?,?,NULL,?,?)",
		       "ssisiissbsisss", id, request->site->id, request->account_id,
		       waits ? "pending" : "approved", request->now, request->now + RA_ORDER_S,
		       app->card, app->profile, der, len, app->key_sha256, request->order_polls,
		       request->order_fate, app->terms_id, app->terms_sha256) &&
	       (waits || order_issue(request, id));
}

void order_create(struct request *request, struct reply *reply)
{
	struct application app = { 0 };
	if (!application_read(request, reply, &app) || !terms_pass(request, reply, &app) ||
		!card_pass(request, reply, &app))
		return;
	if (strcmp(app.profile, request->site->profile) != 0) {
		problem(reply, PROBLEM_PROFILE_UNKNOWN, NULL);
		return;
	}
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *der = text_unbase64(app.csr, &len);
	if (!der) {
		problem(reply, PROBLEM_CSR_MALFORMED, "csr is not base64.");
		return;
	}
	if (!csr_pass(request, reply, &app, der, len))
		return;
	char id[ID_HEX];
	text_random_id(id);
	if (order_store(request, &app, der, len, id))
		order_reply(request, reply, 201, id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
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

void order_receipt(struct request *request, struct reply *reply)
{
	const char *sha256 = NULL;
	const char *verification = NULL;
	if (!ra_unpack(request, reply, "{s:[s!],s:s!}", "certificates", &sha256,
		    "card_verification", &verification) ||
		!order_exists(request, reply) ||
		!state_pass(request, reply, "issued", "acknowledged"))
		return;
	sqlite3 *db = request->ra->db;
	if (!db_int(db, 0, "SELECT count(*) FROM certificate WHERE order_id=? AND sha256=lower(?)",
		    "ss", request->id, sha256))
		problem(reply, PROBLEM_RECEIPT_MISMATCH,
			"Read the certificate back from the card.");
	else if (!db_int(db, 0,
			 "SELECT count(*) FROM verification WHERE id=? AND account_id=? AND "
			 "order_id=?"
			 " AND state='verified' AND expires>=?",
			 "sisi", verification, request->account_id, request->id, request->now))
		problem(reply, PROBLEM_CARD_VERIFICATION_REQUIRED,
			"Present the card (again) after issue.");
	else if (db_exec(db, "UPDATE orders SET state='acknowledged' WHERE id=?", "s", request->id))
		order_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}
