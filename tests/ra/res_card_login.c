/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in by a card's key, for renewals: the challenge, and its answer that opens a session. */
#include <stdio.h>
#include <string.h>

#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "problem.h"
#include "resources.h"
#include "signature.h"
#include "text.h"

/* The answer does not tell whether anybody has this identifier. */
void login_challenge_create(struct request *request, struct reply *reply)
{
	const char *unit = NULL;
	const char *cn = NULL;
	const char *captcha = NULL;
	const char *answer = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s,s:{s:s,s:s!}!}", "ra_unit", &unit,
		    "certificate_identifier", &cn, "captcha", "id", &captcha, "answer", &answer) ||
		!captcha_pass(request, reply, captcha, answer))
		return;
	if (!request->site->ra_unit || strcmp(unit, request->site->ra_unit) != 0) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "ra_unit is not one of this site's.");
		return;
	}
	char id[ID_HEX];
	char challenge[44];
	text_random_id(id);
	text_random_token(challenge);
	db_exec(request->ra->db, "DELETE FROM login_challenge WHERE expires<?", "i", request->now);
	if (!db_exec(request->ra->db, "INSERT INTO login_challenge VALUES(?,?,?,?,?,0)", "ssssi",
		    id, request->site->id, cn, challenge, request->now + RA_CAPTCHA_S)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/card-challenges/%s/answer", request->site->id, id);
	json_t *json = json_pack("{s:s,s:s,s:s,s:s}", "id", id, "certificate_identifier", cn,
		"challenge", challenge, "answer_url", url);
	ra_set_time(json, "expires", request->now + RA_CAPTCHA_S);
	ra_reply(reply, 201, json);
}

/* A stepped row of CERTIFICATE_SQL: the certificate of that hash, if its person is called cn. */
static sqlite3_stmt *find_certificate(struct request *request, const char *cn, const char *sha256)
{
	request->account_id = db_int(request->ra->db, 0,
		"SELECT a.id FROM certificate c JOIN account a ON a.id=account_id"
		" WHERE sha256=lower(?) AND site=? AND cn=?",
		"sss", sha256, request->site->id, cn);
	sqlite3_stmt *row = db_query(request->ra->db, CERTIFICATE_SQL " AND sha256=lower(?)", "is",
		request->account_id, sha256);
	if (db_row(row))
		return row;
	sqlite3_finalize(row);
	return NULL;
}

static bool answer_verifies(
	sqlite3_stmt *challenge, sqlite3_stmt *cert, const char *alg, const char *signature)
{
	CLEANUP(free_p) char *text = NULL;
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *bytes = text_unbase64(signature, &len);
	const unsigned char *der = sqlite3_column_blob(cert, CERT_DER);
	CLEANUP(x509_p) X509 *x509 = d2i_X509(NULL, &der, sqlite3_column_bytes(cert, CERT_DER));
	if (!x509 || !bytes ||
		asprintf(&text, "twca-card-login:1:%s:%s:%s", db_text(challenge, 0),
			db_text(challenge, 1), db_text(challenge, 2)) < 0)
		return false;
	return signature_verifies(x509, alg, text, bytes, len);
}

static void open_session(struct request *request, struct reply *reply, sqlite3_stmt *cert)
{
	const char *status = certificate_status(request, cert);
	if (strcmp(status, "expired") == 0) {
		json_object_set_new(problem(reply, PROBLEM_CERTIFICATE_EXPIRED,
					    "It is too late to renew: register and apply again."),
			"contact", problem_contact(request->site));
		return;
	}
	if (strcmp(status, "valid") != 0) {
		problem(reply, PROBLEM_CERTIFICATE_STATE, "The certificate is not valid.");
		return;
	}
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db, "SELECT account FROM account WHERE id=?", "i",
		request->account_id);
	const struct login login = { .account = db_row(row) ? db_text(row, 0) : "",
		.account_id = request->account_id,
		.scope = "renewal" };
	snprintf(request->account, sizeof request->account, "%s", login.account);
	login_open(request, reply, &login);
}

void login_challenge_answer(struct request *request, struct reply *reply)
{
	const char *alg = NULL;
	const char *signature = NULL;
	const char *sha256 = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s,s:s!}", "alg", &alg, "signature", &signature,
		    "certificate_sha256", &sha256))
		return;
	if (!signature_alg(alg)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "alg is none of the profile's.");
		return;
	}
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT id, cn, challenge FROM login_challenge WHERE id=? AND site=? AND NOT used"
		" AND expires>=?",
		"ssi", request->id, request->site->id, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, "This challenge is too old or was answered.");
		return;
	}
	db_exec(request->ra->db, "UPDATE login_challenge SET used=1 WHERE id=?", "s", request->id);
	CLEANUP(stmt_p)
	sqlite3_stmt *cert = find_certificate(request, db_text(row, 1), sha256);
	if (cert && answer_verifies(row, cert, alg, signature))
		open_session(request, reply, cert);
	else
		problem(reply, PROBLEM_CHALLENGE_FAILED, "Ask for a new challenge.");
}
