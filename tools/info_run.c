/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches the entries of a kind, chooses one, writes its file. */
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/ra_info.h"
#include "lib/save.h"
#include "lib/scope.h"

static const char *const kinds[INFO_VERBS] = {
	[INFO_ABOUT] = "about",
	[INFO_NOTICES] = "notices",
	[INFO_DOCUMENTS] = "documents",
	[INFO_FAQ] = "faq",
	[INFO_LINKS] = "links",
	[INFO_DRIVERS] = "drivers",
	[INFO_FORMS] = "forms",
};

/* By its number in the list, or by its id; forms by their purpose. */
static bool is_meant(const struct info *info, const json_t *entry, size_t number)
{
	const char *name = json_text(entry, info->tool.verb == INFO_FORMS ? "purpose" : "id");
	char *end;
	unsigned long wanted = strtoul(info->which, &end, 10);

	if (info->which[0] >= '0' && info->which[0] <= '9' && !*end)
		return wanted == number;
	return name && strcmp(name, info->which) == 0;
}

/* Leave only the entries that were named. */
static bool choose(struct info *info, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *all = TAKE(info->entries);
	json_t *entry;
	size_t i;

	info->entries = json_array();
	json_array_foreach(all, i, entry)
	{
		if (is_meant(info, entry, i + 1))
			json_array_append(info->entries, entry);
	}
	return json_array_size(info->entries) > 0 ||
	       fail_set(fail, FAIL_USAGE, _("there is no entry %s; there are %zu"), info->which,
		       json_array_size(all));
}

static bool save_file(struct info *info, struct fail *fail)
{
	CLEANUP(free_p) uint8_t *bytes = NULL;
	size_t len;

	if (json_array_size(info->entries) != 1)
		return fail_set(fail, FAIL_USAGE,
			_("which one is to be saved? Give its number, from 1 to %zu"),
			json_array_size(info->entries));
	const json_t *entry = json_array_get(info->entries, 0);
	if (!ra_info_file(info->tool.ra, entry, &bytes, &len, fail))
		return false;
	const struct save save = { .path = info->save,
		.name = json_text(entry, "file"),
		.bytes = bytes,
		.len = len,
		.force = info->tool.force };
	return save_bytes(&save, &info->saved, fail);
}

bool info_run(void *context, struct fail *fail)
{
	struct info *info = context;
	struct tool *tool = &info->tool;

	if (info->save && tool->verb != INFO_DOCUMENTS && tool->verb != INFO_DRIVERS)
		return fail_set(fail, FAIL_USAGE, _("only documents and drivers can be saved"));
	if (info->save && tool->json && strcmp(info->save, "-") == 0)
		return fail_set(fail, FAIL_USAGE, _("standard output cannot take both"));
	if (!tool_open_ra(tool, fail) ||
		!ra_info(tool->ra, kinds[tool->verb], &info->entries, fail) ||
		!ra_info_contact(tool->ra, &info->contact, fail))
		return false;
	if (info->which && !choose(info, fail))
		return false;
	return !info->save || save_file(info, fail);
}

json_t *info_members(void *context, const struct fail *fail)
{
	const struct info *info = context;
	json_t *object = json_pack("{s:s, s:s, s:s*}", "site",
		info->tool.profile ? info->tool.profile->site : "", "kind", kinds[info->tool.verb],
		"saved", info->saved);

	if (object && fail->code == FAIL_NONE) {
		json_object_set(object, "entries", info->entries);
		if (info->tool.verb == INFO_FORMS)
			json_object_set(object, "contact", info->contact);
	}
	return object;
}

void info_clear(void *context)
{
	struct info *info = context;

	json_decref(info->entries);
	json_decref(info->contact);
	free(info->saved);
}
