/* SPDX-License-Identifier: Apache-2.0 */
/* What a counter, customer service or a bank does so that something on line may happen. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "cleanup.h"
#include "db.h"
#include "password.h"

/* Runs sql, whose first two values are site and account, on just one account. */
static int change_account(const struct admin *admin, const char *sql)
{
	if (admin->account && db_exec(admin->db, sql, "ss", admin->site->id, admin->account) &&
		sqlite3_changes(admin->db) == 1)
		return 0;
	fprintf(stderr, "twca-ra-admin: --account names no account of %s\n", admin->site->id);
	return 1;
}

int admin_enable_download(const struct admin *admin)
{
	return change_account(admin, "UPDATE account SET redownload=1 WHERE site=? AND account=?");
}

int admin_enable_pin_reset(const struct admin *admin)
{
	return change_account(admin, "UPDATE account SET pin_reset=1 WHERE site=? AND account=?");
}

/* A slip that allows one application. */
int admin_slip_issue(const struct admin *admin)
{
	char random[11];
	char hash[PASSWORD_HASH];
	const char *password = random;
	password_random(random);
	if (admin->password_env)
		password = getenv(admin->password_env);
	if (!password || !*password || !admin->account || !password_hash(password, hash)) {
		fprintf(stderr, "twca-ra-admin: slip-issue needs --account and a password\n");
		return 1;
	}
	if (!db_exec(admin->db,
		    "UPDATE account SET enrol_hash=?, enrol_slip=?, enrol_strikes=0 WHERE site=? "
		    "AND "
		    "account=?",
		    "ssss", hash, password, admin->site->id, admin->account) ||
		sqlite3_changes(admin->db) != 1) {
		fprintf(stderr, "twca-ra-admin: no such account\n");
		return 1;
	}
	return 0;
}

/* With --debit-account: that account holds --balance from now on. Then the list of accounts. */
int admin_bank(const struct admin *admin)
{
	if (admin->debit_account && !db_exec(admin->db, "INSERT OR REPLACE INTO bank VALUES(?,?)",
					    "si", admin->debit_account, admin->balance))
		return 1;
	CLEANUP(stmt_p)
	sqlite3_stmt *row =
		db_query(admin->db, "SELECT number, balance FROM bank ORDER BY number", "");
	while (db_row(row))
		printf("%s\t%s\n", db_text(row, 0), db_text(row, 1));
	return 0;
}

/* The escrowed PUKs of a card: the one that counts, then those of an unconfirmed change. */
int admin_puk(const struct admin *admin)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(admin->db,
		"SELECT puk, (SELECT new_puk FROM puk_change p WHERE p.site=card.site AND "
		"p.serial=card.serial AND state='open') FROM card WHERE site=? AND serial=lower(?)",
		"ss", admin->site->id, admin->serial);
	if (!db_row(row)) {
		fprintf(stderr, "twca-ra-admin: --card-serial names no card\n");
		return 1;
	}
	printf("%s\t%s\n", *db_text(row, 0) ? db_text(row, 0) : "-",
		*db_text(row, 1) ? db_text(row, 1) : "-");
	return 0;
}
