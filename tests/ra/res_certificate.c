/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of people and of the CA. */
#include <openssl/pem.h>
#include <string.h>

#include "ca.h"
#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "resources.h"
#include "subject.h"
#include "text.h"

enum form {
	FORM_JSON,
	FORM_DER,
	FORM_PEM,
	FORM_NONE
};

static enum form form_wanted(const char *accept)
{
	if (!accept || strstr(accept, "*/*") || strstr(accept, "application/json"))
		return FORM_JSON;
	if (strstr(accept, "application/pkix-cert"))
		return FORM_DER;
	return strstr(accept, "application/pem-certificate-chain") ? FORM_PEM : FORM_NONE;
}

/* leaf (may be NULL), issuing CA, root */
static void reply_chain(struct request *request, struct reply *reply, const X509 *leaf)
{
	CLEANUP(bio_p) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (!bio || (leaf && !PEM_write_bio_X509(bio, leaf)) ||
		!PEM_write_bio_X509(bio, ca_issuing(request->ra->ca)) ||
		!PEM_write_bio_X509(bio, ca_root(request->ra->ca))) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	long len = BIO_get_mem_data(bio, &text);
	ra_reply_bytes(reply, "application/pem-certificate-chain", text, (size_t)len);
}

void certificate_list(struct request *request, struct reply *reply)
{
	json_t *list = json_array();
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(
		request->ra->db, CERTIFICATE_SQL " ORDER BY rowid DESC", "i", request->account_id);
	while (db_row(row))
		json_array_append_new(list, certificate_json(request, row));
	ra_reply(reply, 200, json_pack("{s:o}", "certificates", list));
}

/* May the bytes be had? Not before activation; and where downloads must be enabled, only in the
 * session that ordered, or after customer service said so. */
static bool download_pass(struct request *request, struct reply *reply, sqlite3_stmt *row)
{
	sqlite3 *db = request->ra->db;
	if (!sqlite3_column_int(row, CERT_ACTIVE)) {
		problem(reply, PROBLEM_ACTIVATION_REQUIRED, NULL);
		return false;
	}
	if (strcmp(request->site->redownload, "enabled") != 0 ||
		db_int(db, 0, "SELECT redownload FROM account WHERE id=?", "i",
			request->account_id) ||
		db_int(db, 0,
			"SELECT count(*) FROM orders WHERE id=? AND session=? AND state='issued'",
			"ss", db_text(row, CERT_ORDER), request->token_sha256))
		return true;
	json_object_set_new(problem(reply, PROBLEM_DOWNLOAD_NOT_ENABLED,
				    "Phone the contact; after an identity check it is enabled."),
		"contact", problem_contact(request->site));
	return false;
}

void certificate_get(struct request *request, struct reply *reply)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db, CERTIFICATE_SQL " AND id=?", "is",
		request->account_id, request->id);
	enum form form = form_wanted(request->accept);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, "No such certificate of this account.");
	} else if (form == FORM_NONE) {
		problem(reply, PROBLEM_NOT_ACCEPTABLE, NULL);
	} else if (form == FORM_JSON) {
		ra_reply(reply, 200, certificate_json(request, row));
	} else if (download_pass(request, reply, row)) {
		const unsigned char *der = sqlite3_column_blob(row, CERT_DER);
		size_t len = (size_t)sqlite3_column_bytes(row, CERT_DER);
		CLEANUP(x509_p) X509 *cert = d2i_X509(NULL, &der, (long)len);
		if (form == FORM_DER)
			ra_reply_bytes(reply, "application/pkix-cert",
				sqlite3_column_blob(row, CERT_DER), len);
		else
			reply_chain(request, reply, cert);
		db_exec(request->ra->db,
			"UPDATE certificate SET downloaded=coalesce(downloaded,?) WHERE id=?", "is",
			request->now, request->id);
	}
}

static json_t *ca_json(const char *role, const X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	char sha256[SHA256_HEX];
	text_sha256(der, (size_t)len, sha256);
	CLEANUP(free_p) char *base64 = text_base64(der, (size_t)len);
	CLEANUP(free_p) char *subject = subject_text(X509_get_subject_name(cert));
	OPENSSL_free(der);
	return json_pack("{s:s,s:s,s:s,s:s}", "role", role, "subject", subject, "sha256", sha256,
		"der", base64);
}

void ca_certificates_get(struct request *request, struct reply *reply)
{
	const struct ca *ca = request->ra->ca;
	enum form form = form_wanted(request->accept);
	if (form == FORM_JSON)
		ra_reply(reply, 200,
			json_pack("{s:[o,o]}", "certificates", ca_json("issuing", ca_issuing(ca)),
				ca_json("root", ca_root(ca))));
	else if (form == FORM_PEM)
		reply_chain(request, reply, NULL);
	else
		problem(reply, PROBLEM_NOT_ACCEPTABLE, NULL);
	reply->cacheable = reply->status == 200;
}
