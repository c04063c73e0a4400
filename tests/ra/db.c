/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the database, makes its tables, binds and steps. Knows no resource. */
#include "db.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value);"
	"CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, site TEXT NOT NULL,"
	" account TEXT NOT NULL, name TEXT NOT NULL, organization TEXT, email TEXT, telephone TEXT,"
	" cn TEXT NOT NULL, password TEXT NOT NULL, slip TEXT, must_change INTEGER NOT NULL,"
	" carrier TEXT NOT NULL, enrol_hash TEXT, enrol_slip TEXT,"
	" enrol_strikes INTEGER NOT NULL DEFAULT 0, redownload INTEGER NOT NULL DEFAULT 0,"
	" pin_reset INTEGER NOT NULL DEFAULT 0, phone INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE(site, account));"
	"CREATE TABLE IF NOT EXISTS card(site TEXT NOT NULL, serial TEXT NOT NULL,"
	" account_id INTEGER NOT NULL REFERENCES account, puk TEXT, PRIMARY KEY(site, serial));"
	"CREATE TABLE IF NOT EXISTS puk_change(id TEXT PRIMARY KEY, site TEXT NOT NULL,"
	" serial TEXT NOT NULL, account_id INTEGER NOT NULL REFERENCES account,"
	" kind TEXT NOT NULL, puk TEXT NOT NULL, new_puk TEXT NOT NULL, state TEXT NOT NULL,"
	" created INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS strike(site TEXT NOT NULL, account TEXT NOT NULL,"
	" count INTEGER NOT NULL, PRIMARY KEY(site, account));"
	"CREATE TABLE IF NOT EXISTS captcha(id TEXT PRIMARY KEY, site TEXT NOT NULL,"
	" source TEXT NOT NULL, answer TEXT NOT NULL, image_sha256 TEXT NOT NULL,"
	" expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE IF NOT EXISTS session(token_sha256 TEXT PRIMARY KEY, site TEXT NOT NULL,"
	" account_id INTEGER NOT NULL REFERENCES account, expires INTEGER NOT NULL,"
	" scope TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS login_challenge(id TEXT PRIMARY KEY, site TEXT NOT NULL,"
	" cn TEXT NOT NULL, challenge TEXT NOT NULL, expires INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE IF NOT EXISTS verification(id TEXT PRIMARY KEY,"
	" account_id INTEGER NOT NULL REFERENCES account, purpose TEXT NOT NULL,"
	" card_serial TEXT NOT NULL, state TEXT NOT NULL, expires INTEGER NOT NULL,"
	" order_id TEXT, challenge TEXT, used INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE IF NOT EXISTS eligibility(id TEXT PRIMARY KEY,"
	" account_id INTEGER NOT NULL REFERENCES account, expires INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE IF NOT EXISTS nonce(nonce TEXT PRIMARY KEY,"
	" account_id INTEGER NOT NULL REFERENCES account, expires INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS bank(number TEXT PRIMARY KEY, balance INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS payment(id TEXT PRIMARY KEY,"
	" account_id INTEGER NOT NULL REFERENCES account, certificate_id TEXT NOT NULL UNIQUE,"
	" number TEXT NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS orders(id TEXT PRIMARY KEY, site TEXT NOT NULL,"
	" account_id INTEGER NOT NULL REFERENCES account, kind TEXT NOT NULL, state TEXT NOT NULL,"
	" created INTEGER NOT NULL, expires INTEGER NOT NULL, card_serial TEXT NOT NULL,"
	" polls_left INTEGER NOT NULL, fate TEXT NOT NULL, reason TEXT, terms TEXT NOT NULL,"
	" terms_sha256 TEXT NOT NULL, session TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS request(order_id TEXT NOT NULL REFERENCES orders,"
	" n INTEGER NOT NULL, profile TEXT NOT NULL, csr BLOB NOT NULL, key_sha256 TEXT NOT NULL,"
	" PRIMARY KEY(order_id, n));"
	"CREATE TABLE IF NOT EXISTS renewed(order_id TEXT NOT NULL REFERENCES orders,"
	" certificate_id TEXT NOT NULL, PRIMARY KEY(order_id, certificate_id));"
	"CREATE TABLE IF NOT EXISTS certificate(id TEXT PRIMARY KEY,"
	" order_id TEXT NOT NULL REFERENCES orders,"
	" account_id INTEGER NOT NULL REFERENCES account, card_serial TEXT NOT NULL,"
	" profile TEXT NOT NULL, key_sha256 TEXT NOT NULL UNIQUE, der BLOB NOT NULL,"
	" sha256 TEXT NOT NULL, subject TEXT NOT NULL, issuer TEXT NOT NULL,"
	" not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, active INTEGER NOT NULL,"
	" revoked INTEGER, reason INTEGER NOT NULL DEFAULT 0, resumed INTEGER,"
	" downloaded INTEGER);"
	"CREATE TABLE IF NOT EXISTS transfer(id TEXT PRIMARY KEY, code_sha256 TEXT NOT NULL,"
	" site TEXT NOT NULL, account_id INTEGER NOT NULL REFERENCES account,"
	" pfx BLOB NOT NULL, state TEXT NOT NULL, expires INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS replay(account_id INTEGER NOT NULL, key TEXT NOT NULL,"
	" request_sha256 TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, location TEXT,"
	" retry_after INTEGER NOT NULL, created INTEGER NOT NULL, lasting INTEGER NOT NULL,"
	" PRIMARY KEY(account_id, key));"
	"CREATE TABLE IF NOT EXISTS fault(id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
	" method TEXT NOT NULL, path TEXT NOT NULL, nth INTEGER NOT NULL, count INTEGER NOT NULL,"
	" arg INTEGER NOT NULL);"
	"COMMIT;";

