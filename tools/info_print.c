/* SPDX-License-Identifier: Apache-2.0 */
/* Shows entries to people: a heading each, and what the kind's table names. */
#include <stdio.h>
#include <string.h>

#include "info.h"
#include "lib/form.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/out.h"

struct member {
	const char *name, *label; /* label NULL: a paragraph */
};

// clang-format off
static const struct member about[] = { { "text", NULL }, { 0 } };
static const struct member notice[] = { { "date", N_("Date") }, { "text", NULL }, { 0 } };
static const struct member notice_line[] = { { "date", N_("Date") }, { 0 } };
static const struct member faq[] = { { "answer", NULL }, { 0 } };
static const struct member link_members[] = { { "url", N_("Address") }, { 0 } };
static const struct member document[] = {
	{ "url", N_("Address") }, { "file", N_("File") }, { 0 } };
static const struct member driver[] = {
	{ "reader", N_("Reader") }, { "os", N_("System") },
	{ "architecture", N_("Architecture") }, { "package", N_("Packages") },
	{ "file", N_("File") }, { 0 } };
static const struct member *const members_of[INFO_VERBS] = {
	[INFO_ABOUT] = about, [INFO_NOTICES] = notice, [INFO_DOCUMENTS] = document, [INFO_FAQ] = faq,
	[INFO_LINKS] = link_members, [INFO_DRIVERS] = driver,
};
// clang-format on

static void print_members(const struct member *members, const json_t *entry)
{
	for (; members->name; members++) {
		const char *value = json_text(entry, members->name);
		if (!value || !*value)
			continue;
		if (!members->label)
			out_text(value);
		else
			form_print_lines(_(members->label), value);
	}
}

static void print_heading(const struct info *info, const json_t *entry, size_t number)
{
	const char *title = json_text(entry, info->tool.verb == INFO_FAQ ? "question" : "title");
	char line[512];

	if (info->which || info->tool.verb == INFO_ABOUT || info->tool.verb == INFO_FORMS)
		snprintf(line, sizeof line, "%s", title ? title : "");
	else
		snprintf(line, sizeof line, "%zu. %s", number, title ? title : "");
	out_text(line);
}

void info_print(void *context)
{
	const struct info *info = context;
	unsigned verb = info->tool.verb;
	bool list = verb == INFO_NOTICES && !info->which;
	json_t *entry;
	size_t i;

	if (info->save && !info->saved) /* the file itself is on stdout */
		return;
	if (info->saved) {
		out_field(_("Saved"), info->saved);
		return;
	}
	json_array_foreach(info->entries, i, entry)
	{
		print_heading(info, entry, i + 1);
		if (verb == INFO_FORMS)
			form_print(entry);
		else
			print_members(list ? notice_line : members_of[verb], entry);
	}
	if (verb == INFO_FORMS)
		form_print_end(info->contact);
}
