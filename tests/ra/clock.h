/* SPDX-License-Identifier: Apache-2.0 */
/* The RA's clock: the system's plus an offset kept in the database, so that tests can move it. */
#ifndef RA_CLOCK_H
#define RA_CLOCK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

int64_t clock_now(sqlite3 *db);
bool clock_set(sqlite3 *db, int64_t now);

#endif