sqlite3 *db_open(const char *dir)
{
	CLEANUP(free_p) char *path = NULL;
	if (asprintf(&path, "%s/ra.db", dir) < 0)
		return NULL;
	sqlite3 *db = NULL;
	if (sqlite3_open(path, &db) == SQLITE_OK && sqlite3_busy_timeout(db, 10000) == SQLITE_OK &&
		sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK)
		return db;
	fprintf(stderr, "%s: %s\n", path, db ? sqlite3_errmsg(db) : "no memory");
	sqlite3_close(db);
	return NULL;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const char *format, va_list ap)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	for (int i = 0; rc == SQLITE_OK && format[i]; i++) {
		if (format[i] == 's') {
			rc = sqlite3_bind_text(
				stmt, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
		} else if (format[i] == 'i') {
			rc = sqlite3_bind_int64(stmt, i + 1, va_arg(ap, int64_t));
		} else {
			const void *bytes = va_arg(ap, const void *);
			rc = sqlite3_bind_blob64(
				stmt, i + 1, bytes, va_arg(ap, size_t), SQLITE_TRANSIENT);
		}
	}
	if (rc == SQLITE_OK)
		return stmt;
	fprintf(stderr, "database: %s: %s\n", sqlite3_errmsg(db), sql);
	sqlite3_finalize(stmt);
	return NULL;
}

sqlite3_stmt *db_query(sqlite3 *db, const char *sql, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	sqlite3_stmt *stmt = prepare(db, sql, format, ap);
	va_end(ap);
	return stmt;
}

bool db_exec(sqlite3 *db, const char *sql, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	CLEANUP(stmt_p) sqlite3_stmt *stmt = prepare(db, sql, format, ap);
	va_end(ap);
	if (!stmt)
		return false;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_DONE || rc == SQLITE_ROW)
		return true;
	fprintf(stderr, "database: %s: %s\n", sqlite3_errmsg(db), sql);
	return false;
}

bool db_row(sqlite3_stmt *stmt)
{
	return stmt && sqlite3_step(stmt) == SQLITE_ROW;
}

const char *db_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);
	return text ? (const char *)text : "";
}

int64_t db_int(sqlite3 *db, int64_t fallback, const char *sql, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	CLEANUP(stmt_p) sqlite3_stmt *stmt = prepare(db, sql, format, ap);
	va_end(ap);
	return db_row(stmt) ? sqlite3_column_int64(stmt, 0) : fallback;
}
