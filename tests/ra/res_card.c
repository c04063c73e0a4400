/* SPDX-License-Identifier: Apache-2.0 */
/* Card verification: whose card is it, and does it hold the certified key? */
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "order.h"
#include "problem.h"
#include "resources.h"
#include "signature.h"
#include "text.h"

static json_t *verification_json(const struct request *request, sqlite3_stmt *row)
{
	json_t *json = json_pack("{s:s,s:s,s:s,s:s}", "id", db_text(row, 0), "purpose",
		db_text(row, 1), "card_serial", db_text(row, 2), "state", db_text(row, 3));
	ra_set_time(json, "expires", sqlite3_column_int64(row, 4));
	if (strcmp(db_text(row, 3), "challenged") == 0) {
		CLEANUP(free_p)
		char *url = ra_url(request->ra, "v1/%s/card-verifications/%s/answer",
			request->site->id, db_text(row, 0));
		json_object_set_new(json, "challenge", json_string(db_text(row, 6)));
		json_object_set_new(json, "answer_url", json_string(url));
	}
	return json;
}

/* id, purpose, card_serial, state, expires, order_id, challenge */
static sqlite3_stmt *verification_find(struct request *request, const char *id)
{
	return db_query(request->ra->db,
		"SELECT id, purpose, card_serial, state, expires, order_id, challenge FROM "
		"verification"
		" WHERE id=? AND account_id=?",
		"si", id, request->account_id);
}

static void verification_reply(
	struct request *request, struct reply *reply, unsigned status, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = verification_find(request, id);
	if (db_row(row))
		ra_reply(reply, status, verification_json(request, row));
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

/* Registered to this account; ret_serial as registered. */
static bool card_registered(struct request *request, const char *serial, char ret_serial[33])
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT serial FROM card WHERE site=? AND serial=lower(?) AND account_id=?", "ssi",
		request->site->id, serial, request->account_id);
	if (!db_row(row))
		return false;
	snprintf(ret_serial, 33, "%s", db_text(row, 0));
	return true;
}

/* The order behind an after_issue request; ret_id gets its id. */
static bool order_matches(struct request *request, struct reply *reply, const char *url,
	const char *serial, char ret_id[ID_HEX])
{
	CLEANUP(free_p) char *prefix = ra_url(request->ra, "v1/%s/orders/", request->site->id);
	size_t len = strlen(prefix);
	bool form = url && strncmp(url, prefix, len) == 0;
	CLEANUP(stmt_p) sqlite3_stmt *row = form ? order_find(request, url + len) : NULL;
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, "order_url is not an order of this account.");
		return false;
	}
	const char *state = db_text(row, ORDER_STATE);
	if (strcmp(state, "issued") != 0 && strcmp(state, "acknowledged") != 0) {
		json_object_set_new(problem(reply, PROBLEM_ORDER_STATE, "Nothing was issued yet."),
			"order_url", json_string(url));
		return false;
	}
	if (strcmp(db_text(row, ORDER_CARD), serial) != 0) {
		problem(reply, PROBLEM_CARD_NOT_REGISTERED, "The order is for another card.");
		return false;
	}
	snprintf(ret_id, ID_HEX, "%s", db_text(row, ORDER_ID));
	return true;
}

void verification_create(struct request *request, struct reply *reply)
{
	const char *purpose = NULL;
	const char *serial = NULL;
	const char *order_url = NULL;
	const char *password = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s,s?s,s?s!}", "purpose", &purpose, "card_serial",
		    &serial, "order_url", &order_url, "site_password", &password))
		return;
	bool after = strcmp(purpose, "after_issue") == 0;
	bool manage = strcmp(purpose, "card_management") == 0;
	if ((!after && !manage && strcmp(purpose, "before_key") != 0) ||
		after != (order_url != NULL) ||
		(manage && request->site->card_password) != (password != NULL)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"purpose, order_url and site_password do not fit together.");
		return;
	}
	char registered[33];
	char order_id[ID_HEX] = "";
	char challenge[44] = "";
	char id[ID_HEX];
	if (!card_registered(request, serial, registered)) {
		problem(reply, PROBLEM_CARD_NOT_REGISTERED, NULL);
		return;
	}
	if (password && !login_password_again(request, reply, password))
		return;
	if (after && !order_matches(request, reply, order_url, registered, order_id))
		return;
	if (after)
		text_random_token(challenge);
	text_random_id(id);
	if (db_exec(request->ra->db, "INSERT INTO verification VALUES(?,?,?,?,?,?,?,?,0)",
		    "sisssiss", id, request->account_id, purpose, registered,
		    after ? "challenged" : "verified", request->now + RA_VERIFICATION_S, order_id,
		    challenge))
		verification_reply(request, reply, 201, id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

/* The new key is that of the order's first certificate that signs. */
static X509 *signing_certificate(struct request *request, const char *order_id)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT der, profile FROM certificate WHERE order_id=? ORDER BY rowid", "s",
		order_id);
	while (db_row(row)) {
		const struct site_profile *profile = site_profile(request->site, db_text(row, 1));
		const unsigned char *der = sqlite3_column_blob(row, 0);
		if (profile && strcmp(profile->role, "encryption") != 0)
			return d2i_X509(NULL, &der, sqlite3_column_bytes(row, 0));
	}
	return NULL;
}

static bool answer_verifies(
	struct request *request, sqlite3_stmt *verification, const char *alg, const char *signature)
{
	CLEANUP(x509_p) X509 *cert = signing_certificate(request, db_text(verification, 5));
	CLEANUP(free_p) char *text = NULL;
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *bytes = text_unbase64(signature, &len);
	if (!cert || !bytes ||
		asprintf(&text, "twca-card-verification:1:%s:%s:%s", db_text(verification, 0),
			db_text(verification, 2), db_text(verification, 6)) < 0)
		return false;
	return signature_verifies(cert, alg, text, bytes, len);
}

void verification_answer(struct request *request, struct reply *reply)
{
	const char *alg = NULL;
	const char *signature = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s!}", "alg", &alg, "signature", &signature))
		return;
	if (!signature_alg(alg)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "alg is none of the profile's.");
		return;
	}
	CLEANUP(stmt_p) sqlite3_stmt *row = verification_find(request, request->id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	if (strcmp(db_text(row, 3), "challenged") != 0 ||
		sqlite3_column_int64(row, 4) < request->now) {
		problem(reply, PROBLEM_CARD_VERIFICATION_REQUIRED,
			"This challenge is too old or was answered: present the card again.");
		return;
	}
	bool ok = answer_verifies(request, row, alg, signature);
	if (!db_exec(request->ra->db, "UPDATE verification SET state=? WHERE id=?", "ss",
		    ok ? "verified" : "failed", request->id)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	} else if (ok) {
		verification_reply(request, reply, 200, request->id);
	} else {
		problem(reply, PROBLEM_CHALLENGE_FAILED, "Present the card again.");
		reply->keep = true;
	}
}
