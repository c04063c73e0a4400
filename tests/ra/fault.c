/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on purpose: their names, and which request they hit. */
#include "fault.h"

#include <string.h>

#include "cleanup.h"
#include "db.h"

// clang-format off
static const char *const names[FAULT_COUNT] = {
	[FAULT_NONE]        = "none",
	[FAULT_DROP_BEFORE] = "drop-before",
	[FAULT_DROP_AFTER]  = "drop-after",
	[FAULT_KILL_BEFORE] = "kill-before",
	[FAULT_KILL_AFTER]  = "kill-after",
	[FAULT_DELAY]       = "delay",
	[FAULT_HOLD]        = "hold",
	[FAULT_UNAVAILABLE] = "unavailable",
	[FAULT_SLOW]        = "slow",
	[FAULT_OVERSIZE]    = "oversize",
	[FAULT_BAD_JSON]    = "bad-json",
	[FAULT_PENDING]     = "pending",
	[FAULT_REJECT]      = "reject",
};
// clang-format on

enum fault_kind fault_kind_of(const char *name)
{
	for (int kind = FAULT_NONE + 1; kind < FAULT_COUNT; kind++)
		if (strcmp(names[kind], name) == 0)
			return (enum fault_kind)kind;
	return FAULT_NONE;
}

const char *fault_name(enum fault_kind kind)
{
	return names[kind];
}

bool fault_add(sqlite3 *db, enum fault_kind kind, const char *method, const char *path, int64_t nth,
	int64_t count, int64_t arg)
{
	return db_exec(db, "INSERT INTO fault(kind,method,path,nth,count,arg) VALUES(?,?,?,?,?,?)",
		"sssiii", names[kind], method, path, nth, count, arg);
}

struct fault fault_take(struct ra *ra, const char *method, const char *path)
{
	struct fault fault = { FAULT_NONE, 0 };
	if (!db_int(ra->db, 0, "SELECT count(*) FROM fault", "") ||
		!db_exec(ra->db, "BEGIN IMMEDIATE", ""))
		return fault;
	static const char match[] =
		" WHERE (method='' OR method=?1) AND (path='' OR instr(?2, path))";
	CLEANUP(free_p) char *due = NULL;
	CLEANUP(free_p) char *count = NULL;
	if (asprintf(&due, "SELECT id, kind, arg FROM fault%s AND nth=0 ORDER BY id LIMIT 1",
		    match) < 0 ||
		asprintf(&count, "UPDATE fault SET nth=nth-1%s AND nth>0", match) < 0)
		abort();
	db_exec(ra->db, count, "ss", method, path);
	sqlite3_stmt *row = db_query(ra->db, due, "ss", method, path);
	if (db_row(row)) {
		fault.kind = fault_kind_of(db_text(row, 1));
		fault.arg = sqlite3_column_int64(row, 2);
		db_exec(ra->db, "UPDATE fault SET count=count-1 WHERE id=?", "i",
			(int64_t)sqlite3_column_int64(row, 0));
	}
	sqlite3_finalize(row);
	db_exec(ra->db, "DELETE FROM fault WHERE count<=0", "");
	db_exec(ra->db, "COMMIT", "");
	return fault;
}

/* nth -1: no request matches it. */
int64_t fault_hold(sqlite3 *db)
{
	return fault_add(db, FAULT_HOLD, "", "", -1, 1, 0) ? sqlite3_last_insert_rowid(db) : 0;
}

bool fault_held(sqlite3 *db, int64_t id)
{
	return db_int(db, 0, "SELECT count(*) FROM fault WHERE id=?", "i", id) != 0;
}
