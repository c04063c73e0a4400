/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: finding, showing and issuing them. Knows no HTTP form. */
#include "order.h"

#include <openssl/asn1.h>
#include <string.h>
#include <time.h>

#include "ca.h"
#include "cleanup.h"
#include "csr.h"
#include "db.h"
#include "problem.h"
#include "subject.h"
#include "text.h"

#define ORDER_SQL                                                                                  \
	"SELECT id, state, created, expires, card_serial, profile, csr, key_sha256, polls_left,"   \
	" fate, reason FROM orders WHERE account_id=? AND site=?"

const char certificate_columns[] =
	"SELECT id, order_id, card_serial, profile, sha256, subject, issuer, not_before, not_after,"
	" revoked, der FROM certificate WHERE account_id=?";

sqlite3_stmt *order_find(struct request *request, const char *id)
{
	return db_query(request->ra->db, ORDER_SQL " AND id=?", "iss", request->account_id,
		request->site->id, id);
}

sqlite3_stmt *order_find_all(struct request *request)
{
	return db_query(request->ra->db, ORDER_SQL " ORDER BY rowid DESC", "is",
		request->account_id, request->site->id);
}

json_t *certificate_json(struct request *request, sqlite3_stmt *row)
{
	const char *id = db_text(row, 0);
	int64_t not_after = sqlite3_column_int64(row, 8);
	bool revoked = sqlite3_column_type(row, 9) != SQLITE_NULL;
	const char *status = revoked ? "revoked" : not_after < request->now ? "expired" : "valid";
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/certificates/%s", request->site->id, id);
	CLEANUP(free_p)
	char *order = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, db_text(row, 1));
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "url", url,
		"order_url", order, "card_serial", db_text(row, 2), "profile", db_text(row, 3),
		"sha256", db_text(row, 4), "subject", db_text(row, 5), "issuer", db_text(row, 6),
		"serial_number", id, "status", status);
	ra_set_time(json, "not_before", sqlite3_column_int64(row, 7));
	ra_set_time(json, "not_after", not_after);
	return json;
}

static json_t *order_certificates(struct request *request, const char *order_id)
{
	json_t *list = json_array();
	CLEANUP(free_p) char *sql = NULL;
	if (asprintf(&sql, "%s AND order_id=?", certificate_columns) < 0)
		abort();
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db, sql, "is", request->account_id, order_id);
	while (db_row(row))
		json_array_append_new(list, certificate_json(request, row));
	return list;
}

static bool is_open(const char *state)
{
	return strcmp(state, "pending") == 0 || strcmp(state, "approved") == 0;
}

static bool is_issued(const char *state)
{
	return strcmp(state, "issued") == 0 || strcmp(state, "acknowledged") == 0;
}

json_t *order_json(struct request *request, sqlite3_stmt *row)
{
	const char *id = db_text(row, ORDER_ID);
	const char *state = db_text(row, ORDER_STATE);
	CLEANUP(free_p) char *url = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, id);
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:[s],s:o}", "id", id, "url", url, "state",
		state, "card_serial", db_text(row, ORDER_CARD), "public_key_sha256",
		db_text(row, ORDER_KEY), "certificates", order_certificates(request, id));
	ra_set_time(json, "created", sqlite3_column_int64(row, ORDER_CREATED));
	ra_set_time(json, "expires", sqlite3_column_int64(row, ORDER_EXPIRES));
	if (is_issued(state))
		json_object_set_new(json, "receipt_url", json_sprintf("%s/receipt", url));
	if (is_open(state))
		json_object_set_new(json, "cancel_url", json_sprintf("%s/cancel", url));
	if (*db_text(row, ORDER_REASON))
		json_object_set_new(
			json, "reason", json_loads(db_text(row, ORDER_REASON), 0, NULL));
	return json;
}

void order_reply(struct request *request, struct reply *reply, unsigned status, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	bool open = is_open(db_text(row, ORDER_STATE));
	ra_reply(reply, status == 201 && open ? 202 : status, order_json(request, row));
	if (status == 201)
		reply->location = strdup(json_string_value(json_object_get(reply->json, "url")));
	if (open)
		reply->retry_after = RA_POLL_S;
}

