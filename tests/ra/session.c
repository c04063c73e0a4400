/* SPDX-License-Identifier: Apache-2.0 */
/* The gate of everything that needs a login. */
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "text.h"

bool session_pass(struct request *request, struct reply *reply, bool first_login, bool renewal)
{
	static const char scheme[] = "Bearer ";
	const char *header = request->authorization;
	if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
		problem(reply, PROBLEM_SESSION_REQUIRED, "Log in first.");
		return false;
	}
	const char *token = header + sizeof scheme - 1;
	text_sha256(token, strlen(token), request->token_sha256);
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT account_id, must_change, account, carrier, scope FROM session JOIN account "
		"ON account.id=account_id"
		" WHERE token_sha256=? AND session.site=? AND expires>=?",
		"ssi", request->token_sha256, request->site->id, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_SESSION_REQUIRED, "The session has ended; log in again.");
		return false;
	}
	snprintf(request->account, sizeof request->account, "%s", db_text(row, 2));
	snprintf(request->carrier, sizeof request->carrier, "%s", db_text(row, 3));
	snprintf(request->scope, sizeof request->scope, "%s", db_text(row, 4));
	if (strcmp(request->scope, "renewal") == 0 && !renewal) {
		problem(reply, PROBLEM_SESSION_REQUIRED,
			"A login by card serves the renewal only; log in with the password.");
		return false;
	}
	if (strcmp(request->scope, "full") == 0 && sqlite3_column_int(row, 1) && !first_login) {
		problem(reply, PROBLEM_PASSWORD_CHANGE_REQUIRED, NULL);
		return false;
	}
	request->account_id = sqlite3_column_int64(row, 0);
	return true;
}
