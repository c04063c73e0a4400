/* SPDX-License-Identifier: Apache-2.0 */
/* The database: opened with its tables, and short forms for statements. */
#ifndef RA_DB_H
#define RA_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Opens (makes) DIR/ra.db; NULL after a line on stderr. Full sync: committed is on the disk. */
sqlite3 *db_open(const char *dir);

/* Prepares sql and binds by format: s text (NULL allowed), i int64_t, b blob (pointer, size_t).
 * NULL: error, on stderr. The caller finalises. */
sqlite3_stmt *db_query(sqlite3 *db, const char *sql, const char *format, ...);

/* Runs a statement without rows. False: error, on stderr. */
bool db_exec(sqlite3 *db, const char *sql, const char *format, ...);

/* Steps; true when there is a row. NULL statement: false. */
bool db_row(sqlite3_stmt *stmt);

/* Text of a column, "" for NULL; borrowed until the next step. */
const char *db_text(sqlite3_stmt *stmt, int column);

/* First column of the first row, or fallback. */
int64_t db_int(sqlite3 *db, int64_t fallback, const char *sql, const char *format, ...);

#endif
