/* SPDX-License-Identifier: Apache-2.0 */
/* What people do to certificates that are there: suspend, revoke, look up those of others. */
#include <string.h>

#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "problem.h"
#include "resources.h"
#include "text.h"

enum {
	MAX_HITS = 50
};

#define VALID " AND revoked IS NULL AND active AND not_after>=?"

/* All of the account that are valid now: revoked, with that reason. False: there was none. */
static bool revoke_all(struct request *request, int64_t reason)
{
	return db_exec(request->ra->db,
		       "UPDATE certificate SET revoked=?, reason=? WHERE account_id=?" VALID,
		       "iiii", request->now, reason, request->account_id, request->now) &&
	       sqlite3_changes(request->ra->db) > 0;
}

/* Only when each of the list is a valid certificate of the account. */
static bool revoke_selected(struct request *request, const json_t *list, int64_t reason)
{
	sqlite3 *db = request->ra->db;
	size_t count = json_array_size(list);
	bool ok = count > 0;
	for (size_t i = 0; ok && i < count; i++)
		ok = db_int(db, 0,
			     "SELECT count(*) FROM certificate WHERE account_id=? AND id=?" VALID,
			     "isi", request->account_id, json_string_value(json_array_get(list, i)),
			     request->now) == 1;
	for (size_t i = 0; ok && i < count; i++)
		ok = db_exec(db, "UPDATE certificate SET revoked=?, reason=? WHERE id=?", "iis",
			request->now, reason, json_string_value(json_array_get(list, i)));
	return ok;
}

void suspension_create(struct request *request, struct reply *reply)
{
	const struct site *site = request->site;
	const char *password = NULL;
	json_t *list = NULL;
	if (!ra_unpack(request, reply, "{s?s,s?o!}", "site_password", &password, "certificates",
		    &list))
		return;
	bool selected = strcmp(site->suspend_what ? site->suspend_what : "all", "selected") == 0;
	if (selected != (list != NULL) || (site->suspend_password != 0) != (password != NULL)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"rules.suspension of the site says which members are wanted.");
		return;
	}
	if (password && !login_password_again(request, reply, password))
		return;
	if (selected ? revoke_selected(request, list, REASON_HOLD)
		     : revoke_all(request, REASON_HOLD))
		certificate_list(request, reply);
	else
		problem(reply, PROBLEM_NOTHING_TO_DO,
			"There is no such valid certificate, or it is suspended already.");
}

void revocation_create(struct request *request, struct reply *reply)
{
	int all = 0;
	if (!ra_unpack(request, reply, "{s:b!}", "all", &all))
		return;
	if (!all)
		problem(reply, PROBLEM_MALFORMED_REQUEST, "Only all can be revoked on line.");
	else if (revoke_all(request, REASON_UNSPECIFIED))
		certificate_list(request, reply);
	else
		problem(reply, PROBLEM_NOTHING_TO_DO, "There is no valid certificate.");
}

void certificate_query(struct request *request, struct reply *reply)
{
	const char *pattern = NULL;
	if (!ra_unpack(request, reply, "{s:s!}", "pattern", &pattern))
		return;
	if (strspn(pattern, " ") == strlen(pattern)) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "pattern is empty.");
		return;
	}
	json_t *hits = json_array();
	bool more = false;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT subject, issuer, c.id, sha256, der, not_before, not_after FROM certificate "
		"c"
		" JOIN account a ON a.id=account_id WHERE site=? AND account_id<>?"
		" AND instr(subject, ?)>0" VALID " ORDER BY subject, not_after DESC LIMIT 51",
		"sisi", request->site->id, request->account_id, pattern, request->now);
	while (db_row(row)) {
		more = json_array_size(hits) == MAX_HITS;
		if (more)
			break;
		CLEANUP(free_p)
		char *der = text_base64(
			sqlite3_column_blob(row, 4), (size_t)sqlite3_column_bytes(row, 4));
		json_t *hit = json_pack("{s:s,s:s,s:s,s:s,s:s}", "subject", db_text(row, 0),
			"issuer", db_text(row, 1), "serial_number", db_text(row, 2), "sha256",
			db_text(row, 3), "der", der);
		ra_set_time(hit, "not_before", sqlite3_column_int64(row, 5));
		ra_set_time(hit, "not_after", sqlite3_column_int64(row, 6));
		json_array_append_new(hits, hit);
	}
	ra_reply(reply, 200, json_pack("{s:o,s:b}", "certificates", hits, "more", more));
}
