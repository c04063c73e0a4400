/* SPDX-License-Identifier: Apache-2.0 */
/* What the reference RA's unit tests share: a folder with a database, keys, requests. */
#include "kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca.h"
#include "cleanup.h"
#include "db.h"
#include "text.h"

struct ra kit_ra;
char kit_folder[64];
struct kit_more kit_more;

int kit_open(void **state)
{
	(void)state;
	snprintf(kit_folder, sizeof kit_folder, "%s", "/tmp/ra-unit-XXXXXX");
	if (!mkdtemp(kit_folder) || !site_load(site_default))
		return 1;
	kit_ra = (struct ra){ .base = "https://127.0.0.1:1/", .db = db_open(kit_folder) };
	return kit_ra.db && pthread_mutex_init(&kit_ra.lock, NULL) == 0 ? 0 : 1;
}

int kit_open_ca(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	kit_ra.ca = ca_open(kit_folder);
	return kit_ra.ca ? 0 : 1;
}

int kit_close(void **state)
{
	(void)state;
	ca_close(kit_ra.ca);
	sqlite3_close(kit_ra.db);
	pthread_mutex_destroy(&kit_ra.lock);
	(void)site_load(""); /* frees the sites */
	DIR *dir = opendir(kit_folder);
	for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir))
		if (entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	return rmdir(kit_folder);
}

EVP_PKEY *kit_rsa(unsigned bits, unsigned exponent)
{
	EVP_PKEY *key = NULL;
	BIGNUM *e = BN_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (!e || !ctx || !BN_set_word(e, exponent) || EVP_PKEY_keygen_init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) != 1 ||
		EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) != 1 ||
		EVP_PKEY_generate(ctx, &key) != 1)
		abort();
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	return key;
}

X509_NAME *kit_name(const char *cn)
{
	X509_NAME *name = X509_NAME_new();
	if (!name || !X509_NAME_add_entry_by_txt(
			     name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0))
		abort();
	return name;
}

unsigned char *kit_csr(EVP_PKEY *key, EVP_PKEY *signer, const EVP_MD *md, size_t *ret_len)
{
	unsigned char *der = NULL;
	X509_REQ *csr = X509_REQ_new();
	CLEANUP(name_p) X509_NAME *name = kit_name("unit");
	if (!csr || !X509_REQ_set_subject_name(csr, name) || !X509_REQ_set_pubkey(csr, key) ||
		!X509_REQ_sign(csr, signer, md))
		abort();
	int len = i2d_X509_REQ(csr, &der);
	X509_REQ_free(csr);
	*ret_len = len > 0 ? (size_t)len : 0;
	return der;
}

X509 *kit_cert(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	CLEANUP(name_p) X509_NAME *name = kit_name("unit");
	if (!cert || !X509_set_subject_name(cert, name) || !X509_set_issuer_name(cert, name) ||
		!X509_set_pubkey(cert, key) || !X509_gmtime_adj(X509_getm_notBefore(cert), 0) ||
		!X509_gmtime_adj(X509_getm_notAfter(cert), 3600) ||
		!X509_sign(cert, key, EVP_sha256()))
		abort();
	return cert;
}

int64_t kit_account(const char *site, const char *account, bool must_change)
{
	if (!db_exec(kit_ra.db,
		    "INSERT INTO account(site, account, name, cn, password, must_change, carrier)"
		    " VALUES(?,?,'Unit','unit-cn','x',?,'card')",
		    "ssi", site, account, (int64_t)must_change))
		abort();
	return sqlite3_last_insert_rowid(kit_ra.db);
}

const char *kit_problem(const struct reply *reply)
{
	const char *type = json_string_value(json_object_get(reply->json, "type"));
	const char *last = type ? strrchr(type, ':') : NULL;
	const char *slash = type ? strrchr(type, '/') : NULL;
	if (slash > last)
		last = slash;
	return last ? last + 1 : "";
}

void kit_reply_clear(struct reply *reply)
{
	json_decref(reply->json);
	free(reply->bytes);
	free(reply->location);
	*reply = (struct reply){ 0 };
}

