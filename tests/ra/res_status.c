/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody may ask about certificates: the revocation lists, and OCSP. */
#include <string.h>

#include "ca.h"
#include "cleanup.h"
#include "db.h"
#include "ocsp.h"
#include "problem.h"
#include "resources.h"
#include "text.h"

/* All that are revoked or suspended; a resumed one is gone from the list. The caller frees by
 * revoked_free. */
static struct ca_revoked *revoked_list(sqlite3 *db, size_t *ret_count)
{
	int64_t max =
		db_int(db, 0, "SELECT count(*) FROM certificate WHERE revoked IS NOT NULL", "");
	struct ca_revoked *list = calloc((size_t)max + 1, sizeof *list);
	size_t count = 0;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(db,
		"SELECT id, revoked, reason FROM certificate WHERE revoked IS NOT NULL ORDER BY "
		"revoked",
		"");
	while (list && count < (size_t)max && db_row(row)) {
		list[count].serial = strdup(db_text(row, 0));
		list[count].reason = sqlite3_column_int(row, 2);
		list[count++].when = sqlite3_column_int64(row, 1);
	}
	*ret_count = count;
	return list;
}

static void revoked_free(struct ca_revoked *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)list[i].serial);
	free(list);
}

void crl_get(struct request *request, struct reply *reply)
{
	bool root = strcmp(request->id, "root.crl") == 0;
	if (!root && strcmp(request->id, "issuing.crl") != 0) {
		problem(reply, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	size_t count = 0;
	size_t len = 0;
	struct ca_revoked *list = revoked_list(request->ra->db, &count);
	CLEANUP(bytes_p)
	unsigned char *der =
		list ? ca_crl(request->ra->ca, root, request->now, list, root ? 0 : count, &len)
		     : NULL;
	revoked_free(list, count);
	if (der)
		ra_reply_bytes(reply, "application/pkix-crl", der, len);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

static struct ocsp_state state_of(void *user, const char *serial)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row =
		db_query(user, "SELECT revoked, reason FROM certificate WHERE id=?", "s", serial);
	if (!db_row(row))
		return (struct ocsp_state){ 0 };
	return (struct ocsp_state){
		.known = true,
		.revoked = sqlite3_column_type(row, 0) != SQLITE_NULL,
		.when = sqlite3_column_int64(row, 0),
		.reason = sqlite3_column_int(row, 1),
	};
}

static void ocsp_reply(
	struct request *request, struct reply *reply, const void *asked, size_t asked_len)
{
	size_t len = 0;
	CLEANUP(bytes_p)
	unsigned char *der = ocsp_answer(
		request->ra->ca, asked, asked_len, request->now, state_of, request->ra->db, &len);
	if (der)
		ra_reply_bytes(reply, "application/ocsp-response", der, len);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

void ocsp_post(struct request *request, struct reply *reply)
{
	const char *type = request->content_type ? request->content_type : "";
	if (strcmp(type, "application/ocsp-request") != 0)
		problem(reply, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
			"The body must be application/ocsp-request.");
	else
		ocsp_reply(request, reply, request->body, request->body_len);
}

/* RFC 6960, A.1: the rest of the path is the request in base64; the front has undone the % signs.
 */
void ocsp_get(struct request *request, struct reply *reply)
{
	size_t len = 0;
	CLEANUP(bytes_p)
	unsigned char *der = text_unbase64(request->path + sizeof "/v1/ocsp/" - 1, &len);
	ocsp_reply(request, reply, der, der ? len : 0);
}
