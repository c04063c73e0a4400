/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export import: a PFX file becomes a software identity under a label and password of its own.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "export_file.h"
#include "lib/i18n.h"
#include "lib/identity.h"
#include "lib/interrupt.h"
#include "lib/out.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define SUFFIX ".pfx"
#define NAME_MAX_LEN 32 /* what a token's label holds */

/* The file's name without folder and suffix; the caller frees. */
static char *stem_of(const char *path)
{
	const char *last = strrchr(path, '/');
	char *stem = strdup(last ? last + 1 : path);
	char *dot = stem ? strrchr(stem, '.') : NULL;

	if (dot && dot != stem)
		*dot = '\0';
	return stem;
}

/* The old software knew its files by their names, and so does who looks for them on another
 * computer. */
static bool check_name(const struct export *export, const char *stem, struct fail *fail)
{
	char wanted[NAME_MAX_LEN + 8];
	const char *last = strrchr(export->argument, '/');

	last = last ? last + 1 : export->argument;
	snprintf(wanted, sizeof wanted, "CN=%.*s", NAME_MAX_LEN, stem);
	for (size_t i = 0; i < export->own_count; i++) {
		const char *found = strstr(export->own[i].subject, wanted);
		size_t len = strlen(wanted);
		if (found && strcmp(last + strlen(stem), SUFFIX) == 0 &&
			(found == export->own[i].subject || found[-1] == ',') &&
			(found[len] == '\0' || found[len] == ',' || found[len] == '+'))
			return true;
	}
	return fail_set(fail, FAIL_FILE_NAME, "%s", last);
}

static bool open_once(struct export *export, bool old_ciphers, const struct pin *password,
	struct soft_move **ret, struct fail *fail)
{
	bool yes;

	if (export_move_open(export->argument, password, old_ciphers, ret, fail))
		return true;
	if (fail->code != FAIL_FILE_OLD_CIPHER || export->tool.term.no_input ||
		export->tool.term.yes)
		return false;
	struct fail asked = FAIL_INIT;
	tool_warn(&export->tool, fail);
	if (!term_confirm(&export->tool.term, _("Take it all the same?"), &yes, &asked) || !yes)
		return false;
	*fail = (struct fail)FAIL_INIT;
	return export_move_open(export->argument, password, true, ret, fail);
}

static bool open_file(struct export *export, struct soft_move **ret, struct fail *fail)
{
	struct tool *tool = &export->tool;

	for (;;) {
		CLEANUP(pin_free_p) struct pin *password = NULL;
		if (!tool_secret(tool, CONF_EXPORT_PASSWORD_SOURCE,
			    _("Password of the backup file: "), "--export-password-source",
			    &password, fail))
			return false;
		if (open_once(export, export->old_ciphers, password, ret, fail))
			return true;
		if (fail->code != FAIL_FILE_PASSWORD || tool->term.no_input ||
			conf_get(&tool->conf, CONF_EXPORT_PASSWORD_SOURCE))
			return false;
		tool_warn(tool, fail);
		if (!interrupt_check(fail))
			return false;
		*fail = (struct fail)FAIL_INIT;
	}
}

/* --label, or asked for, or the file's name. At bts the name is fixed. */
static bool choose_name(struct export *export, const char *stem, char **ret, struct fail *fail)
{
	const struct term *term = &export->tool.term;
	CLEANUP(free_p) char *name = NULL;

	if (export_site_is(export, "bts"))
		name = strdup(stem);
	else if (export->label || term->no_input || term->yes)
		name = strdup(export->label ? export->label : stem);
	else if (!term_ask(term, _("Label of the key, a name or a code: "), "--label", &name, fail))
		return false;
	if (name && !*name) {
		free(name);
		name = strdup(stem);
	}
	if (!name)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (const char *c = name; *c; c++)
		if (iscntrl((unsigned char)*c) || *c == '/')
			return fail_set(fail, FAIL_USAGE, _("the label cannot be %s"), name);
	if (name[0] == '.' || strlen(name) > NAME_MAX_LEN)
		return fail_set(fail, FAIL_USAGE, _("the label cannot be %s"), name);
	*ret = TAKE(name);
	return true;
}

/* soft is always asked; at bts the person chooses. */
static bool choose_level(struct export *export, struct fail *fail)
{
	if (!export->level)
		export->level = export_site_is(export, "soft") ? 1 : 2;
	return export_confirm_level(export, export->level, fail);
}

static void print(const struct export *export)
{
	if (export->tool.json || export->tool.term.quiet)
		return;
	out_text(_("Import succeeded."));
	out_field(_("Place"), export->identity.directory);
	bool high = export->tool.profile && strcmp(export->tool.profile->site, "soft") == 0;
	out_field(_("Security level"), high && export->identity.level == 1
					       ? _("High: permission and password at each use")
					       : export_level_text(export->identity.level));
	for (size_t i = 0; i < export->own_count; i++)
		out_field(_("Certificate"), export->own[i].subject);
	if (export_site_is(export, "bts"))
		out_text(_("Compare it with the host now: twca-cert status."));
}

/* So that commands of this site find it among others. */
static bool note_site(const struct export *export, const char *name, struct fail *fail)
{
	CLEANUP(free_p) char *path = identity_path(name);

	if (!export->tool.profile)
		return true;
	return path ? identity_set_site(path, export->tool.profile->site, fail)
		    : fail_set(fail, FAIL_MEMORY, NULL);
}

static bool store(
	struct export *export, const struct soft_move *move, const char *name, struct fail *fail)
{
	static const struct tool_new what = { .source = CONF_NEW_PIN_SOURCE,
		.prompt = N_("New password of the certificate file: "),
		.option = "--new-pin-source",
		.unequal = FAIL_NEW_PASSWORD_UNEQUAL };

	if (!export_new_password(export, &what, &export->pin, fail))
		return false;
	if (export->tool.dry_run)
		return true;
	/* the module itself stores level 3: the password goes with it */
	if (!export_move_put(export, move, name, fail) || !note_site(export, name, fail) ||
		!export_identity_find(export, name, fail) ||
		!p11_login(export->tool.session, export->pin, fail) ||
		(export->level != export->identity.level &&
			!p11_identity_set_level(export->tool.session, export->level, fail)) ||
		!p11_identity(export->tool.session, &export->identity, fail))
		return false;
	print(export);
	return true;
}

bool export_import(struct export *export, struct fail *fail)
{
	CLEANUP(export_move_free_p) struct soft_move *move = NULL;
	CLEANUP(free_p) char *stem = NULL;
	CLEANUP(free_p) char *name = NULL;

	if (!export->argument)
		return fail_set(fail, FAIL_USAGE, _("which file?"));
	export->file = strdup(export->argument);
	stem = stem_of(export->argument);
	if (!export->file || !stem)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!open_file(export, &move, fail) || !export_move_describe(export, move, fail) ||
		(export_site_is(export, "bts") && !check_name(export, stem, fail)))
		return false;
	if (export->was_weak)
		term_warn(&export->tool.term, "%s",
			_("The file was protected by an old, weak cipher. The copy here gets a "
			  "strong one; destroy the file."));
	return choose_name(export, stem, &name, fail) && choose_level(export, fail) &&
	       export_move_label(move, name, fail) && store(export, move, name, fail);
}