static int64_t asn1_time(const ASN1_TIME *time)
{
	struct tm tm;
	return ASN1_TIME_to_tm(time, &tm) ? (int64_t)timegm(&tm) : 0;
}

static bool certificate_store(struct request *request, sqlite3_stmt *order, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	char id[41];
	char sha256[SHA256_HEX];
	CLEANUP(free_p) char *subject = subject_text(X509_get_subject_name(cert));
	CLEANUP(free_p) char *issuer = subject_text(X509_get_issuer_name(cert));
	bool ok = len > 0 && subject && issuer && ASN1_STRING_length(serial) <= 20;
	if (ok) {
		text_hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), id);
		text_sha256(der, (size_t)len, sha256);
		ok = db_exec(request->ra->db,
			"INSERT INTO certificate VALUES(?,?,?,?,?,?,?,?,?,?,?,?,NULL)",
			"ssisssbsssii", id, db_text(order, ORDER_ID), request->account_id,
			db_text(order, ORDER_CARD), db_text(order, ORDER_PROFILE),
			db_text(order, ORDER_KEY), der, (size_t)len, sha256, subject, issuer,
			asn1_time(X509_get0_notBefore(cert)), asn1_time(X509_get0_notAfter(cert)));
	}
	OPENSSL_free(der);
	return ok;
}

bool order_issue(struct request *request, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, id);
	if (!db_row(row))
		return false;
	const unsigned char *der = sqlite3_column_blob(row, ORDER_CSR);
	X509_REQ *csr = d2i_X509_REQ(NULL, &der, sqlite3_column_bytes(row, ORDER_CSR));
	CLEANUP(free_p) char *crl = ra_url(request->ra, "v1/crl/issuing.crl");
	CLEANUP(free_p) char *ca = ra_url(request->ra, "v1/%s/ca-certificates", request->site->id);
	const struct ca_order order = {
		.subject = csr ? X509_REQ_get_subject_name(csr) : NULL,
		.key = csr ? X509_REQ_get0_pubkey(csr) : NULL,
		.not_before = request->now,
		.years = request->site->years,
		.crl_url = crl,
		.ca_url = ca,
	};
	CLEANUP(x509_p) X509 *cert = csr ? ca_issue(request->ra->ca, &order) : NULL;
	X509_REQ_free(csr);
	return cert && certificate_store(request, row, cert) &&
	       db_exec(request->ra->db, "UPDATE orders SET state='issued' WHERE id=?", "s", id);
}

static bool order_reject(struct request *request, const char *id)
{
	CLEANUP(json_p)
	json_t *json = problem_json(PROBLEM_REJECTED_BY_OFFICER,
		"The documents do not match the registration; contact the counter.");
	json_object_set_new(json, "contact", problem_contact(request->site));
	CLEANUP(free_p) char *text = json_dumps(json, JSON_COMPACT);
	return db_exec(request->ra->db, "UPDATE orders SET state='rejected', reason=? WHERE id=?",
		"ss", text, id);
}

bool order_advance(struct request *request, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, id);
	if (!db_row(row) || !is_open(db_text(row, ORDER_STATE)))
		return true;
	sqlite3 *db = request->ra->db;
	if (sqlite3_column_int64(row, ORDER_EXPIRES) < request->now)
		return db_exec(db, "UPDATE orders SET state='expired' WHERE id=?", "s", id);
	int64_t left = sqlite3_column_int64(row, ORDER_POLLS);
	if (left > 0)
		return db_exec(db, "UPDATE orders SET polls_left=?, state=? WHERE id=?", "iss",
			left - 1,
			left == 1 && strcmp(db_text(row, ORDER_FATE), "reject") != 0 ? "approved"
										     : "pending",
			id);
	if (strcmp(db_text(row, ORDER_FATE), "reject") == 0)
		return order_reject(request, id);
	return order_issue(request, id);
}
