/* SPDX-License-Identifier: Apache-2.0 */
/* Which settings of the sites are in force: the file given, that of the last start, or the default.
 */
#ifndef RA_SETTINGS_H
#define RA_SETTINGS_H

#include <sqlite3.h>
#include <stdbool.h>

/* path NULL: what the database remembers, or the default. False after a line on stderr. */
bool settings_load(sqlite3 *db, const char *path);

#endif
