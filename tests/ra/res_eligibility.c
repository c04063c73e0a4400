/* SPDX-License-Identifier: Apache-2.0 */
/* Is this account to get a certificate? The password of the counter's slip says so. */
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "order.h"
#include "password.h"
#include "problem.h"
#include "resources.h"
#include "text.h"

static void wrong_slip(struct request *request, struct reply *reply, int64_t strikes)
{
	int64_t left = request->site->max_attempts - strikes - 1;
	db_exec(request->ra->db, "UPDATE account SET enrol_strikes=enrol_strikes+1 WHERE id=?", "i",
		request->account_id);
	json_t *json = problem(reply, PROBLEM_SLIP_PASSWORD_WRONG,
		left > 0 ? "Upper and lower case matter." : "The slip is void; fetch a new one.");
	json_object_set_new(json, "attempts_left", json_integer(left > 0 ? left : 0));
	json_object_set_new(json, "contact", problem_contact(request->site));
	reply->keep = true; /* a lost answer must not cost a second strike */
}

void eligibility_create(struct request *request, struct reply *reply)
{
	const char *password = NULL;
	if (!ra_unpack(request, reply, "{s:s!}", "slip_password", &password) ||
		order_exists_for(request, reply, "", false))
		return;
	sqlite3 *db = request->ra->db;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(db, "SELECT enrol_hash, enrol_strikes FROM account WHERE id=?",
		"i", request->account_id);
	int64_t strikes = db_row(row) ? sqlite3_column_int64(row, 1) : 0;
	bool good = strlen(password) <= 512 && password_matches(password, db_text(row, 0));
	if (!good || strikes >= request->site->max_attempts) {
		wrong_slip(request, reply, strikes);
		return;
	}
	char id[ID_HEX];
	text_random_id(id);
	int64_t expires = request->now + RA_VERIFICATION_S;
	if (!db_exec(db, "INSERT INTO eligibility VALUES(?,?,?,0)", "sii", id, request->account_id,
		    expires) ||
		!db_exec(db, "UPDATE account SET enrol_strikes=0 WHERE id=?", "i",
			request->account_id)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = json_pack("{s:s}", "id", id);
	ra_set_time(json, "expires", expires);
	ra_reply(reply, 201, json);
}
