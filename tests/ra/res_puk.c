/* SPDX-License-Identifier: Apache-2.0 */
/* The escrowed PUK: released for one change on the card, kept beside the new one until confirmed.
 */
#include <openssl/rand.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "resources.h"
#include "text.h"

enum {
	MAX_PUK = 32
};

/* Digits, as many as the old one has. */
static bool random_puk(size_t len, char ret[MAX_PUK + 1])
{
	unsigned char bytes[MAX_PUK];
	if (!len || len > MAX_PUK || RAND_bytes(bytes, MAX_PUK) != 1)
		return false;
	for (size_t i = 0; i < len; i++)
		ret[i] = (char)('0' + bytes[i] % 10);
	ret[len] = 0;
	return true;
}

/* id, state, serial, puk, new_puk */
static sqlite3_stmt *change_find(struct request *request, const char *id)
{
	return db_query(request->ra->db,
		"SELECT id, state, serial, puk, new_puk FROM puk_change WHERE id=? AND account_id=?"
		" AND site=?",
		"sis", id, request->account_id, request->site->id);
}

static void change_reply(
	struct request *request, struct reply *reply, unsigned status, const char *id)
{
	CLEANUP(stmt_p) sqlite3_stmt *row = change_find(request, id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	bool open = strcmp(db_text(row, 1), "open") == 0;
	CLEANUP(free_p)
	char *url = ra_url(request->ra, "v1/%s/puk-changes/%s/confirmation", request->site->id, id);
	json_t *json = json_pack("{s:s,s:s,s:s}", "id", id, "state", db_text(row, 1), "card_serial",
		db_text(row, 2));
	if (open) {
		json_object_set_new(
			json, "puks", json_pack("[s,s]", db_text(row, 3), db_text(row, 4)));
		json_object_set_new(json, "new_puk", json_string(db_text(row, 4)));
		json_object_set_new(json, "confirm_url", json_string(url));
	}
	ra_reply(reply, status, json);
	reply->keep = false; /* PUKs are kept in one place only; asking again gives the same */
}

/* The verified card's serial; false: reply is the problem. */
static bool card_pass(
	struct request *request, struct reply *reply, const char *verification, char ret_serial[33])
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT card_serial FROM verification WHERE id=? AND account_id=? AND"
		" purpose='card_management' AND state='verified' AND expires>=?",
		"sii", verification, request->account_id, request->now);
	if (!db_row(row)) {
		problem(reply, PROBLEM_CARD_VERIFICATION_REQUIRED, "Present the card (again).");
		return false;
	}
	snprintf(ret_serial, 33, "%s", db_text(row, 0));
	if (!request->site->card_counter ||
		db_int(request->ra->db, 0, "SELECT pin_reset FROM account WHERE id=?", "i",
			request->account_id))
		return true;
	json_object_set_new(problem(reply, PROBLEM_COUNTER_VISIT_REQUIRED, NULL), "contact",
		problem_contact(request->site));
	return false;
}

/* The answer to a question that changes nothing. */
static void possible_reply(struct reply *reply, const char *serial, bool known)
{
	if (known)
		ra_reply(reply, 200,
			json_pack("{s:s,s:s}", "state", "possible", "card_serial", serial));
	else
		problem(reply, PROBLEM_PUK_UNKNOWN, NULL);
}

void puk_change_create(struct request *request, struct reply *reply)
{
	const char *verification = NULL;
	const char *kind = NULL;
	int tries = 0;
	int dry_run = 0;
	char serial[33];
	if (!ra_unpack(request, reply, "{s:s,s:s,s:i,s?b!}", "card_verification", &verification,
		    "kind", &kind, "tries_left", &tries, "dry_run", &dry_run))
		return;
	bool unlock = strcmp(kind, "unlock") == 0;
	if (!unlock && strcmp(kind, "reset") != 0) {
		problem(reply, PROBLEM_MALFORMED_REQUEST, "kind is reset or unlock.");
		return;
	}
	if (!card_pass(request, reply, verification, serial))
		return;
	if (unlock && tries > 0) {
		problem(reply, PROBLEM_CARD_NOT_LOCKED, NULL);
		return;
	}
	sqlite3 *db = request->ra->db;
	char id[ID_HEX];
	char fresh[MAX_PUK + 1];
	CLEANUP(stmt_p)
	sqlite3_stmt *open = db_query(db,
		"SELECT id FROM puk_change WHERE site=? AND serial=? AND account_id=? AND "
		"state='open'",
		"ssi", request->site->id, serial, request->account_id);
	if (db_row(open) && !dry_run) {
		change_reply(request, reply, 200, db_text(open, 0));
		return;
	}
	CLEANUP(stmt_p)
	sqlite3_stmt *card =
		db_query(db, "SELECT puk FROM card WHERE site=? AND serial=? AND puk IS NOT NULL",
			"ss", request->site->id, serial);
	if (dry_run) {
		possible_reply(reply, serial, db_row(card));
		return;
	}
	text_random_id(id);
	if (!db_row(card) || !random_puk(strlen(db_text(card, 0)), fresh))
		problem(reply, PROBLEM_PUK_UNKNOWN, NULL);
	else if (!db_exec(db, "INSERT INTO puk_change VALUES(?,?,?,?,?,?,?,'open',?)", "sssisssi",
			 id, request->site->id, serial, request->account_id, kind, db_text(card, 0),
			 fresh, request->now))
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	else
		change_reply(request, reply, 201, id);
}

/* changed true: the card has the new PUK. false: it has the old one, nothing was done. */
void puk_change_confirm(struct request *request, struct reply *reply)
{
	int changed = 0;
	if (!ra_unpack(request, reply, "{s:b!}", "changed", &changed))
		return;
	CLEANUP(stmt_p) sqlite3_stmt *row = change_find(request, request->id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	sqlite3 *db = request->ra->db;
	bool ok = true;
	if (strcmp(db_text(row, 1), "open") == 0) {
		ok = db_exec(db, "UPDATE puk_change SET state=? WHERE id=?", "ss",
			changed ? "changed" : "unchanged", request->id);
		if (ok && changed)
			ok = db_exec(db, "UPDATE card SET puk=? WHERE site=? AND serial=?", "sss",
				     db_text(row, 4), request->site->id, db_text(row, 2)) &&
			     db_exec(db, "UPDATE account SET pin_reset=0 WHERE id=?", "i",
				     request->account_id);
	}
	if (ok)
		change_reply(request, reply, 200, request->id);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}
