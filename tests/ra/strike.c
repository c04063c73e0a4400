/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong passwords in a row, by the account's name, whether it exists or not. */
#include "strike.h"

#include "db.h"
#include "problem.h"

static int64_t strike_count(struct request *request, const char *account)
{
	return db_int(request->ra->db, 0, "SELECT count FROM strike WHERE site=? AND account=?",
		"ss", request->site->id, account);
}

bool strike_locked(struct request *request, const char *account)
{
	return strike_count(request, account) >= request->site->max_attempts;
}

int64_t strike_add(struct request *request, const char *account)
{
	db_exec(request->ra->db,
		"INSERT INTO strike VALUES(?,?,1) ON CONFLICT DO UPDATE SET count=count+1", "ss",
		request->site->id, account);
	return request->site->max_attempts - strike_count(request, account);
}

void strike_clear(struct request *request, const char *account)
{
	db_exec(request->ra->db, "DELETE FROM strike WHERE site=? AND account=?", "ss",
		request->site->id, account);
}

void strike_refuse(struct request *request, struct reply *reply)
{
	json_t *json = problem(reply, PROBLEM_ACCOUNT_LOCKED,
		"Too many wrong passwords in a row: see contact for what lifts that.");
	json_object_set_new(json, "attempts_left", json_integer(0));
	json_object_set_new(json, "contact", problem_contact(request->site));
}
