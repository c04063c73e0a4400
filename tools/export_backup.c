/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export backup: key and certificates of a software identity as one PFX file under a password
 * of its own. The key stays where it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "export.h"
#include "export_file.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define SUFFIX ".pfx"

static bool ends_in_suffix(const char *path)
{
	size_t len = strlen(path);

	return len > strlen(SUFFIX) && strcmp(path + len - strlen(SUFFIX), SUFFIX) == 0;
}

/* The argument is a folder, or a file with the usual suffix; none: here. */
static bool choose_file(struct export *export, struct fail *fail)
{
	const char *place = export->argument ? export->argument : ".";
	const char *slash = strrchr(export->identity.directory, '/');
	const char *name = slash ? slash + 1 : export->identity.directory;
	CLEANUP(free_p) char *usual = NULL;
	struct stat st;

	if (asprintf(&usual, "%s" SUFFIX, name) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (stat(place, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (asprintf(&export->file, "%s/%s", place, usual) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
	} else {
		export->file = strdup(place);
	}
	if (!export->file)
		return fail_set(fail, FAIL_MEMORY, NULL);
	const char *last = strrchr(export->file, '/');
	last = last ? last + 1 : export->file;
	if (!ends_in_suffix(last))
		return fail_set(
			fail, FAIL_FILE_NAME, _("%s: the name must end in .pfx"), export->file);
	if (export_site_is(export, "bts") && strcmp(last, usual) != 0)
		return fail_set(fail, FAIL_FILE_NAME, _("%s: it must be %s"), last, usual);
	if (!export->tool.force && lstat(export->file, &st) == 0)
		return fail_set(fail, FAIL_FILE_EXISTS, "%s", export->file);
	return true;
}

/* What was written opens with the new password: only then it is a backup. */
static bool read_back(const struct export *export, const struct pin *password, struct fail *fail)
{
	CLEANUP(export_move_free_p) struct soft_move *move = NULL;
	struct fail ignored = FAIL_INIT;

	return export_move_open(export->file, password, false, &move, &ignored) ||
	       fail_set(fail, FAIL_READ_BACK, "%s", export->file);
}

static void print(const struct export *export)
{
	bool bts = export_site_is(export, "bts");

	if (export->tool.json || export->tool.term.quiet)
		return;
	out_text(bts ? _("Certificate export succeeded.") : _("Export succeeded."));
	out_field(_("File"), export->file);
	for (size_t i = 0; i < export->own_count; i++)
		out_field(_("Certificate"), export->own[i].subject);
	out_text(_("Keep the file and its password safe, and apart from each other."));
	if (bts)
		out_text(_("Do not change the file name."));
}

bool export_backup(struct export *export, struct fail *fail)
{
	static const struct tool_new what = { .source = CONF_EXPORT_PASSWORD_SOURCE,
		.prompt = N_("Password of the backup file: "),
		.option = "--export-password-source",
		.unequal = FAIL_NEW_PASSWORD_UNEQUAL };
	CLEANUP(pin_free_p) struct pin *password = NULL;
	CLEANUP(export_move_free_p) struct soft_move *move = NULL;
	CLEANUP(export_bytes_clear) struct export_bytes bytes = { 0 };

	if (!export_identity_open(export, fail) || !choose_file(export, fail) ||
		(export_site_is(export, "bts") && !export_host_match(export, fail)) ||
		!export_identity_login(export, fail) ||
		!export_move_take(export->identity.directory, export->pin, &move, fail) ||
		!export_move_describe(export, move, fail) ||
		!export_new_password(export, &what, &password, fail))
		return false;
	if (export->tool.dry_run)
		return true;
	if (!export_move_pack(move, password, &bytes, fail) ||
		!export_file_write(export->file, &bytes, export->tool.force, fail) ||
		!read_back(export, password, fail))
		return false;
	print(export);
	return true;
}
