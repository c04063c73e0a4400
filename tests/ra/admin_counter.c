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

static bool add_account(const struct admin *admin, const char *password, const char *hash)
{
	const char *rule = admin->site->first_login;
	bool change = strcmp(rule, "always") == 0 ||
		      (strcmp(rule, "registered") == 0 && !admin->keep_password);
	return db_exec(admin->db,
		"INSERT INTO account(site, account, name, organization, email, telephone, cn,"
		" password, slip, must_change, carrier) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
		"sssssssssis", admin->site->id, admin->account, admin->name, admin->organization,
		admin->email, admin->telephone, admin->cn, hash, password, (int64_t)change,
		admin->serial ? "card" : "file");
}

static bool add_card(const struct admin *admin)
{
	const char *puk = admin->puk_env ? getenv(admin->puk_env) : NULL;
	return !admin->serial ||
	       db_exec(admin->db, "INSERT INTO card VALUES(?,lower(?),last_insert_rowid(),?)",
		       "sss", admin->site->id, admin->serial, puk);
}

/* Is there a profile for what the person has? */
static bool carrier_fits(const struct site *site, const char *carrier)
{
	for (size_t i = 0; i < site->profile_count; i++)
		if (strcmp(site->profiles[i].carrier, carrier) == 0)
			return true;
	return false;
}

int admin_register(const struct admin *admin)
{
	char random[11];
	char hash[PASSWORD_HASH];
	if (!admin->name || !admin->cn || !admin->account)
		return fail("register needs --name, --id and --account");
	if (admin->serial && !serial_valid(admin->serial))
		return fail("--card-serial is not hexadecimal");
	if (!carrier_fits(admin->site, admin->serial ? "card" : "file"))
		return fail(
			admin->serial ? "this site has no cards" : "this site needs --card-serial");
	if (admin->puk_env && !getenv(admin->puk_env))
		return fail("the variable of --puk-env is not set");
	const char *password = first_password(admin, random);
	if (!password || !*password || !password_hash(password, hash))
		return fail("the first password is empty");
	/* All or nothing: what is not committed is undone when the program ends. */
	if (!db_exec(admin->db, "BEGIN IMMEDIATE", "") || !add_account(admin, password, hash) ||
		!add_card(admin) || !db_exec(admin->db, "COMMIT", ""))
		return fail("not registered: account or card exists already");
	return 0;
}

int admin_slip(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(admin->db,
		"SELECT account, name, cn, slip, enrol_slip FROM account WHERE site=?1 AND (?2 IS "
		"NULL OR "
		"account=?2)"
		" ORDER BY id",
		"ss", admin->site->id, admin->account);
	int found = 0;
	for (; db_row(row); found++) {
		bool sealed = *db_text(row, 3) != 0;
		printf("+-- cover ----------------------------------------\n"
		       "| %s\n| %s\n| 姓名 %s\n| 憑證識別碼 %s\n| 網站帳號 %s\n"
		       "+-- inside ---------------------------------------\n"
		       "| 密碼 %s\n| 首次登入請變更密碼\n"
		       "+--------------------------------------------------\n",
			admin->site->name, admin->site->slip, db_text(row, 1), db_text(row, 2),
			db_text(row, 0), sealed ? db_text(row, 3) : "（已變更）");
		if (*db_text(row, 4))
			printf("+-- 憑證密碼單 -------------------------------------\n| 密碼 %s\n",
				db_text(row, 4));
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
