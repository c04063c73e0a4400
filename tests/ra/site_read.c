/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a settings file to sites: tables of keys, and one reader for all of them. */
#include "site_read.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_LINE = 198 /* what libinih reads of a line */
};

enum kind {
	TEXT,
	NUMBER
};

struct field {
	const char *key;
	enum kind kind;
	size_t offset;
	const char *allowed; /* words; NULL: anything */
	bool optional;
};

#define FUNCTIONS                                                                                  \
	"activation captcha card card_login card_management eligibility payment phone profile "    \
	"proof query renewal revocation suspension"

/* What a person's key may be for; never to sign certificates or lists. */
#define KEY_USAGE "dataEncipherment digitalSignature keyAgreement keyEncipherment nonRepudiation"

// clang-format off
static const struct field site_fields[] = {
	{ "card_counter",     NUMBER, offsetof(struct site, card_counter),     NULL, true },
	{ "card_password",    NUMBER, offsetof(struct site, card_password),    NULL, true },
	{ "carrier",          TEXT,   offsetof(struct site, carrier),          "card file", false },
	{ "contact_address",  TEXT,   offsetof(struct site, contact_address),  NULL, true },
	{ "contact_hours",    TEXT,   offsetof(struct site, contact_hours),    NULL, true },
	{ "contact_name",     TEXT,   offsetof(struct site, contact_name),     NULL, false },
	{ "contact_phone",    TEXT,   offsetof(struct site, contact_phone),    NULL, true },
	{ "delivery",         TEXT,   offsetof(struct site, delivery),         "activation direct download", false },
	{ "fee_currency",     TEXT,   offsetof(struct site, fee_currency),     NULL, true },
	{ "first_login",      TEXT,   offsetof(struct site, first_login),      "always never registered", false },
	{ "functions",        TEXT,   offsetof(struct site, functions),        FUNCTIONS, false },
	{ "login_by",         TEXT,   offsetof(struct site, login_by),         "account certificate_identifier", false },
	{ "max_attempts",     NUMBER, offsetof(struct site, max_attempts),     NULL, false },
	{ "name",             TEXT,   offsetof(struct site, name),             NULL, false },
	{ "name_en",          TEXT,   offsetof(struct site, name_en),          NULL, false },
	{ "organization",     TEXT,   offsetof(struct site, organization),     NULL, false },
	{ "password_max",     NUMBER, offsetof(struct site, password_max),     NULL, false },
	{ "password_min",     NUMBER, offsetof(struct site, password_min),     NULL, false },
	{ "password_require", TEXT,   offsetof(struct site, password_require), "digit lower upper", true },
	{ "password_then",    TEXT,   offsetof(struct site, password_then),    "continues ended", false },
	{ "profile_fields",   TEXT,   offsetof(struct site, profile_fields),   "email telephone", true },
	{ "ra_unit",          TEXT,   offsetof(struct site, ra_unit),          NULL, true },
	{ "redownload",       TEXT,   offsetof(struct site, redownload),       "always enabled", false },
	{ "renewal_fee",      NUMBER, offsetof(struct site, renewal_fee),      NULL, true },
	{ "renewal_window",   TEXT,   offsetof(struct site, renewal_window),   "1m 30d", false },
	{ "reset_form",       TEXT,   offsetof(struct site, reset_form),       NULL, true },
	{ "slip",             TEXT,   offsetof(struct site, slip),             NULL, false },
	{ "suspend_password", NUMBER, offsetof(struct site, suspend_password), NULL, true },
	{ "suspend_what",     TEXT,   offsetof(struct site, suspend_what),     "all selected", true },
	{ "terms_id",         TEXT,   offsetof(struct site, terms_id),         NULL, false },
	{ "unit",             TEXT,   offsetof(struct site, unit),             NULL, false },
	{ NULL, TEXT, 0, NULL, true },
};
static const struct field terms_fields[] = {
	{ "accept_label", TEXT, offsetof(struct site_terms, accept_label), NULL, false },
	{ "text",         TEXT, offsetof(struct site_terms, text),         NULL, false },
	{ "title",        TEXT, offsetof(struct site_terms, title),        NULL, false },
	{ NULL, TEXT, 0, NULL, true },
};
static const struct field profile_fields[] = {
	{ "carrier",       TEXT,   offsetof(struct site_profile, carrier),       "card file", false },
	{ "ext_key_usage", TEXT,   offsetof(struct site_profile, ext_key_usage), "clientAuth emailProtection", false },
	{ "key_usage",     TEXT,   offsetof(struct site_profile, key_usage),     KEY_USAGE, false },
	{ "role",          TEXT,   offsetof(struct site_profile, role),          "both encryption signing", false },
	{ "years",         NUMBER, offsetof(struct site_profile, years),         NULL, false },
	{ NULL, TEXT, 0, NULL, true },
};
static const struct {
	const char *word, *members;
} info_kinds[INFO_COUNT] = {
	[INFO_ABOUT]    = { "about",    "text title" },
	[INFO_DOCUMENT] = { "document", "content file title url" },
	[INFO_DRIVER]   = { "driver",   "architecture content file os package reader title url" },
	[INFO_FAQ]      = { "faq",      "answer question" },
	[INFO_FORM]     = { "form",     "channels delivered note papers purpose reasons title" },
	[INFO_LINK]     = { "link",     "title url" },
	[INFO_NOTICE]   = { "notice",   "date text title" },
};
// clang-format on

