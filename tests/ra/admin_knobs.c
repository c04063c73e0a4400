/* SPDX-License-Identifier: Apache-2.0 */
/* What tests ask of the RA: the clock, newer terms, what a captcha shows, faults. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "cleanup.h"
#include "clock.h"
#include "db.h"
#include "fault.h"
#include "text.h"

enum {
	MAX_IMAGE = 1 << 20
};

int admin_clock(const struct admin *admin)
{
	if (admin->now >= 0 && !clock_set(admin->db, admin->now))
		return 1;
	char text[TIME_TEXT];
	text_time(clock_now(admin->db), text);
	puts(text);
	return 0;
}

/* Certificates issued from now on bear dates of so many days ago. */
int admin_age(const struct admin *admin)
{
	return db_exec(admin->db, "INSERT OR REPLACE INTO meta VALUES('age', ?)", "i",
		       admin->days * 86400)
		       ? 0
		       : 1;
}

/* The next version is in force from now on. */
int admin_terms(const struct admin *admin)
{
	int64_t version = db_int(admin->db, 1, "SELECT value FROM meta WHERE name='terms'", "") + 1;
	if (!db_exec(admin->db, "INSERT OR REPLACE INTO meta VALUES('terms', ?)", "i", version))
		return 1;
	printf("%lld\n", (long long)version);
	return 0;
}

int admin_captcha_answer(const struct admin *admin)
{
	bool standard = admin->image && strcmp(admin->image, "-") == 0;
	FILE *file = standard ? stdin : admin->image ? fopen(admin->image, "re") : NULL;
	CLEANUP(bytes_p) unsigned char *bytes = malloc(MAX_IMAGE);
	if (!file || !bytes) {
		fprintf(stderr, "twca-ra-admin: --image cannot be read\n");
		return 1;
	}
	size_t len = fread(bytes, 1, MAX_IMAGE, file);
	if (!standard)
		fclose(file);
	char sha256[SHA256_HEX];
	text_sha256(bytes, len, sha256);
	CLEANUP(stmt_p)
	sqlite3_stmt *row =
		db_query(admin->db, "SELECT answer FROM captcha WHERE image_sha256=?", "s", sha256);
	if (!db_row(row)) {
		fprintf(stderr, "twca-ra-admin: not one of this RA's pictures\n");
		return 1;
	}
	puts(db_text(row, 0));
	return 0;
}

static int fault_list(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(
		admin->db, "SELECT kind, method, path, nth, count, arg FROM fault ORDER BY id", "");
	while (db_row(row))
		printf("%s method=%s path=%s nth=%s count=%s arg=%s\n", db_text(row, 0),
			db_text(row, 1), db_text(row, 2), db_text(row, 3), db_text(row, 4),
			db_text(row, 5));
	return 0;
}

int admin_fault(const struct admin *admin)
{
	const char *what = admin->operand ? admin->operand : "list";
	if (strcmp(what, "list") == 0)
		return fault_list(admin);
	if (strcmp(what, "clear") == 0)
		return db_exec(admin->db, "DELETE FROM fault", "") ? 0 : 1;
	enum fault_kind kind = fault_kind_of(what);
	if (kind == FAULT_NONE) {
		fprintf(stderr, "twca-ra-admin: %s: no such fault; there are", what);
		for (int k = FAULT_NONE + 1; k < FAULT_COUNT; k++)
			fprintf(stderr, " %s", fault_name((enum fault_kind)k));
		fprintf(stderr, "\n");
		return 1;
	}
	return fault_add(admin->db, kind, admin->method, admin->path, admin->nth, admin->count,
		       admin->arg)
		       ? 0
		       : 1;
}
