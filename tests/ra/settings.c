/* SPDX-License-Identifier: Apache-2.0 */
/* Which settings of the sites are in force: the file given, that of the last start, or the default.
 */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "site.h"

enum {
	MAX_FILE = 1 << 20
};

/* Whole or not at all: a file that is too long or holds a zero byte would be cut. */
static char *file_text(const char *path)
{
	FILE *file = fopen(path, "re");
	CLEANUP(free_p) char *text = file ? calloc(1, MAX_FILE + 2) : NULL;
	char *whole = NULL;
	if (!text) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	} else {
		size_t len = fread(text, 1, MAX_FILE + 1, file);
		if (len <= MAX_FILE && strlen(text) == len && !ferror(file))
			whole = strdup(text);
		else
			fprintf(stderr, "%s: not a text of at most 1 MiB\n", path);
	}
	if (file)
		fclose(file);
	return whole;
}

bool settings_load(sqlite3 *db, const char *path)
{
	if (path) {
		CLEANUP(free_p) char *text = file_text(path);
		return text && site_load(text) &&
		       db_exec(db, "INSERT OR REPLACE INTO meta VALUES('sites', ?)", "s", text);
	}
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(db, "SELECT value FROM meta WHERE name='sites'", "");
	return site_load(db_row(row) ? db_text(row, 0) : site_default);
}