struct reader {
	struct site *sites;
	size_t *count;
	char fault[160];
};

static int fault(struct reader *reader, const char *section, const char *what)
{
	snprintf(reader->fault, sizeof reader->fault, "[%.60s] %.80s", section, what);
	return 0;
}

static char *joined(char *old, const char *more)
{
	char *text = NULL;
	if (asprintf(&text, "%s%s%s", old ? old : "", old ? "\n" : "", more) < 0)
		abort();
	free(old);
	return text;
}

static bool words_allowed(const char *words, const char *allowed)
{
	bool good = true;
	json_t *list = site_words_json(words);
	for (size_t i = 0; i < json_array_size(list); i++)
		good = good && site_word(allowed, json_string_value(json_array_get(list, i)));
	json_decref(list);
	return good;
}

/* Sets one member of base; a key given again (a continuation line) is one more line of it. */
static bool set_field(const struct field *fields, void *base, const char *key, const char *value)
{
	for (; fields->key && strcmp(fields->key, key) != 0; fields++)
		;
	char *place = (char *)base + fields->offset;
	if (!fields->key || (fields->allowed && !words_allowed(value, fields->allowed)))
		return false;
	if (fields->kind == NUMBER) {
		char *end = NULL;
		long number = strtol(value, &end, 10);
		*(int *)(void *)place = (int)number;
		return end != value && !*end && number >= 0 && number <= 1000000;
	}
	char **text = (char **)(void *)place;
	*text = joined(*text, value);
	return true;
}

static struct site *site_of(struct reader *reader, const char *id, size_t len)
{
	for (size_t i = 0; i < *reader->count; i++)
		if (strlen(reader->sites[i].id) == len && memcmp(reader->sites[i].id, id, len) == 0)
			return &reader->sites[i];
	if (*reader->count == SITE_MAX)
		return NULL;
	struct site *site = &reader->sites[(*reader->count)++];
	*site = (struct site){ .id = strndup(id, len) };
	return site;
}

static struct site_profile *profile_of(struct site *site, const char *id)
{
	for (size_t i = 0; i < site->profile_count; i++)
		if (strcmp(site->profiles[i].id, id) == 0)
			return &site->profiles[i];
	if (site->profile_count == SITE_PROFILES)
		return NULL;
	struct site_profile *profile = &site->profiles[site->profile_count++];
	profile->id = strdup(id);
	return profile;
}

static bool set_member(json_t *object, const char *members, const char *key, const char *value)
{
	if (!site_word(members, key))
		return false;
	const char *old = json_string_value(json_object_get(object, key));
	char *text = joined(old ? strdup(old) : NULL, value);
	json_object_set_new(object, key, json_string(text));
	free(text);
	return true;
}

static bool set_info(
	json_t **list, const char *members, const char *id, const char *key, const char *value)
{
	if (!*list)
		*list = json_array();
	json_t *last = json_array_get(*list, json_array_size(*list) - 1);
	const char *last_id = json_string_value(json_object_get(last, "id"));
	if (!last_id || strcmp(last_id, id) != 0) {
		last = json_pack("{s:s}", "id", id);
		json_array_append_new(*list, last);
	}
	return set_member(last, members, key, value);
}

/* "code text" by state */
static bool set_status(struct site *site, const char *state, const char *value)
{
	char *text = NULL;
	long code = strtol(value, &text, 10);
	if (text == value || *text != ' ' ||
		!site_word("expired expiring revoked suspended valid", state))
		return false;
	if (!site->status)
		site->status = json_object();
	json_object_set_new(site->status, state,
		json_pack("{s:I,s:s}", "code", (json_int_t)code, "text", text + 1));
	return true;
}

static bool set_part(
	struct site *site, const char *kind, const char *id, const char *key, const char *value)
{
	if (strcmp(kind, "status") == 0)
		return set_status(site, key, value);
	if (strcmp(kind, "terms") == 0 && (strcmp(id, "zh-TW") == 0 || strcmp(id, "en") == 0)) {
		struct site_terms *terms = &site->terms[*id == 'e'];
		if (!terms->language)
			terms->language = strdup(id);
		return set_field(terms_fields, terms, key, value);
	}
	if (strcmp(kind, "profile") == 0) {
		struct site_profile *profile = profile_of(site, id);
		return profile && set_field(profile_fields, profile, key, value);
	}
	for (size_t i = 0; i < INFO_COUNT; i++)
		if (strcmp(kind, info_kinds[i].word) == 0)
			return set_info(&site->info[i], info_kinds[i].members, id, key, value);
	return false;
}

