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
		"SELECT account, name, cn, organization, email, telephone, carrier FROM account"
		" WHERE id=?",
		"i", request->account_id);
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
	json_object_set_new(json, "carrier", json_string(db_text(row, 6)));
	json_object_set_new(json, "changeable", site_words_json(request->site->profile_fields));
	if (*db_text(row, 4))
		json_object_set_new(json, "email", json_string(db_text(row, 4)));
	if (*db_text(row, 5))
		json_object_set_new(json, "telephone", json_string(db_text(row, 5)));
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

static bool terms_current(struct request *request, const char *id, const char *sha256)
{
	char current[TERMS_ID];
	if (strcmp(id, terms_id(request, current)) != 0)
		return false;
	for (size_t i = 0; i < 2; i++) {
		char hash[SHA256_HEX];
		CLEANUP(free_p) char *text = terms_text(request, &request->site->terms[i]);
		text_sha256(text, strlen(text), hash);
		if (strcasecmp(hash, sha256) == 0)
			return true;
	}
	return false;
}

bool terms_pass(struct request *request, struct reply *reply, int accepted, const char *id,
	const char *sha256)
{
	if (!accepted)
		problem(reply, PROBLEM_TERMS_NOT_ACCEPTED, NULL);
	else if (!terms_current(request, id, sha256))
		problem(reply, PROBLEM_TERMS_OUTDATED,
			"Fetch, show and accept the terms in force.");
	else
		return true;
	return false;
}

/* What of {email, telephone} the site lets people change; each may be left out. */
void profile_data_change(struct request *request, struct reply *reply)
{
	const char *email = NULL;
	const char *telephone = NULL;
	if (!ra_unpack(request, reply, "{s?s,s?s!}", "email", &email, "telephone", &telephone))
		return;
	const char *fields = request->site->profile_fields;
	if ((!email && !telephone) || (email && !site_word(fields, "email")) ||
		(telephone && !site_word(fields, "telephone"))) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"Only e-mail and telephone can be changed.");
		return;
	}
	if ((email && (strlen(email) > 254 || !strchr(email, '@') || strpbrk(email, " \t\r\n"))) ||
		(telephone && (strlen(telephone) > 32 || strspn(telephone, "0123456789+-()# ") !=
								 strlen(telephone)))) {
		problem(reply, PROBLEM_MALFORMED_REQUEST,
			"This is no e-mail address, or no telephone number.");
		return;
	}
	if (db_exec(request->ra->db,
		    "UPDATE account SET email=coalesce(?,email), telephone=coalesce(?,telephone)"
		    " WHERE id=?",
		    "ssi", email, telephone, request->account_id))
		registration_get(request, reply);
	else
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}
