/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export password and security: a new file password, and how often it is asked for. */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define LEVELS 3

bool export_password(struct export *export, struct fail *fail)
{
	static const struct tool_new what = { .source = CONF_NEW_PIN_SOURCE,
		.prompt = N_("New password of the certificate file: "),
		.option = "--new-pin-source",
		.unequal = FAIL_NEW_PASSWORD_UNEQUAL };
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!export_identity_open(export, fail))
		return false;
	term_note(&export->tool.term, _("Certificate file: %s"), export->identity.directory);
	if (!export_identity_login(export, fail) || !export_new_password(export, &what, &new, fail))
		return false;
	if (!export->tool.dry_run &&
		!p11_identity_set_password(export->tool.session, export->pin, new, fail))
		return false;
	if (!export->tool.json && !export->tool.term.quiet && !export->tool.dry_run)
		out_text(_("The file password was changed."));
	return true;
}

/* The argument, or asked for; 0: nobody can be asked, so it is only shown. */
static bool choose_level(struct export *export, unsigned *ret, struct fail *fail)
{
	const char *items[LEVELS];
	const char *word = export->argument;
	size_t choice;

	*ret = 0;
	if (word && strlen(word) == 1 && *word >= '1' && *word <= '3') {
		*ret = (unsigned)(*word - '0');
		return true;
	}
	if (word)
		return fail_set(fail, FAIL_USAGE, _("the level is 1, 2 or 3, not %s"), word);
	if (export->tool.term.no_input || export->tool.term.yes)
		return true;
	for (unsigned i = 0; i < LEVELS; i++)
		items[i] = export_level_text(i + 1);
	if (!term_choose(
		    &export->tool.term, _("Security level"), "LEVEL", items, LEVELS, &choice, fail))
		return false;
	*ret = (unsigned)choice + 1;
	return true;
}

static bool set_level(struct export *export, unsigned level, struct fail *fail)
{
	if (export_site_is(export, "soft") && level != 1)
		return fail_set(fail, FAIL_USAGE,
			_("at this site the password is asked at every use; that cannot be "
			  "changed"));
	if (!export_confirm_level(export, level, fail) || !export_identity_login(export, fail))
		return false;
	return export->tool.dry_run ||
	       (p11_identity_set_level(export->tool.session, level, fail) &&
		       p11_identity(export->tool.session, &export->identity, fail));
}

bool export_security(struct export *export, struct fail *fail)
{
	unsigned level;

	if (!export_identity_open(export, fail) || !choose_level(export, &level, fail) ||
		(level && !set_level(export, level, fail)))
		return false;
	if (export->tool.json || export->tool.term.quiet)
		return true;
	if (level && !export->tool.dry_run)
		out_text(_("Done."));
	out_field(_("Certificate file"), export->identity.directory);
	out_field(_("Security level"), export_level_text(export->identity.level));
	if (level && !export->tool.dry_run)
		out_text(_("Close the browser for the new setting to take effect."));
	return true;
}
