/* SPDX-License-Identifier: Apache-2.0 */
/* What happens at the counter: registering, slips, resets, revocation, the list. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "cleanup.h"
#include "clock.h"
#include "db.h"
#include "password.h"
#include "text.h"

static int fail(const char *what)
{
	fprintf(stderr, "twca-ra-admin: %s\n", what);
	return 1;
}

/* From the environment, or random; NULL: the variable is not set. */
static const char *first_password(const struct admin *admin, char ret_random[11])
{
	if (admin->password_env)
		return getenv(admin->password_env);
	password_random(ret_random);
	return ret_random;
}

static bool serial_valid(const char *serial)
{
	size_t len = strlen(serial);
	return len >= 2 && len <= 32 && strspn(serial, "0123456789abcdefABCDEF") == len;
}

int admin_register(const struct admin *admin)
{
	char random[11];
	char hash[PASSWORD_HASH];
	if (!admin->name || !admin->cn || !admin->account || !admin->serial)
		return fail("register needs --name, --id, --account and --card-serial");
	if (!serial_valid(admin->serial))
		return fail("--card-serial is not hexadecimal");
	const char *password = first_password(admin, random);
	if (!password || !*password || !password_hash(password, hash))
		return fail("the first password is empty");
	/* All or nothing: what is not committed is undone when the program ends. */
	if (!db_exec(admin->db, "BEGIN IMMEDIATE", "") ||
		!db_exec(admin->db,
			"INSERT INTO "
			"account(site,account,name,organization,email,cn,password,slip,must_change)"
			" VALUES(?,?,?,?,?,?,?,?,1)",
			"ssssssss", admin->site->id, admin->account, admin->name,
			admin->organization, admin->email, admin->cn, hash, password) ||
		!db_exec(admin->db, "INSERT INTO card VALUES(?,lower(?),last_insert_rowid())", "ss",
			admin->site->id, admin->serial) ||
		!db_exec(admin->db, "COMMIT", ""))
		return fail("not registered: account or card exists already");
	return 0;
}

int admin_slip(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(admin->db,
		"SELECT account, name, cn, slip FROM account WHERE site=?1 AND (?2 IS NULL OR "
		"account=?2)"
		" ORDER BY id",
		"ss", admin->site->id, admin->account);
	int found = 0;
	for (; db_row(row); found++) {
		bool sealed = *db_text(row, 3) != 0;
		printf("+-- cover ----------------------------------------\n"
		       "| %s\n| 憑證作業網站密碼單\n| 姓名 %s\n| 憑證識別碼 %s\n| 網站帳號 %s\n"
		       "+-- inside ---------------------------------------\n"
		       "| 密碼 %s\n| 首次登入請變更密碼\n"
		       "+--------------------------------------------------\n",
			admin->site->name, db_text(row, 1), db_text(row, 2), db_text(row, 0),
			sealed ? db_text(row, 3) : "（已變更）");
	}
	return found ? 0 : fail("no such account");
}

int admin_reset(const struct admin *admin)
{
	char random[11];
	char hash[PASSWORD_HASH];
	if (!admin->account)
		return fail("reset needs --account");
	const char *password = first_password(admin, random);
	if (!password || !*password || !password_hash(password, hash))
		return fail("the new password is empty");
	if (!db_exec(admin->db, "BEGIN IMMEDIATE", "") ||
		!db_exec(admin->db,
			"UPDATE account SET password=?, slip=?, must_change=1 WHERE site=? AND "
			"account=?",
			"ssss", hash, password, admin->site->id, admin->account))
		return fail("not reset");
	if (sqlite3_changes(admin->db) != 1)
		return fail("no such account");
	if (!db_exec(admin->db, "DELETE FROM strike WHERE site=? AND account=?", "ss",
		    admin->site->id, admin->account) ||
		!db_exec(admin->db,
			"DELETE FROM session WHERE account_id=(SELECT id FROM account WHERE site=? "
			"AND account=?)",
			"ss", admin->site->id, admin->account) ||
		!db_exec(admin->db, "COMMIT", ""))
		return fail("not reset");
	return 0;
}

/* One line a card; a tab between the fields. */
int admin_list(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(admin->db,
		"SELECT a.site, a.account, a.name, a.cn, c.serial,"
		" CASE WHEN s.count>=3 THEN 'locked' WHEN a.must_change THEN 'first-login' ELSE "
		"'active' END,"
		" (SELECT count(*) FROM certificate x WHERE x.account_id=a.id AND "
		"x.card_serial=c.serial),"
		" coalesce((SELECT state FROM orders o WHERE o.account_id=a.id AND "
		"o.card_serial=c.serial"
		"  ORDER BY rowid DESC LIMIT 1), 'none')"
		" FROM account a JOIN card c ON c.account_id=a.id"
		" LEFT JOIN strike s ON s.site=a.site AND s.account=a.account ORDER BY a.id",
		"");
	printf("site\taccount\tname\tid\tcard\taccount_state\tcertificates\tlast_order\n");
	while (db_row(row))
		for (int column = 0; column < 8; column++)
			printf("%s%c", db_text(row, column), column < 7 ? '\t' : '\n');
	return 0;
}

int admin_revoke(const struct admin *admin)
{
	if (!admin->certificate)
		return fail("revoke needs --certificate");
	if (!db_exec(admin->db,
		    "UPDATE certificate SET revoked=? WHERE id=lower(?) AND revoked IS NULL", "is",
		    clock_now(admin->db), admin->certificate) ||
		sqlite3_changes(admin->db) != 1)
		return fail("no such valid certificate");
	return 0;
}
