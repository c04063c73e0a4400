/* SPDX-License-Identifier: Apache-2.0 */
/* Captchas: making one, and using it up. */
#include <string.h>

#include "captcha.h"
#include "cleanup.h"
#include "db.h"
#include "login.h"
#include "problem.h"
#include "resources.h"
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

bool captcha_pass(struct request *request, struct reply *reply, const char *id, const char *answer)
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