/* ".kind" or ".kind.id" and nothing behind; only the status has no id. */
static bool section_parts(const char *text, char ret_kind[24], char ret_id[24])
{
	int end = 0;
	int parts = sscanf(text, ".%23[a-z]%n.%23[A-Za-z0-9-]%n", ret_kind, &end, ret_id, &end);
	return parts >= 1 && !text[end] && (parts == 2 || strcmp(ret_kind, "status") == 0);
}

static bool is_utf8(const char *text)
{
	json_t *json = json_string(text);
	json_decref(json);
	return json;
}

/* Sections are [site], [site.status], [site.kind.id]. */
static int on_value(void *user, const char *section, const char *key, const char *value)
{
	struct reader *reader = user;
	char kind[24] = "";
	char id[24] = "";
	size_t len = strcspn(section, ".");
	if (section[len] && !section_parts(section + len, kind, id))
		return fault(reader, section, "no such section");
	if (!is_utf8(value))
		return fault(reader, section, "a value is not UTF-8");
	struct site *site = len ? site_of(reader, section, len) : NULL;
	if (!site)
		return fault(reader, section, "no site, or one too many");
	if (*kind ? set_part(site, kind, id, key, value) : set_field(site_fields, site, key, value))
		return 1;
	char what[80];
	snprintf(what, sizeof what, "%.30s: not a key, or not its value", key);
	return fault(reader, section, what);
}

/* The first key that must be there and is not; NULL: none. */
static const char *missing(const struct field *fields, const void *base)
{
	for (; fields->key; fields++) {
		const char *place = (const char *)base + fields->offset;
		if (!fields->optional && fields->kind == TEXT &&
			!*(char *const *)(const void *)place)
			return fields->key;
		if (!fields->optional && fields->kind == NUMBER &&
			!*(const int *)(const void *)place)
			return fields->key;
	}
	return NULL;
}

static bool complete(struct reader *reader, struct site *site)
{
	const char *key = missing(site_fields, site);
	for (size_t i = 0; !key && i < 2; i++)
		key = site->terms[i].language ? missing(terms_fields, &site->terms[i])
					      : "terms in zh-TW and en";
	for (size_t i = 0; !key && i < site->profile_count; i++)
		key = missing(profile_fields, &site->profiles[i]);
	if (!key && !site->profile_count)
		key = "profile";
	if (key) {
		char what[80];
		snprintf(what, sizeof what, "%.60s is missing", key);
		return fault(reader, site->id, what);
	}
	for (size_t i = 0; i < 2; i++) /* terms end with a line end */
		site->terms[i].text = joined(site->terms[i].text, "");
	return true;
}

static bool lines_fit(const char *text)
{
	for (size_t line = 1; *text; line++) {
		size_t len = strcspn(text, "\n");
		if (len > MAX_LINE) {
			fprintf(stderr, "sites: line %zu is longer than %d bytes\n", line,
				MAX_LINE);
			return false;
		}
		text += len + (text[len] == '\n');
	}
	return true;
}

bool site_read(const char *text, struct site *ret_sites, size_t *ret_count)
{
	struct reader reader = { .sites = ret_sites, .count = ret_count };
	*ret_count = 0;
	if (!lines_fit(text))
		return false;
	int line = ini_parse_string(text, on_value, &reader);
	bool ok = line == 0 && *ret_count;
	for (size_t i = 0; ok && i < *ret_count; i++)
		ok = complete(&reader, &ret_sites[i]);
	if (!ok)
		fprintf(stderr, "sites: line %d: %s\n", line,
			*reader.fault ? reader.fault : "not a setting");
	return ok;
}

static void clear_fields(const struct field *fields, void *base)
{
	for (; fields->key; fields++)
		if (fields->kind == TEXT)
			free(*(char **)(void *)((char *)base + fields->offset));
}

void site_clear(struct site *site)
{
	clear_fields(site_fields, site);
	for (size_t i = 0; i < 2; i++) {
		clear_fields(terms_fields, &site->terms[i]);
		free(site->terms[i].language);
	}
	for (size_t i = 0; i < site->profile_count; i++) {
		clear_fields(profile_fields, &site->profiles[i]);
		free(site->profiles[i].id);
	}
	for (size_t i = 0; i < INFO_COUNT; i++)
		json_decref(site->info[i]);
	json_decref(site->status);
	free(site->id);
	*site = (struct site){ 0 };
}
