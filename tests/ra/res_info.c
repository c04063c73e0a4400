/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody may read: notices, documents, questions, links, drivers, forms, about. */
#include <string.h>

#include "cleanup.h"
#include "problem.h"
#include "resources.h"

static enum site_info kind_of(const struct request *request)
{
	// clang-format off
	static const struct {
		const char *name;
		enum site_info kind;
	} names[] = {
		{ "about",     INFO_ABOUT },
		{ "documents", INFO_DOCUMENT },
		{ "drivers",   INFO_DRIVER },
		{ "faq",       INFO_FAQ },
		{ "forms",     INFO_FORM },
		{ "links",     INFO_LINK },
		{ "notices",   INFO_NOTICE },
	};
	// clang-format on
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *at = strstr(request->path + 4, names[i].name);
		if (at && at[-1] == '/')
			return names[i].kind;
	}
	return INFO_COUNT;
}

/* The entry as it is listed: a file's bytes are behind url. */
static json_t *entry_json(struct request *request, enum site_info kind, json_t *entry)
{
	json_t *json = json_copy(entry);
	const char *id = json_string_value(json_object_get(entry, "id"));
	const char *site = request->site->id;
	CLEANUP(free_p) char *url = NULL;
	if (kind == INFO_NOTICE)
		url = ra_url(request->ra, "v1/%s/notices/%s", site, id);
	else if (json_object_get(json, "content"))
		url = ra_url(request->ra, "v1/%s/%s/%s", site,
			kind == INFO_DRIVER ? "drivers" : "documents", id);
	json_object_del(json, "content");
	if (url)
		json_object_set_new(
			json, kind == INFO_NOTICE ? "url" : "download_url", json_string(url));
	return json;
}

void info_list(struct request *request, struct reply *reply)
{
	enum site_info kind = kind_of(request);
	json_t *all = kind < INFO_COUNT ? request->site->info[kind] : NULL;
	if (!all) {
		problem(reply, PROBLEM_NOT_FOUND, "This site has none.");
		return;
	}
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(all); i++)
		json_array_append_new(list, entry_json(request, kind, json_array_get(all, i)));
	ra_reply(reply, 200, json_pack("{s:o}", "entries", list));
}

void info_get(struct request *request, struct reply *reply)
{
	enum site_info kind = kind_of(request);
	json_t *all = kind < INFO_COUNT ? request->site->info[kind] : NULL;
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *entry = json_array_get(all, i);
		const char *content = json_string_value(json_object_get(entry, "content"));
		if (strcmp(json_string_value(json_object_get(entry, "id")), request->id) != 0)
			continue;
		if (content) {
			ra_reply_bytes(reply, "application/octet-stream", content, strlen(content));
			return;
		}
		if (kind == INFO_NOTICE) {
			ra_reply(reply, 200, entry_json(request, kind, entry));
			return;
		}
	}
	problem(reply, PROBLEM_NOT_FOUND, NULL);
}