struct reply kit_call(
	resource_fn *serve, const struct kit_caller *caller, const char *id, const char *body)
{
	struct reply reply = { 0 };
	struct request request = { .ra = &kit_ra,
		.site = site_find(caller->site, strlen(caller->site)),
		.method = body ? "POST" : "GET",
		.path = kit_more.path ? kit_more.path
			: id          ? id
				      : "",
		.accept = kit_more.accept,
		.content_type = kit_more.content_type,
		.body = kit_more.bytes,
		.body_len = kit_more.len,
		.now = caller->now,
		.account_id = caller->account,
		.order_fate = "",
		.json = body ? json_loads(body, 0, NULL) : NULL };
	assert_non_null(request.site);
	assert_true(!body || request.json);
	snprintf(request.source, sizeof request.source, "127.0.0.1");
	snprintf(request.id, sizeof request.id, "%s", id ? id : "");
	snprintf(request.scope, sizeof request.scope, "full");
	snprintf(request.carrier, sizeof request.carrier, "%s",
		kit_more.carrier ? kit_more.carrier : "");
	snprintf(request.token_sha256, sizeof request.token_sha256, "%s",
		kit_more.session ? kit_more.session : "");
	kit_more = (struct kit_more){ 0 };
	serve(&request, &reply);
	json_decref(request.json);
	return reply;
}

void kit_says(resource_fn *serve, const struct kit_caller *caller, const char *id, const char *body,
	const char *want)
{
	struct reply reply = kit_call(serve, caller, id, body);
	if (strcmp(kit_problem(&reply), want) != 0)
		fail_msg("%s: '%s', not '%s'", body ? body : id, kit_problem(&reply), want);
	assert_int_equal(reply.status >= 400, *want != 0);
	assert_false(reply.rollback);
	kit_reply_clear(&reply);
}

char *kit_value(const char *sql)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = db_query(kit_ra.db, sql, "");
	char *text = strdup(db_row(row) ? db_text(row, 0) : "");
	assert_non_null(text);
	return text;
}

void kit_has(const char *sql, const char *want)
{
	CLEANUP(free_p) char *text = kit_value(sql);
	assert_string_equal(text, want);
}

void kit_sql(const char *sql)
{
	assert_true(db_exec(kit_ra.db, sql, ""));
}

void kit_certificate(const struct kit_caller *owner, const char *id, int64_t not_after)
{
	assert_true(db_exec(kit_ra.db,
		"INSERT INTO orders VALUES(?,?,?,'new','issued',?,?,'',0,'',NULL,'t','s','')",
		"ssiii", id, owner->site, owner->account, owner->now, owner->now));
	assert_true(db_exec(kit_ra.db,
		"INSERT INTO certificate VALUES(?1,?1,?2,'','p',?1,x'3000',?1,'CN='||?1,'CN=CA',?3,"
		"?4,1,NULL,0,NULL,NULL)",
		"siii", id, owner->account, owner->now - 100, not_after));
}

void kit_certificate_is(const char *id, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	sqlite3_stmt *row = NULL;
	assert_true(len > 0);
	assert_int_equal(sqlite3_prepare_v2(kit_ra.db, "UPDATE certificate SET der=? WHERE id=?",
				 -1, &row, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_bind_blob(row, 1, der, len, SQLITE_TRANSIENT), SQLITE_OK);
	assert_int_equal(sqlite3_bind_text(row, 2, id, -1, SQLITE_TRANSIENT), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_DONE);
	sqlite3_finalize(row);
	OPENSSL_free(der);
}

char *kit_sign(EVP_PKEY *key, const char *text)
{
	unsigned char signature[512];
	size_t len = sizeof signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(
		EVP_DigestSign(ctx, signature, &len, (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(ctx);
	return text_base64(signature, len);
}

const char *kit_text(const struct reply *reply, const char *name)
{
	const char *text = json_string_value(json_object_get(reply->json, name));
	return text ? text : "";
}
