/* SPDX-License-Identifier: Apache-2.0 */
/* The registration data and the terms in force. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "resources.h"
#include "subject.h"
#include "terms.h"
#include "text.h"

static json_t *subject_json(const struct site *site, const char *organization, const char *cn)
{
	CLEANUP(name_p) X509_NAME *name = subject_make(site, organization, cn);
	unsigned char *der = NULL;
	int len = name ? i2d_X509_NAME(name, &der) : 0;
	CLEANUP(free_p) char *base64 = len > 0 ? text_base64(der, (size_t)len) : NULL;
	CLEANUP(free_p) char *text = name ? subject_text(name) : NULL;
	OPENSSL_free(der);
	return json_pack("{s:s,s:s}", "text", text, "der", base64);
}

static json_t *card_list(struct request *request)
{
	json_t *cards = json_array();
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT serial FROM card WHERE account_id=? ORDER BY serial", "i",
		request->account_id);
	while (db_row(row))
		json_array_append_new(cards, json_pack("{s:s}", "serial", db_text(row, 0)));
	return cards;
}

void registration_get(struct request *request, struct reply *reply)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(request->ra->db,
		"SELECT account, name, cn, organization, email FROM account WHERE id=?", "i",
		request->account_id);
	if (!db_row(row)) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	const char *organization = db_text(row, 3);
	json_t *json = json_pack("{s:s,s:s,s:s,s:o,s:o,s:s}", "account", db_text(row, 0), "name",
		db_text(row, 1), "certificate_identifier", db_text(row, 2), "cards",
		card_list(request), "subject",
		subject_json(request->site, organization, db_text(row, 2)), "organization",
		*organization ? organization : request->site->organization);
	if (json && *db_text(row, 4))
		json_object_set_new(json, "email", json_string(db_text(row, 4)));
	if (json)
		ra_reply(reply, 200, json);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

const char *terms_id(struct request *request, char ret_id[TERMS_ID])
{
	int64_t version =
		db_int(request->ra->db, 1, "SELECT value FROM meta WHERE name='terms'", "");
	snprintf(ret_id, TERMS_ID, "%s-v%lld", request->site->terms_id, (long long)version);
	return ret_id;
}

char *terms_text(struct request *request, const struct site_terms *terms)
{
	char id[TERMS_ID];
	char *text = NULL;
	if (asprintf(&text, "%s\n[%s]\n", terms->text, terms_id(request, id)) < 0)
		abort();
	return text;
}

void terms_get(struct request *request, struct reply *reply)
{
	bool english = request->language && strncasecmp(request->language, "en", 2) == 0;
	const struct site_terms *terms = &request->site->terms[english ? 1 : 0];
	char id[TERMS_ID];
	char sha256[SHA256_HEX];
	CLEANUP(free_p) char *text = terms_text(request, terms);
	text_sha256(text, strlen(text), sha256);
	ra_reply(reply, 200,
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "id", terms_id(request, id), "language",
			terms->language, "title", terms->title, "text", text, "sha256", sha256,
			"accept_label", terms->accept_label));
}

enum terms_state terms_check(struct request *request, const char *id, const char *sha256)
{
	char current[TERMS_ID];
	if (strcmp(id, terms_id(request, current)) != 0)
		return TERMS_OUTDATED;
	for (size_t i = 0; i < 2; i++) {
		char hash[SHA256_HEX];
		CLEANUP(free_p) char *text = terms_text(request, &request->site->terms[i]);
		text_sha256(text, strlen(text), hash);
		if (strcasecmp(hash, sha256) == 0)
			return TERMS_CURRENT;
	}
	return TERMS_OUTDATED;
}
