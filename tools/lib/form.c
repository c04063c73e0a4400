/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the members of a form by a table. */
#include "form.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "json.h"
#include "out.h"
#include "scope.h"

// clang-format off
static const struct member {
	const char *name, *label;
	bool words; /* each blank-separated word is translated */
} form_members[] = {
	{ "purpose",   N_("Purpose"),     true },
	{ "reasons",   N_("When"),        false },
	{ "channels",  N_("Where"),       true },
	{ "papers",    N_("Papers"),      false },
	{ "delivered", N_("You receive"), false },
	{ "note",      N_("Note"),        false },
	{ NULL, NULL, false },
}, contact_members[] = {
	{ "name",    N_("Contact"),        false },
	{ "phone",   N_("Telephone"),      false },
	{ "hours",   N_("Hours"),          false },
	{ "address", N_("Postal address"), false },
	{ NULL, NULL, false },
};
static const struct {
	const char *word, *text;
} words[] = {
	{ "counter",        N_("in person at the counter") },
	{ "electronic",     N_("electronically") },
	{ "mail",           N_("by mail") },
	{ "password_reset", N_("new site password") },
	{ "register",       N_("registration") },
	{ "resume",         N_("ending a suspension") },
	{ "revoke",         N_("revocation") },
	{ "slip",           N_("password slip for an application") },
};
// clang-format on

static const char *word_text(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, word) == 0)
			return _(words[i].text);
	return word;
}

static void print_words(const char *label, const char *value)
{
	CLEANUP(free_p) char *copy = strdup(value);
	char *rest = copy;
	char line[256] = "";

	for (char *word = copy ? strsep(&rest, " ") : NULL; word; word = strsep(&rest, " ")) {
		size_t used = strlen(line);
		if (*word)
			snprintf(line + used, sizeof line - used, "%s%s", used ? _(", ") : "",
				word_text(word));
	}
	out_field(label, line);
}

void form_print_lines(const char *label, const char *value)
{
	CLEANUP(free_p) char *copy = strdup(value);
	char *rest = copy;

	for (char *line = copy ? strsep(&rest, "\n") : NULL; line; line = strsep(&rest, "\n"))
		if (*line)
			out_field(label, line);
}

static void print_members(const struct member *members, const json_t *object)
{
	for (; members->name; members++) {
		const char *value = json_text(object, members->name);
		if (!value || !*value)
			continue;
		if (members->words)
			print_words(_(members->label), value);
		else
			form_print_lines(_(members->label), value);
	}
}

void form_print(const json_t *form)
{
	print_members(form_members, form);
}

void form_print_end(const json_t *contact)
{
	print_members(contact_members, contact);
	out_text(_("Nothing was changed: this is done on paper, not with this program."));
}
