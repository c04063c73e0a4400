/* SPDX-License-Identifier: Apache-2.0 */
/* May this certificate be renewed now? */
#include "renewal.h"

#include <string.h>

#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "window.h"

bool renewal_due(struct request *request, int64_t account_id)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT max(not_after) FROM certificate WHERE account_id=? AND revoked IS NULL AND"
		" active",
		"i", account_id);
	if (!db_row(row) || sqlite3_column_type(row, 0) == SQLITE_NULL)
		return false;
	int64_t not_after = sqlite3_column_int64(row, 0);
	return not_after >= request->now &&
	       request->now >= window_opens(request->site->renewal_window, not_after);
}

/* False: reply is the problem. */
static bool certificate_pass(struct request *request, struct reply *reply, sqlite3_stmt *row)
{
	const char *status = certificate_status(request, row);
	int64_t opens =
		window_opens(request->site->renewal_window, sqlite3_column_int64(row, CERT_TO));
	if (strcmp(status, "expired") == 0) {
		json_object_set_new(problem(reply, PROBLEM_CERTIFICATE_EXPIRED,
					    "It is too late to renew: register and apply again."),
			"contact", problem_contact(request->site));
	} else if (strcmp(status, "valid") != 0) {
		problem(reply, PROBLEM_CERTIFICATE_STATE,
			"Only a valid certificate can be renewed.");
	} else if (request->now < opens) {
		ra_set_time(problem(reply, PROBLEM_WINDOW_CLOSED, NULL), "window_opens", opens);
	} else {
		return true;
	}
	return false;
}

sqlite3_stmt *renewal_certificate(struct request *request, struct reply *reply, const char *sha256)
{
	sqlite3_stmt *row = db_query(request->ra->db, CERTIFICATE_SQL " AND sha256=lower(?)", "is",
		request->account_id, sha256);
	if (!db_row(row))
		problem(reply, PROBLEM_NOT_FOUND, "No such certificate of this account.");
	else if (certificate_pass(request, reply, row))
		return row;
	sqlite3_finalize(row);
	return NULL;
}
