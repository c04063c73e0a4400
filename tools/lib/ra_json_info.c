/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: what everybody may read. */
#include <string.h>

#include "fail.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
#include "ra_info.h"
#include "ra_json.h"
#include "scope.h"
#include "text.h"

#define FILE_TYPE "application/octet-stream"

/* The members that are strings, cleaned. NULL: no memory. */
static json_t *clean_entry(json_t *entry)
{
	json_t *clean = json_object();
	const char *name;
	json_t *value;

	json_object_foreach(entry, name, value)
	{
		CLEANUP(free_p) char *text = text_clean(json_string_value(value));
		if (text && json_object_set_new(clean, name, json_string(text)) != 0)
			break;
	}
	return clean;
}

bool ra_info(struct ra *base, const char *kind, json_t **ret, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	struct ra_call call = { .method = "GET", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *entries, *entry;
	size_t i;

	if (!ra_json_resource(ra, kind, &call.url, fail) ||
		!ra_json_call(ra, &call, &answer, NULL, NULL, fail) ||
		!json_get_array(answer, "entries", &entries, fail))
		return false;
	json_t *list = json_array();
	json_array_foreach(entries, i, entry)
	{
		json_array_append_new(list, clean_entry(entry));
	}
	*ret = list;
	return list || fail_set(fail, FAIL_MEMORY, NULL);
}

bool ra_info_file(
	struct ra *base, const json_t *entry, uint8_t **ret, size_t *ret_len, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	struct ra_call call = { .method = "GET",
		.url = json_text(entry, "download_url"),
		.accept = FILE_TYPE,
		.repeatable = true };

	if (!call.url)
		return fail_set(fail, FAIL_USAGE, _("there is no file behind this entry"));
	return ra_json_bytes(ra, &call, ret, ret_len, fail);
}

bool ra_info_form(struct ra *base, const char *purpose, json_t **ret, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	CLEANUP(json_decref_p) json_t *forms = NULL;
	json_t *form;
	size_t i;

	*ret = NULL;
	if (!json_text(ra->resources, "forms"))
		return true;
	if (!ra_info(base, "forms", &forms, fail))
		return false;
	json_array_foreach(forms, i, form)
	{
		const char *word = json_text(form, "purpose");
		if (word && strcmp(word, purpose) == 0) {
			*ret = json_incref(form);
			return true;
		}
	}
	return true;
}

bool ra_info_contact(struct ra *base, json_t **ret, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	json_t *contact = json_object_get(ra->site, "contact");

	*ret = json_is_object(contact) ? clean_entry(contact) : json_object();
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}
