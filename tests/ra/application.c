/* SPDX-License-Identifier: Apache-2.0 */
/* An application as it comes in, for new certificates or for a renewal: read, checked, stored. */
#include "application.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "csr.h"
#include "db.h"
#include "order.h"
#include "problem.h"
#include "subject.h"
#include "terms.h"
#include "text.h"

void application_clear(struct application *app)
{
	for (size_t i = 0; i < app->count; i++)
		free(app->requests[i].der);
	json_decref(app->body);
	*app = (struct application){ 0 };
}

bool application_read(
	struct request *request, struct reply *reply, json_t *body, struct application *ret)
{
	(void)request;
	json_t *requests = NULL;
	json_error_t error;
	ret->body = body;
	bool good =
		json_unpack_ex(body, &error, 0, "{s:o,s:{s:s,s:s,s:b!},s?s,s?s,s?s!}", "requests",
			&requests, "terms", "id", &ret->terms_id, "sha256", &ret->terms_sha256,
			"accepted", &ret->accepted, "card_verification", &ret->verification,
			"eligibility", &ret->eligibility, "payment", &ret->payment) == 0;
	size_t count = json_array_size(requests);
	if (good && (count < 1 || count > APPLICATION_MAX)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "requests holds one or two of them.");
		return false;
	}
	for (size_t i = 0; good && i < count; i++)
		good = json_unpack_ex(json_array_get(requests, i), &error, 0, "{s:s,s:s!}",
			       "profile", &ret->requests[i].profile, "csr",
			       &ret->requests[i].csr) == 0;
	if (good)
		ret->count = count;
	else
		problem(reply, PROBLEM_MALFORMED_REQUEST, error.text);
	return good;
}

static bool card_pass(struct request *request, struct reply *reply, struct application *app)
{
	if (strcmp(request->carrier, "card") != 0) {
		if (!app->verification)
			return true;
		problem(reply, PROBLEM_MALFORMED_REQUEST, "This account has no card.");
		return false;
	}
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

static bool eligibility_pass(
	struct request *request, struct reply *reply, const struct application *app)
{
	if (app->old_order || !site_can(request->site, "eligibility"))
		return true;
	if (db_int(request->ra->db, 0,
		    "SELECT count(*) FROM eligibility WHERE id=? AND account_id=? AND NOT used"
		    " AND expires>=?",
		    "sii", app->eligibility, request->account_id, request->now))
		return true;
	problem(reply, PROBLEM_ELIGIBILITY_REQUIRED, "Give the password of the counter slip.");
	return false;
}

static bool payment_pass(
	struct request *request, struct reply *reply, const struct application *app)
{
	if (!app->old_order || !request->site->renewal_fee)
		return true;
	if (db_int(request->ra->db, 0,
		    "SELECT count(*) FROM payment WHERE id=? AND account_id=? AND certificate_id=?",
		    "sis", app->payment, request->account_id, app->old_order))
		return true;
	problem(reply, PROBLEM_PAYMENT_REQUIRED, NULL);
	return false;
}

/* Each profile of the account's carrier once. */
static bool profiles_pass(
	struct request *request, struct reply *reply, const struct application *app)
{
	const struct site *site = request->site;
	size_t wanted = 0;
	for (size_t i = 0; i < app->count; i++) {
		if (!site_profile(site, app->requests[i].profile)) {
			problem(reply, PROBLEM_PROFILE_UNKNOWN, NULL);
			return false;
		}
	}
	for (size_t i = 0; i < site->profile_count; i++) {
		if (strcmp(site->profiles[i].carrier, request->carrier) != 0)
			continue;
		size_t found = 0;
		for (size_t j = 0; j < app->count; j++)
			found += strcmp(app->requests[j].profile, site->profiles[i].id) == 0;
		if (found == 1)
			wanted++;
	}
	if (wanted == app->count) {
		size_t all = 0;
		for (size_t i = 0; i < site->profile_count; i++)
			all += strcmp(site->profiles[i].carrier, request->carrier) == 0;
		if (all == wanted)
			return true;
	}
	problem(reply, PROBLEM_ORDER_INCOMPLETE, NULL);
	return false;
}

static bool key_unused(struct request *request, const char *key)
{
	return db_int(request->ra->db, 1,
		       "SELECT (SELECT count(*) FROM certificate WHERE key_sha256=?1) +"
		       " (SELECT count(*) FROM request JOIN orders ON order_id=id WHERE "
		       "key_sha256=?1"
		       " AND state NOT IN ('rejected','expired','cancelled'))",
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

bool order_exists_for(struct request *request, struct reply *reply, const char *card, bool renewal)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT o.id FROM orders o LEFT JOIN certificate c ON c.order_id=o.id"
		" WHERE o.site=?1 AND o.card_serial=?2 AND o.account_id=?3"
		" AND (NOT ?5 OR (o.kind='renewal' AND o.state<>'acknowledged'))"
		" AND ((o.state IN ('pending','approved') AND o.expires>=?4)"
		" OR (o.state IN ('issued','acknowledged','awaiting_activation')"
		"  AND (c.revoked IS NULL OR c.reason=6) AND c.not_after>=?4))",
		"ssiii", request->site->id, card, request->account_id, request->now,
		(int64_t)renewal);
	if (!db_row(row))
		return false;
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, db_text(row, 0));
	json_object_set_new(
		problem(reply, PROBLEM_CERTIFICATE_EXISTS, "Finish that order instead."),
		"order_url", json_string(url));
	return true;
}

