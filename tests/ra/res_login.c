/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions by password, and the change of that password. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "password.h"
#include "problem.h"
#include "renewal.h"
#include "resources.h"
#include "strike.h"
#include "text.h"

static json_t *session_json(struct request *request, const struct login *login, int64_t expires)
{
	json_t *json = json_pack("{s:s,s:s,s:s,s:b}", "account", login->account, "scope",
		login->scope, "state", login->must_change ? "password_change_required" : "active",
		"renewal_due", renewal_due(request, login->account_id));
	ra_set_time(json, "expires", expires);
	return json;
}

void login_open(struct request *request, struct reply *reply, const struct login *login)
{
	char token[44];
	char sha256[SHA256_HEX];
	text_random_token(token);
	text_sha256(token, strlen(token), sha256);
	db_exec(request->ra->db, "DELETE FROM session WHERE expires<?", "i", request->now);
	if (!db_exec(request->ra->db, "INSERT INTO session VALUES(?,?,?,?,?)", "ssiis", sha256,
		    request->site->id, login->account_id, request->now + RA_SESSION_S,
		    login->scope)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	json_t *json = session_json(request, login, request->now + RA_SESSION_S);
	json_object_set_new(json, "token", json_string(token));
	json_object_set_new(json, "token_type", json_string("Bearer"));
	ra_reply(reply, 201, json);
}

struct credentials {
	const char *account, *password, *captcha, *answer;
};

/* The form of a login request, and its captcha where the site has them. */
static bool credentials_pass(struct request *request, struct reply *reply, struct credentials *ret)
{
	bool captcha = site_can(request->site, "captcha");
	*ret = (struct credentials){ .captcha = "", .answer = "-" };
	if (captcha ? !ra_unpack(request, reply, "{s:s,s:s,s:{s:s,s:s!}!}", "account",
			      &ret->account, "password", &ret->password, "captcha", "id",
			      &ret->captcha, "answer", &ret->answer)
		    : !ra_unpack(request, reply, "{s:s,s:s!}", "account", &ret->account, "password",
			      &ret->password))
		return false;
	if (!*ret->account || strlen(ret->account) > 256 || !*ret->password ||
		strlen(ret->password) > 512 || !*ret->answer || strlen(ret->answer) > 64) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"account, password or answer is empty or too long.");
		return false;
	}
	snprintf(request->account, sizeof request->account, "%s", ret->account);
	return !captcha || captcha_pass(request, reply, ret->captcha, ret->answer);
}

static void wrong_credentials(
	struct request *request, struct reply *reply, const char *account, int64_t account_id)
{
	int64_t left = strike_add(request, account);
	if (account_id && left <= 0)
		db_exec(request->ra->db, "DELETE FROM session WHERE account_id=?", "i", account_id);
	if (left <= 0)
		strike_refuse(request, reply);
	else
		json_object_set_new(problem(reply, PROBLEM_WRONG_CREDENTIALS, NULL),
			"attempts_left", json_integer(left));
}

void session_create(struct request *request, struct reply *reply)
{
	struct credentials typed;
	if (!credentials_pass(request, reply, &typed))
		return;
	bool by_cn = strcmp(request->site->login_by, "certificate_identifier") == 0;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		by_cn ? "SELECT id, password, must_change, account FROM account WHERE site=? AND "
			"cn=?"
		      : "SELECT id, password, must_change, account FROM account WHERE site=? AND "
			"account=?",
		"ss", request->site->id, typed.account);
	bool known = db_row(row);
	/* Strikes stand by the account's name, so both doors count together. */
	const char *account = known ? db_text(row, 3) : typed.account;
	if (strike_locked(request, account)) {
		strike_refuse(request, reply);
	} else if (password_matches(typed.password, known ? db_text(row, 1) : "")) {
		strike_clear(request, account);
		const struct login login = { .account = account,
			.account_id = sqlite3_column_int64(row, 0),
			.must_change = sqlite3_column_int(row, 2) != 0,
			.scope = "full" };
		login_open(request, reply, &login);
	} else {
		wrong_credentials(
			request, reply, account, known ? sqlite3_column_int64(row, 0) : 0);
	}
}

void session_get(struct request *request, struct reply *reply)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT must_change, expires FROM account JOIN session ON account.id=account_id"
		" WHERE token_sha256=?",
		"s", request->token_sha256);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	const struct login login = { .account = request->account,
		.account_id = request->account_id,
		.must_change = sqlite3_column_int(row, 0) && strcmp(request->scope, "full") == 0,
		.scope = request->scope };
	ra_reply(reply, 200, session_json(request, &login, sqlite3_column_int64(row, 1)));
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

bool login_password_again(struct request *request, struct reply *reply, const char *password)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT account, password FROM account WHERE id=?", "i", request->account_id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return false;
	}
	const char *account = db_text(row, 0);
	if (strlen(password) <= 512 && password_matches(password, db_text(row, 1))) {
		strike_clear(request, account);
		return true;
	}
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
	return false;
}

/* NULL: it may be the new password; else what is wrong with it. */
static const char *password_fault(const struct site *site, const char *old, const char *new)
{
	static const char *const classes[][2] = { { "lower", "abcdefghijklmnopqrstuvwxyz" },
		{ "upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" }, { "digit", "0123456789" } };
	if (characters(new) < (size_t)site->password_min ||
		characters(new) > (size_t)site->password_max)
		return "The new password is too short or too long.";
	if (strcmp(old, new) == 0)
		return "The new password must differ from the old one.";
	for (size_t i = 0; i < 3; i++)
		if (site_word(site->password_require, classes[i][0]) &&
			!strpbrk(new, classes[i][1]))
			return "The new password must hold characters of each class required.";
	return NULL;
}

void password_change(struct request *request, struct reply *reply)
{
	const struct site *site = request->site;
	const char *old = NULL;
	const char *new = NULL;
	char hash[PASSWORD_HASH];
	if (!ra_unpack(request, reply, "{s:s,s:s!}", "old_password", &old, "new_password", &new) ||
		!login_password_again(request, reply, old))
		return;
	const char *fault = password_fault(site, old, new);
	if (fault) {
		problem(reply, PROBLEM_PASSWORD_POLICY, fault);
		return;
	}
	bool ended = strcmp(site->password_then, "ended") == 0;
	if (!password_hash(new, hash) ||
		!db_exec(request->ra->db,
			"UPDATE account SET password=?, must_change=0, slip=NULL WHERE id=?", "si",
			hash, request->account_id) ||
		(ended && !db_exec(request->ra->db, "DELETE FROM session WHERE account_id=?", "i",
				  request->account_id)))
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	else
		ra_reply(reply, 200, json_pack("{s:s}", "session", ended ? "ended" : "continues"));
}
