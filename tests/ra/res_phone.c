/* SPDX-License-Identifier: Apache-2.0 */
/* From the computer to the phone: an encrypted file waits until a phone shows the code. */
#include <openssl/pkcs12.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "resources.h"
#include "text.h"

enum {
	TRANSFER_S = 600, /* life of a code */
	TOKEN = 44
};

/* The program on the phone has logged in: it is ready as long as its session would be. */
void phone_create(struct request *request, struct reply *reply)
{
	const char *name = NULL;
	if (!ra_unpack(request, reply, "{s:s!}", "name", &name))
		return;
	int64_t until = request->now + RA_SESSION_S;
	json_t *json = json_pack("{s:s}", "name", name);
	ra_set_time(json, "expires", until);
	if (db_exec(request->ra->db, "UPDATE account SET phone=? WHERE id=?", "ii", until,
		    request->account_id))
		ra_reply(reply, 201, json);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

/* A PKCS#12 file that does not open without a password. */
static bool pfx_fits(const unsigned char *bytes, size_t len)
{
	const unsigned char *at = bytes;
	PKCS12 *pfx = d2i_PKCS12(NULL, &at, (long)len);
	bool fits = pfx && at == bytes + len && PKCS12_mac_present(pfx) &&
		    !PKCS12_verify_mac(pfx, "", 0) && !PKCS12_verify_mac(pfx, NULL, 0);
	PKCS12_free(pfx);
	return fits;
}

/* Only the newest valid certificate goes to a phone; false: reply is the problem. */
static bool newest_pass(struct request *request, struct reply *reply, const char *sha256)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT sha256 FROM certificate WHERE account_id=? AND revoked IS NULL AND active"
		" AND not_after>=? ORDER BY not_before DESC, rowid DESC LIMIT 1",
		"ii", request->account_id, request->now);
	if (db_row(row) && strcasecmp(db_text(row, 0), sha256) == 0)
		return true;
	problem(reply, PROBLEM_CERTIFICATE_STATE, "This is not the newest valid certificate.");
	return false;
}

static void transfer_reply(
	struct request *request, struct reply *reply, const char *id, const char *code)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT id, state, expires FROM transfer WHERE id=? AND account_id=? AND site=?",
		"sis", id, request->account_id, request->site->id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	const char *state = db_text(row, 1);
	bool late = strcmp(state, "waiting") == 0 && sqlite3_column_int64(row, 2) < request->now;
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/phone-transfers/%s", request->site->id, id);
	json_t *json =
		json_pack("{s:s,s:s,s:s}", "id", id, "url", url, "state", late ? "expired" : state);
	ra_set_time(json, "expires", sqlite3_column_int64(row, 2));
	if (code) {
		CLEANUP(free_p)
		char *files = ra_url(request->ra, "v1/%s/phone-files", request->site->id);
		json_object_set_new(json, "qr", json_sprintf("%s#%s", files, code));
	}
	ra_reply(reply, code ? 201 : 200, json);
}

/* A newer transfer takes the place of one that still waits. */
static bool transfer_add(struct request *request, const char *id, const char *code,
	const unsigned char *pfx, size_t len)
{
	char code_sha256[SHA256_HEX];
	text_sha256(code, strlen(code), code_sha256);
	return db_exec(request->ra->db,
		       "UPDATE transfer SET state='expired', pfx=x'' WHERE account_id=? AND "
		       "state='waiting'",
		       "i", request->account_id) &&
	       db_exec(request->ra->db, "INSERT INTO transfer VALUES(?,?,?,?,?,'waiting',?)",
		       "sssibi", id, code_sha256, request->site->id, request->account_id, pfx, len,
		       request->now + TRANSFER_S);
}

void transfer_create(struct request *request, struct reply *reply)
{
	const char *sha256 = NULL;
	const char *base64 = NULL;
	size_t len = 0;
	if (!ra_unpack(request, reply, "{s:s,s:s!}", "certificate_sha256", &sha256, "pfx", &base64))
		return;
	CLEANUP(bytes_p) unsigned char *pfx = text_unbase64(base64, &len);
	if (!newest_pass(request, reply, sha256))
		return;
	if (!pfx || !pfx_fits(pfx, len)) {
		problem(reply, PROBLEM_PFX_UNFIT, NULL);
		return;
	}
	if (db_int(request->ra->db, 0, "SELECT phone FROM account WHERE id=?", "i",
		    request->account_id) < request->now) {
		problem(reply, PROBLEM_PHONE_NOT_READY, NULL);
		return;
	}
	char id[ID_HEX];
	char code[TOKEN];
	text_random_id(id);
	text_random_token(code);
	if (transfer_add(request, id, code, pfx, len))
		transfer_reply(request, reply, id, code);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	reply->keep = false; /* the code is kept nowhere; who lost it makes a new one */
}

void transfer_get(struct request *request, struct reply *reply)
{
	transfer_reply(request, reply, request->id, NULL);
}

/* The code fetches once. What is not known, too old or used looks the same. */
void phone_file_fetch(struct request *request, struct reply *reply)
{
	const char *code = NULL;
	char code_sha256[SHA256_HEX];
	if (!ra_unpack(request, reply, "{s:s!}", "code", &code))
		return;
	text_sha256(code, strlen(code), code_sha256);
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT id, pfx FROM transfer WHERE code_sha256=? AND site=? AND state='waiting'"
		" AND expires>=?",
		"ssi", code_sha256, request->site->id, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, "The code is unknown, used or too old.");
		return;
	}
	ra_reply_bytes(reply, "application/x-pkcs12", sqlite3_column_blob(row, 1),
		(size_t)sqlite3_column_bytes(row, 1));
	if (!db_exec(request->ra->db, "UPDATE transfer SET state='fetched', pfx=x'' WHERE id=?",
		    "s", db_text(row, 0)))
		reply->rollback = true;
}
