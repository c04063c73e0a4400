/* SPDX-License-Identifier: Apache-2.0 */
/* Captchas, sessions, and the change of the site password. */
#include <openssl/crypto.h>
#include <string.h>

#include "captcha.h"
#include "cleanup.h"
#include "db.h"
#include "password.h"
#include "problem.h"
#include "resources.h"
#include "strike.h"
#include "text.h"

enum {
	MAX_CAPTCHAS = 64
};

void captcha_create(struct request *request, struct reply *reply)
{
	sqlite3 *db = request->ra->db;
	db_exec(db, "DELETE FROM captcha WHERE expires<?", "i", request->now);
	if (db_int(db, 0, "SELECT count(*) FROM captcha WHERE source=? AND NOT used", "s",
		    request->source) >= MAX_CAPTCHAS) {
		problem(reply, PROBLEM_TOO_MANY_REQUESTS, "Too many unused captchas.");
		reply->retry_after = RA_CAPTCHA_S;
		return;
	}
	char id[ID_HEX];
	char digits[CAPTCHA_DIGITS + 1];
	char sha256[SHA256_HEX];
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *png = captcha_draw(digits, &len);
	CLEANUP(free_p) char *image = png ? text_base64(png, len) : NULL;
	text_random_id(id);
	if (image)
		text_sha256(png, len, sha256);
	if (!image || !db_exec(db, "INSERT INTO captcha VALUES(?,?,?,?,?,?,0)", "sssssi", id,
			      request->site->id, request->source, digits, sha256,
			      request->now + RA_CAPTCHA_S)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = json_pack("{s:s,s:s,s:s,s:i}", "id", id, "image", image, "media_type",
		"image/png", "digits", CAPTCHA_DIGITS);
	ra_set_time(json, "expires", request->now + RA_CAPTCHA_S);
	ra_reply(reply, 201, json);
}

/* Uses the captcha up; false: reply is the problem. */
static bool captcha_pass(
	struct request *request, struct reply *reply, const char *id, const char *answer)
{
	sqlite3 *db = request->ra->db;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(db,
		"SELECT answer FROM captcha WHERE id=? AND site=? AND source=? AND NOT used AND "
		"expires>=?",
		"sssi", id, request->site->id, request->source, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_CAPTCHA_EXPIRED, "Fetch a fresh captcha.");
		return false;
	}
	db_exec(db, "UPDATE captcha SET used=1 WHERE id=?", "s", id);
	if (strcmp(db_text(row, 0), answer) == 0)
		return true;
	problem(reply, PROBLEM_CAPTCHA_WRONG,
		"The digits were not those of the picture; fetch a fresh captcha.");
	return false;
}

static void session_open(struct request *request, struct reply *reply, const char *account,
	int64_t account_id, bool must_change)
{
	char token[44];
	char sha256[SHA256_HEX];
	text_random_token(token);
	text_sha256(token, strlen(token), sha256);
	db_exec(request->ra->db, "DELETE FROM session WHERE expires<?", "i", request->now);
	if (!db_exec(request->ra->db, "INSERT INTO session VALUES(?,?,?,?)", "ssii", sha256,
		    request->site->id, account_id, request->now + RA_SESSION_S)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	strike_clear(request, account);
	json_t *json = json_pack("{s:s,s:s,s:s,s:s}", "account", account, "state",
		must_change ? "password_change_required" : "active", "token", token, "token_type",
		"Bearer");
	ra_set_time(json, "expires", request->now + RA_SESSION_S);
	ra_reply(reply, 201, json);
}

void session_create(struct request *request, struct reply *reply)
{
	const char *account = NULL;
	const char *password = NULL;
	const char *id = NULL;
	const char *answer = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s,s:{s:s,s:s!}!}", "account", &account, "password",
		    &password, "captcha", "id", &id, "answer", &answer))
		return;
	if (!*account || strlen(account) > 256 || !*password || strlen(password) > 512 ||
		!*answer || strlen(answer) > 64) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"account, password or answer is empty or too long.");
		return;
	}
	snprintf(request->account, sizeof request->account, "%s", account);
	if (!captcha_pass(request, reply, id, answer))
		return;
	if (strike_locked(request, account)) {
		strike_refuse(request, reply);
		return;
	}
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT id, password, must_change FROM account WHERE site=? AND account=?", "ss",
		request->site->id, account);
	bool known = db_row(row);
	if (password_matches(password, known ? db_text(row, 1) : "")) {
		session_open(request, reply, account, sqlite3_column_int64(row, 0),
			sqlite3_column_int(row, 2) != 0);
		return;
	}
	int64_t left = strike_add(request, account);
	if (known && left <= 0)
		db_exec(request->ra->db, "DELETE FROM session WHERE account_id=?", "i",
			(int64_t)sqlite3_column_int64(row, 0));
	if (left <= 0)
		strike_refuse(request, reply);
	else
		json_object_set_new(problem(reply, PROBLEM_WRONG_CREDENTIALS, NULL),
			"attempts_left", json_integer(left));
}

void session_get(struct request *request, struct reply *reply)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT account, must_change, expires FROM account JOIN session ON "
		"account.id=account_id"
		" WHERE token_sha256=?",
		"s", request->token_sha256);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = json_pack("{s:s,s:s}", "account", db_text(row, 0), "state",
		sqlite3_column_int(row, 1) ? "password_change_required" : "active");
	ra_set_time(json, "expires", sqlite3_column_int64(row, 2));
	ra_reply(reply, 200, json);
}

void session_delete(struct request *request, struct reply *reply)
{
	db_exec(request->ra->db, "DELETE FROM session WHERE token_sha256=?", "s",
		request->token_sha256);
	reply->status = 204;
}

static size_t characters(const char *utf8)
{
	size_t count = 0;
	for (; *utf8; utf8++)
		count += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return count;
}

static void wrong_old_password(struct request *request, struct reply *reply, const char *account)
{
	int64_t left = strike_add(request, account);
	if (left > 0) {
		json_object_set_new(problem(reply, PROBLEM_WRONG_PASSWORD, NULL), "attempts_left",
			json_integer(left));
	} else {
		db_exec(request->ra->db, "DELETE FROM session WHERE account_id=?", "i",
			request->account_id);
		strike_refuse(request, reply);
	}
	reply->keep = true; /* a lost answer must not cost a second strike */
}

void password_change(struct request *request, struct reply *reply)
{
	const struct site *site = request->site;
	const char *old = NULL;
	const char *new = NULL;
	if (!ra_unpack(request, reply, "{s:s,s:s!}", "old_password", &old, "new_password", &new))
		return;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT account, password FROM account WHERE id=?", "i", request->account_id);
	char hash[PASSWORD_HASH];
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	} else if (strlen(old) > 512 || !password_matches(old, db_text(row, 1))) {
		wrong_old_password(request, reply, db_text(row, 0));
	} else if (characters(new) < (size_t)site->password_min ||
		   characters(new) > (size_t)site->password_max) {
		problem(reply, PROBLEM_PASSWORD_POLICY,
			"The new password is too short or too long.");
	} else if (strcmp(old, new) == 0) {
		problem(reply, PROBLEM_PASSWORD_POLICY,
			"The new password must differ from the old one.");
	} else if (!password_hash(new, hash) ||
		   !db_exec(request->ra->db,
			   "UPDATE account SET password=?, must_change=0, slip=NULL WHERE id=?",
			   "si", hash, request->account_id)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	} else {
		strike_clear(request, db_text(row, 0));
		ra_reply(reply, 200, json_pack("{s:s}", "session", "continues"));
	}
}
