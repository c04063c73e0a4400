/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: finding, showing and issuing them. Knows no HTTP form. */
#include "order.h"

#include <openssl/asn1.h>
#include <string.h>
#include <time.h>

#include "ca.h"
#include "certificate.h"
#include "cleanup.h"
#include "csr.h"
#include "db.h"
#include "problem.h"
#include "subject.h"
#include "text.h"

#define ORDER_SQL                                                                                  \
	"SELECT id, state, created, expires, card_serial, kind, polls_left, fate, reason, session" \
	" FROM orders WHERE account_id=? AND site=?"

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

static json_t *order_certificates(struct request *request, const char *order_id)
{
	json_t *list = json_array();
	CLEANUP(stmt_p)
	sqlite3_stmt *row =
		db_query(request->ra->db, CERTIFICATE_SQL " AND order_id=? ORDER BY rowid", "is",
			request->account_id, order_id);
	while (db_row(row))
		json_array_append_new(list, certificate_json(request, row));
	return list;
}

/* First columns of a query by the order's id. */
static json_t *order_words(struct request *request, const char *sql, const char *order_id)
{
	json_t *list = json_array();
	CLEANUP(stmt_p) sqlite3_stmt *row = db_query(request->ra->db, sql, "s", order_id);
	while (db_row(row))
		json_array_append_new(list, json_string(db_text(row, 0)));
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

/* The links that the order's state allows. */
static void set_links(json_t *json, const char *state, const char *url)
{
	if (is_issued(state))
		json_object_set_new(json, "receipt_url", json_sprintf("%s/receipt", url));
	if (is_open(state))
		json_object_set_new(json, "cancel_url", json_sprintf("%s/cancel", url));
	if (strcmp(state, "awaiting_activation") == 0)
		json_object_set_new(json, "activation_url", json_sprintf("%s/activation", url));
}

json_t *order_json(struct request *request, sqlite3_stmt *row)
{
	const char *id = db_text(row, ORDER_ID);
	const char *state = db_text(row, ORDER_STATE);
	const char *kind = db_text(row, ORDER_KIND);
	bool new = strcmp(kind, "new") == 0;
	CLEANUP(free_p) char *url = ra_url(request->ra, "v1/%s/orders/%s", request->site->id, id);
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "id", id, "url", url, "kind",
		kind, "state", state, "delivery", new ? request->site->delivery : "direct",
		"public_key_sha256",
		order_words(
			request, "SELECT key_sha256 FROM request WHERE order_id=? ORDER BY n", id),
		"certificates", order_certificates(request, id));
	ra_set_time(json, "created", sqlite3_column_int64(row, ORDER_CREATED));
	ra_set_time(json, "expires", sqlite3_column_int64(row, ORDER_EXPIRES));
	if (*db_text(row, ORDER_CARD))
		json_object_set_new(json, "card_serial", json_string(db_text(row, ORDER_CARD)));
	if (!new)
		json_object_set_new(json, "renews",
			order_words(request, "SELECT certificate_id FROM renewed WHERE order_id=?",
				id));
	set_links(json, state, url);
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

/* One request of an order, as it becomes a certificate. */
struct issue {
	const char *order_id, *card, *profile, *key_sha256;
	bool active;
};

static bool certificate_store(struct request *request, const struct issue *issue, X509 *cert)
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
			"INSERT INTO certificate(id, order_id, account_id, card_serial, profile,"
			" key_sha256, der, sha256, subject, issuer, not_before, not_after, active)"
			" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
			"ssisssbsssiii", id, issue->order_id, request->account_id, issue->card,
			issue->profile, issue->key_sha256, der, (size_t)len, sha256, subject,
			issuer, asn1_time(X509_get0_notBefore(cert)),
			asn1_time(X509_get0_notAfter(cert)), (int64_t)issue->active);
	}
	OPENSSL_free(der);
	return ok;
}

static bool issue_one(
	struct request *request, const struct issue *issue, const unsigned char *der, int len)
{
	const struct site_profile *profile = site_profile(request->site, issue->profile);
	X509_REQ *csr = d2i_X509_REQ(NULL, &der, len);
	CLEANUP(free_p) char *crl = ra_url(request->ra, "v1/crl/issuing.crl");
	CLEANUP(free_p) char *ca = ra_url(request->ra, "v1/%s/ca-certificates", request->site->id);
	CLEANUP(free_p) char *ocsp = ra_url(request->ra, "v1/ocsp");
	const struct ca_order order = {
		.subject = csr ? X509_REQ_get_subject_name(csr) : NULL,
		.key = csr ? X509_REQ_get0_pubkey(csr) : NULL,
		.not_before = request->now - db_int(request->ra->db, 0,
						     "SELECT value FROM meta WHERE name='age'", ""),
		.years = profile ? profile->years : 1,
		.key_usage = profile ? profile->key_usage : "",
		.ext_key_usage = profile ? profile->ext_key_usage : "",
		.crl_url = crl,
		.ca_url = ca,
		.ocsp_url = ocsp,
	};
	CLEANUP(x509_p) X509 *cert = csr && profile ? ca_issue(request->ra->ca, &order) : NULL;
	X509_REQ_free(csr);
	return cert && certificate_store(request, issue, cert);
}

bool order_issue(struct request *request, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = order_find(request, id);
	if (!db_row(row))
		return false;
	bool active = strcmp(request->site->delivery, "activation") != 0 ||
		      strcmp(db_text(row, ORDER_KIND), "renewal") == 0;
	CLEANUP(stmt_p)
	sqlite3_stmt *part = db_query(request->ra->db,
		"SELECT profile, key_sha256, csr FROM request WHERE order_id=? ORDER BY n", "s",
		id);
	bool ok = true;
	while (ok && db_row(part)) {
		const struct issue issue = { id, db_text(row, ORDER_CARD), db_text(part, 0),
			db_text(part, 1), active };
		ok = issue_one(request, &issue, sqlite3_column_blob(part, 2),
			sqlite3_column_bytes(part, 2));
	}
	return ok && db_exec(request->ra->db, "UPDATE orders SET state=? WHERE id=?", "ss",
			     active ? "issued" : "awaiting_activation", id);
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
