/* SPDX-License-Identifier: Apache-2.0 */
/* Renewals: when, the nonce, the payment, and the order that the old key signed. */
#include <string.h>

#include "application.h"
#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "jws.h"
#include "order.h"
#include "problem.h"
#include "renewal.h"
#include "resources.h"
#include "terms.h"
#include "text.h"
#include "window.h"

static json_t *fee_json(const struct site *site)
{
	return json_pack("{s:i,s:s}", "amount", site->renewal_fee, "currency", site->fee_currency);
}

/* early, open, expired, or why not: not_activated, suspended, revoked */
static const char *window_state(struct request *request, sqlite3_stmt *row, int64_t opens)
{
	const char *status = certificate_status(request, row);
	if (strcmp(status, "valid") != 0)
		return status;
	return request->now < opens ? "early" : "open";
}

void renewal_info(struct request *request, struct reply *reply)
{
	const char *sha256 = NULL;
	const struct site *site = request->site;
	if (!ra_unpack(request, reply, "{s:s!}", "certificate_sha256", &sha256))
		return;
	request->account_id = db_int(request->ra->db, 0,
		"SELECT account_id FROM certificate c JOIN account a ON a.id=account_id"
		" WHERE sha256=lower(?) AND site=?",
		"ss", sha256, site->id);
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db, CERTIFICATE_SQL " AND sha256=lower(?)", "is",
		request->account_id, sha256);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, "No certificate of this site.");
		return;
	}
	int64_t not_after = sqlite3_column_int64(row, CERT_TO);
	int64_t opens = window_opens(site->renewal_window, not_after);
	json_t *json = json_pack("{s:s,s:s,s:s}", "certificate_sha256", db_text(row, CERT_SHA256),
		"state", window_state(request, row, opens), "login",
		site_can(site, "card_login") ? "card" : "password");
	ra_set_time(json, "not_after", not_after);
	ra_set_time(json, "window_opens", opens);
	ra_set_time(json, "server_time", request->now);
	if (site->renewal_fee)
		json_object_set_new(json, "fee", fee_json(site));
	ra_reply(reply, 200, json);
}

