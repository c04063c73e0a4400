/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on purpose: what twca-ra-admin fault put in line for coming requests. */
#ifndef RA_FAULT_H
#define RA_FAULT_H

#include "ra.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_DROP_BEFORE, /* close the connection, nothing done */
	FAULT_DROP_AFTER,  /* commit, then close */
	FAULT_KILL_BEFORE, /* SIGKILL to the RA itself */
	FAULT_KILL_AFTER,
	FAULT_DELAY,       /* arg ms */
	FAULT_HOLD,        /* commit, then wait until the faults are cleared, arg ms at most */
	FAULT_UNAVAILABLE, /* 503, Retry-After arg */
	FAULT_SLOW,        /* arg ms between bytes of the answer */
	FAULT_OVERSIZE,    /* arg KiB of blanks before the answer's end */
	FAULT_BAD_JSON,    /* half of the answer */
	FAULT_PENDING,     /* an order needs arg polls */
	FAULT_REJECT,      /* an order needs arg polls and is then rejected */
	FAULT_COUNT
};

struct fault {
	enum fault_kind kind;
	int64_t arg;
};

/* FAULT_NONE: no such name. */
enum fault_kind fault_kind_of(const char *name);
const char *fault_name(enum fault_kind kind);

/* Appends; nth 1 = the next request that matches (method and part of the path, "" = any); count
 * requests in a row from there. */
bool fault_add(sqlite3 *db, enum fault_kind kind, const char *method, const char *path, int64_t nth,
	int64_t count, int64_t arg);

/* Counts this request in all faults; the first that is due. */
struct fault fault_take(struct ra *ra, const char *method, const char *path);

/* Puts a row into the list that says that an answer is being held; its number, 0: error. */
int64_t fault_hold(sqlite3 *db);

/* Is that row still there? */
bool fault_held(sqlite3 *db, int64_t id);

#endif
