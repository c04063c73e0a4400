/* SPDX-License-Identifier: Apache-2.0 */
/* Shows registration data and terms and has them accepted. */
#include "terms.h"

#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "text.h"
#include "tool.h"

static void show(const struct tool *tool, const char *name, const char *value)
{
	CLEANUP(free_p) char *clean = text_clean_line(value);

	if (clean && *clean)
		term_field(&tool->term, name, clean);
}

static void show_registration(const struct tool *tool)
{
	const struct ra_registration *registration = &tool->registration;

	term_title(&tool->term, _("Registration data"));
	show(tool, _("Account"), registration->account);
	show(tool, _("Name"), registration->name);
	show(tool, _("Organisation"), registration->organization);
	show(tool, _("E-mail"), registration->email);
	show(tool, _("Identifier"), registration->identifier);
	show(tool, _("Subject"), registration->subject);
}

bool terms_accept(struct tool *tool, struct fail *fail)
{
	const char *accepted = tool_recorded(tool, "terms");
	bool yes;

	ra_release(&tool->terms.owner);
	/* TRANSLATORS: the language of the terms that the RA is asked for: zh-TW or en */
	if (!tool->ra->ops->terms(tool->ra, _("en"), &tool->terms, fail))
		return false;
	if (accepted && strcmp(accepted, tool->terms.sha256) == 0)
		return true;
	CLEANUP(free_p) char *title = text_clean_line(tool->terms.title);
	CLEANUP(free_p) char *text = text_clean(tool->terms.text);
	CLEANUP(free_p) char *label = text_clean_line(tool->terms.accept_label);
	if (!title || !text || !label)
		return fail_set(fail, FAIL_MEMORY, NULL);
	term_title(&tool->term, title);
	term_note(&tool->term, "%s", text);
	if (!term_confirm(&tool->term, label, &yes, fail))
		return false;
	if (!yes)
		return fail_set(fail, FAIL_CANCELLED, _("the terms were not accepted"));
	return tool_record(tool, "terms", tool->terms.sha256, fail);
}

bool terms_show_registration(struct tool *tool, struct fail *fail)
{
	ra_registration_clear(&tool->registration);
	if (!tool->ra->ops->registration(tool->ra, &tool->registration, fail))
		return false;
	show_registration(tool);
	return true;
}
