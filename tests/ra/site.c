/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' rules as loaded: looking them up. Knows no settings file. */
#include "site.h"

#include <string.h>

#include "site_read.h"

static struct site sites[SITE_MAX];
static size_t site_count;

bool site_load(const char *text)
{
	for (size_t i = 0; i < site_count; i++)
		site_clear(&sites[i]);
	site_count = 0;
	return site_read(text, sites, &site_count);
}

const struct site *site_all(size_t *ret_count)
{
	*ret_count = site_count;
	return sites;
}

const struct site *site_find(const char *id, size_t len)
{
	for (size_t i = 0; i < site_count; i++)
		if (strlen(sites[i].id) == len && memcmp(sites[i].id, id, len) == 0)
			return &sites[i];
	return NULL;
}

bool site_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = words; at && *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strcspn(at, " ") == len && len && memcmp(at, word, len) == 0)
			return true;
	}
	return false;
}

bool site_can(const struct site *site, const char *function)
{
	return site_word(site->functions, function);
}

const struct site_profile *site_profile(const struct site *site, const char *id)
{
	for (size_t i = 0; i < site->profile_count; i++)
		if (strcmp(site->profiles[i].id, id) == 0)
			return &site->profiles[i];
	return NULL;
}

json_t *site_words_json(const char *words)
{
	json_t *list = json_array();
	for (const char *at = words; at && *at;) {
		at += strspn(at, " ");
		size_t len = strcspn(at, " ");
		if (len)
			json_array_append_new(list, json_stringn(at, len));
		at += len;
	}
	return list;
}
