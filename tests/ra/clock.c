/* SPDX-License-Identifier: Apache-2.0 */
/* The RA's clock: the system's plus an offset kept in the database. */
#include "clock.h"

#include <time.h>

#include "db.h"

int64_t clock_now(sqlite3 *db)
{
	return (int64_t)time(NULL) + db_int(db, 0, "SELECT value FROM meta WHERE name='clock'", "");
}

bool clock_set(sqlite3 *db, int64_t now)
{
	return db_exec(db, "INSERT OR REPLACE INTO meta VALUES('clock', ?)", "i",
		now - (int64_t)time(NULL));
}
