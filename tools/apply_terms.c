/* SPDX-License-Identifier: Apache-2.0 */
/* Shows registration data and terms and has them accepted. */
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"

static void show(const struct apply *apply, const char *name, const char *value)
{
	CLEANUP(free_p) char *clean = text_clean_line(value);

	if (clean && *clean)
		term_field(&apply->term, name, clean);
}

static void show_registration(const struct apply *apply)
{
	const struct ra_registration *registration = &apply->registration;

	term_title(&apply->term, _("Registration data"));
	show(apply, _("Account"), registration->account);
	show(apply, _("Name"), registration->name);
	show(apply, _("Organisation"), registration->organization);
	show(apply, _("E-mail"), registration->email);
	show(apply, _("Identifier"), registration->identifier);
	show(apply, _("Subject"), registration->subject);
}

bool apply_accept_terms(struct apply *apply, struct fail *fail)
{
	const char *accepted = journal_get(apply->journal, "terms");
	bool yes;

	ra_release(&apply->terms.owner);
	/* TRANSLATORS: the language of the terms that the RA is asked for: zh-TW or en */
	if (!apply->ra->ops->terms(apply->ra, _("en"), &apply->terms, fail))
		return false;
	if (accepted && strcmp(accepted, apply->terms.sha256) == 0)
		return true;
	CLEANUP(free_p) char *title = text_clean_line(apply->terms.title);
	CLEANUP(free_p) char *text = text_clean(apply->terms.text);
	CLEANUP(free_p) char *label = text_clean_line(apply->terms.accept_label);
	if (!title || !text || !label)
		return fail_set(fail, FAIL_MEMORY, NULL);
	term_title(&apply->term, title);
	term_note(&apply->term, "%s", text);
	if (!term_confirm(&apply->term, label, &yes, fail))
		return false;
	if (!yes)
		return fail_set(fail, FAIL_CANCELLED, _("the terms were not accepted"));
	return apply_record(apply, "terms", apply->terms.sha256, fail);
}

bool apply_step_terms(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->ra->ops->registration(apply->ra, &apply->registration, fail))
		return false;
	show_registration(apply);
	return apply_accept_terms(apply, fail);
}