void nonce_create(struct request *request, struct reply *reply)
{
	char nonce[44];
	text_random_token(nonce);
	db_exec(request->ra->db, "DELETE FROM nonce WHERE expires<?", "i", request->now);
	if (!db_exec(request->ra->db, "INSERT INTO nonce VALUES(?,?,?)", "sii", nonce,
		    request->account_id, request->now + RA_NONCE_S)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = json_pack("{s:s}", "nonce", nonce);
	ra_set_time(json, "expires", request->now + RA_NONCE_S);
	ra_reply(reply, 201, json);
}

/* Uses the nonce up. */
static bool nonce_pass(struct request *request, struct reply *reply, const struct jws *jws)
{
	sqlite3 *db = request->ra->db;
	if (db_int(db, 0,
		    "SELECT count(*) FROM nonce WHERE nonce=? AND account_id=? AND expires>=?",
		    "sii", jws->nonce, request->account_id, request->now) &&
		db_exec(db, "DELETE FROM nonce WHERE nonce=?", "s", jws->nonce))
		return true;
	problem(reply, PROBLEM_BAD_NONCE, NULL);
	return false;
}

static bool signature_pass(
	struct request *request, struct reply *reply, const struct jws *jws, sqlite3_stmt *old)
{
	const unsigned char *der = sqlite3_column_blob(old, CERT_DER);
	CLEANUP(x509_p) X509 *cert = d2i_X509(NULL, &der, sqlite3_column_bytes(old, CERT_DER));
	const struct site_profile *profile =
		site_profile(request->site, db_text(old, CERT_PROFILE));
	if (profile && strcmp(profile->role, "encryption") == 0)
		problem(reply, PROBLEM_SIGNATURE_WRONG, "Sign with the signing certificate's key.");
	else if (!cert || !jws_verifies(jws, cert))
		problem(reply, PROBLEM_SIGNATURE_WRONG, NULL);
	else
		return true;
	return false;
}

static void renew(struct request *request, struct reply *reply, const struct jws *jws)
{
	CLEANUP(free_p) char *url = ra_url(request->ra, "%s", request->path + 1);
	if (strcmp(jws->url, url) != 0) {
		problem(reply, PROBLEM_JWS_INVALID, "url is not the URL of this request.");
		return;
	}
	if (!nonce_pass(request, reply, jws))
		return;
	CLEANUP(stmt_p) sqlite3_stmt *old = renewal_certificate(request, reply, jws->sha256);
	if (!old || !signature_pass(request, reply, jws, old))
		return;
	struct application app = { .old_order = db_text(old, CERT_ORDER) };
	if (application_read(request, reply, json_incref(jws->payload), &app) &&
		application_pass(request, reply, &app)) {
		if (strcmp(app.card, db_text(old, CERT_CARD)) == 0)
			application_store(request, reply, &app);
		else
			problem(reply, PROBLEM_CARD_NOT_REGISTERED,
				"The old certificate is on another card.");
	}
	application_clear(&app);
}

void renewal_create(struct request *request, struct reply *reply)
{
	struct jws jws = { 0 };
	const char *fault = jws_parse(request->json, &jws);
	if (fault)
		problem(reply, PROBLEM_JWS_INVALID, fault);
	else
		renew(request, reply, &jws);
	jws_clear(&jws);
}

static void payment_reply(
	struct request *request, struct reply *reply, unsigned status, const char *old_order)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT id, number, created FROM payment WHERE certificate_id=? AND account_id=?",
		"si", old_order, request->account_id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = json_pack("{s:s,s:s,s:s,s:o}", "id", db_text(row, 0), "state", "debited",
		"debit_account", db_text(row, 1), "fee", fee_json(request->site));
	ra_set_time(json, "debited", sqlite3_column_int64(row, 2));
	ra_reply(reply, status, json);
}

/* Takes the fee; false: reply is the problem and nothing was taken. */
static bool debit(
	struct request *request, struct reply *reply, const char *number, const char *old_order)
{
	sqlite3 *db = request->ra->db;
	int64_t fee = request->site->renewal_fee;
	char id[ID_HEX];
	text_random_id(id);
	if (!db_exec(db, "UPDATE bank SET balance=balance-? WHERE number=? AND balance>=?", "isi",
		    fee, number, fee)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return false;
	}
	if (sqlite3_changes(db) != 1) {
		problem(reply, PROBLEM_PAYMENT_FAILED,
			"The account is unknown or holds too little; nothing was debited.");
		return false;
	}
	if (db_exec(db, "INSERT INTO payment VALUES(?,?,?,?,?,?)", "sissii", id,
		    request->account_id, old_order, number, fee, request->now))
		return true;
	problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	return false;
}

void payment_create(struct request *request, struct reply *reply)
{
	const char *sha256 = NULL;
	const char *number = NULL;
	const char *id = NULL;
	const char *hash = NULL;
	int accepted = 0;
	if (!ra_unpack(request, reply, "{s:s,s:s,s:{s:s,s:s,s:b!}!}", "certificate_sha256", &sha256,
		    "debit_account", &number, "terms", "id", &id, "sha256", &hash, "accepted",
		    &accepted) ||
		!terms_pass(request, reply, accepted, id, hash))
		return;
	CLEANUP(stmt_p) sqlite3_stmt *old = renewal_certificate(request, reply, sha256);
	if (!old)
		return;
	const char *old_order = db_text(old, CERT_ORDER);
	bool paid = db_int(request->ra->db, 0,
		"SELECT count(*) FROM payment WHERE certificate_id=?", "s", old_order);
	if (paid)
		payment_reply(request, reply, 200, old_order);
	else if (debit(request, reply, number, old_order))
		payment_reply(request, reply, 201, old_order);
}