static bool csr_pass(
	struct request *request, struct reply *reply, struct application_request *wanted)
{
	wanted->der = text_unbase64(wanted->csr, &wanted->len);
	if (!wanted->der) {
		problem(reply, PROBLEM_CSR_MALFORMED, "csr is not base64.");
		return false;
	}
	X509_REQ *csr = csr_check(wanted->der, wanted->len, reply);
	if (!csr)
		return false;
	csr_key_sha256(csr, wanted->key_sha256);
	bool registered = subject_registered(request, csr);
	X509_REQ_free(csr);
	if (!registered)
		problem(reply, PROBLEM_SUBJECT_MISMATCH,
			"Copy registration.subject.der into the request.");
	return registered;
}

bool application_pass(struct request *request, struct reply *reply, struct application *app)
{
	if (!terms_pass(request, reply, app->accepted, app->terms_id, app->terms_sha256) ||
		!card_pass(request, reply, app) || !eligibility_pass(request, reply, app) ||
		!payment_pass(request, reply, app) || !profiles_pass(request, reply, app))
		return false;
	for (size_t i = 0; i < app->count; i++)
		if (!csr_pass(request, reply, &app->requests[i]))
			return false;
	if (order_exists_for(request, reply, app->card, app->old_order != NULL))
		return false;
	for (size_t i = 0; i < app->count; i++) {
		bool twice =
			i && strcmp(app->requests[0].key_sha256, app->requests[i].key_sha256) == 0;
		if (twice || !key_unused(request, app->requests[i].key_sha256)) {
			problem(reply, PROBLEM_KEY_IN_USE, "Make a new key.");
			return false;
		}
	}
	return true;
}

static bool store_order(
	struct request *request, const struct application *app, const char *id, bool waits)
{
	return db_exec(request->ra->db, "INSERT INTO orders VALUES(?,?,?,?,?,?,?,?,?,?,NULL,?,?,?)",
		"ssissiisissss", id, request->site->id, request->account_id,
		app->old_order ? "renewal" : "new", waits ? "pending" : "approved", request->now,
		request->now + RA_ORDER_S, app->card, request->order_polls, request->order_fate,
		app->terms_id, app->terms_sha256, request->token_sha256);
}

/* What the order takes with it: requests, what it renews, what it uses up. */
static bool store_parts(struct request *request, const struct application *app, const char *id)
{
	sqlite3 *db = request->ra->db;
	bool ok = true;
	for (size_t i = 0; ok && i < app->count; i++)
		ok = db_exec(db, "INSERT INTO request VALUES(?,?,?,?,?)", "sisbs", id, (int64_t)i,
			app->requests[i].profile, app->requests[i].der, app->requests[i].len,
			app->requests[i].key_sha256);
	if (ok && app->old_order)
		ok = db_exec(db,
			"INSERT INTO renewed SELECT ?, id FROM certificate WHERE order_id=?"
			" AND revoked IS NULL",
			"ss", id, app->old_order);
	return ok &&
	       db_exec(db, "UPDATE verification SET used=1 WHERE id=?", "s", app->verification) &&
	       (!app->eligibility ||
		       (db_exec(db, "UPDATE eligibility SET used=1 WHERE id=?", "s",
				app->eligibility) &&
			       db_exec(db,
				       "UPDATE account SET enrol_hash=NULL, enrol_slip=NULL"
				       " WHERE id=?",
				       "i", request->account_id)));
}

void application_store(struct request *request, struct reply *reply, const struct application *app)
{
	bool waits = *request->order_fate;
	char id[ID_HEX];
	text_random_id(id);
	if (store_order(request, app, id, waits) && store_parts(request, app, id) &&
		(waits || order_issue(request, id)))
		order_reply(request, reply, 201, id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}
