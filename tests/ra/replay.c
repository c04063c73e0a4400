/* SPDX-License-Identifier: Apache-2.0 */
/* Answers kept by Idempotency-Key, so that a request sent twice is done once. */
#include "replay.h"

#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "text.h"

/* What makes two requests the same: method, path, body. A password is only kept as this hash. */
static void request_sha256(const struct request *request, char ret_hex[SHA256_HEX])
{
	CLEANUP(free_p) char *text = NULL;
	int head = asprintf(&text, "%s %s\n", request->method, request->path);
	size_t len = head > 0 ? (size_t)head : 0;
	char *whole = head > 0 ? realloc(text, len + request->body_len + 1) : NULL;
	if (!whole)
		abort();
	text = whole;
	if (request->body_len)
		memcpy(text + len, request->body, request->body_len);
	text_sha256(text, len + request->body_len, ret_hex);
}

/* Answers about orders are kept as long as orders are, others for the time that is announced. */
static bool lasting(const struct request *request)
{
	return strstr(request->path, "/orders") || strstr(request->path, "/renewals");
}

bool replay_answer(struct request *request, struct reply *reply)
{
	char sha256[SHA256_HEX];
	request_sha256(request, sha256);
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT request_sha256, status, body, location, retry_after FROM replay"
		" WHERE account_id=? AND key=? AND (lasting OR created>=?)",
		"isi", request->account_id, request->key, request->now - RA_IDEMPOTENCY_S);
	if (!db_row(row))
		return false;
	if (strcmp(db_text(row, 0), sha256) != 0) {
		problem(reply, PROBLEM_IDEMPOTENCY_KEY_REUSED, NULL);
		return true;
	}
	ra_reply(reply, (unsigned)sqlite3_column_int(row, 1), json_loads(db_text(row, 2), 0, NULL));
	if (reply->status >= 400)
		reply->type = "application/problem+json";
	reply->location = *db_text(row, 3) ? strdup(db_text(row, 3)) : NULL;
	reply->retry_after = sqlite3_column_int64(row, 4);
	reply->replayed = true;
	reply->keep = false;
	return true;
}

bool replay_keep(struct request *request, const struct reply *reply)
{
	if (reply->replayed)
		return true;
	char sha256[SHA256_HEX];
	CLEANUP(free_p) char *body = json_dumps(reply->json, JSON_COMPACT);
	request_sha256(request, sha256);
	return db_exec(request->ra->db, "DELETE FROM replay WHERE NOT lasting AND created<?", "i",
		       request->now - RA_IDEMPOTENCY_S) &&
	       db_exec(request->ra->db, "INSERT INTO replay VALUES(?,?,?,?,?,?,?,?,?)", "ississiii",
		       request->account_id, request->key, sha256, (int64_t)reply->status, body,
		       reply->location, reply->retry_after, request->now,
		       (int64_t)lasting(request));
}
