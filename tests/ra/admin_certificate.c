/* SPDX-License-Identifier: Apache-2.0 */
/* The counter's list, and what it does to certificates: revoke, suspend's end. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "cleanup.h"
#include "clock.h"
#include "db.h"
#include "password.h"

static int fail(const char *what)
{
	fprintf(stderr, "twca-ra-admin: %s\n", what);
	return 1;
}

static const char *account_state(sqlite3_stmt *row)
{
	const char *id = db_text(row, 0);
	const struct site *site = site_find(id, strlen(id));
	if (site && sqlite3_column_int(row, 5) >= site->max_attempts)
		return "locked";
	return sqlite3_column_int(row, 6) ? "first-login" : "active";
}

/* One line a card or account; a tab between the fields. */
int admin_list(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(admin->db,
		"SELECT a.site, a.account, a.name, a.cn, coalesce(c.serial,'-'),"
		" coalesce(s.count,0), a.must_change,"
		" (SELECT count(*) FROM certificate x WHERE x.account_id=a.id AND "
		"x.card_serial=coalesce(c.serial,'')),"
		" coalesce((SELECT state FROM orders o WHERE o.account_id=a.id AND "
		"o.card_serial=coalesce(c.serial,'')"
		"  ORDER BY rowid DESC LIMIT 1), 'none')"
		" FROM account a LEFT JOIN card c ON c.account_id=a.id"
		" LEFT JOIN strike s ON s.site=a.site AND s.account=a.account ORDER BY a.id",
		"");
	printf("site\taccount\tname\tid\tcard\taccount_state\tcertificates\tlast_order\n");
	while (db_row(row)) {
		for (int column = 0; column < 5; column++)
			printf("%s\t", db_text(row, column));
		printf("%s\t%s\t%s\n", account_state(row), db_text(row, 7), db_text(row, 8));
	}
	return 0;
}

int admin_revoke(const struct admin *admin)
{
	if (!admin->certificate)
		return fail("revoke needs --certificate");
	if (!db_exec(admin->db,
		    "UPDATE certificate SET revoked=?, reason=0 WHERE id=lower(?) AND"
		    " (revoked IS NULL OR reason=6)",
		    "is", clock_now(admin->db), admin->certificate) ||
		sqlite3_changes(admin->db) != 1)
		return fail("no such valid certificate");
	return 0;
}

/* Before expiry only; a new password slip goes with it. */
int admin_resume(const struct admin *admin)
{
	char password[11];
	char hash[PASSWORD_HASH];
	int64_t now = clock_now(admin->db);
	if (!admin->account)
		return fail("resume needs --account");
	password_random(password);
	if (!password_hash(password, hash) || !db_exec(admin->db, "BEGIN IMMEDIATE", "") ||
		!db_exec(admin->db,
			"UPDATE certificate SET revoked=NULL, reason=0, resumed=?1 WHERE reason=6"
			" AND revoked IS NOT NULL AND not_after>=?1 AND account_id="
			"(SELECT id FROM account WHERE site=?2 AND account=?3)",
			"iss", now, admin->site->id, admin->account))
		return fail("not resumed");
	if (!sqlite3_changes(admin->db))
		return fail("nothing to resume: no suspended certificate before its end");
	if (!db_exec(admin->db,
		    "UPDATE account SET password=?, slip=?, must_change=? WHERE site=? AND "
		    "account=?",
		    "ssiss", hash, password, (int64_t)1, admin->site->id, admin->account) ||
		!db_exec(admin->db, "COMMIT", ""))
		return fail("not resumed");
	return 0;
}
