/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate files that a person saves where he wants them: the signing one first. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/identity.h"
#include "lib/scope.h"

/* An absolute path whose directory has no links in it, so that two can be compared. NULL: its
 * directory is not there. The caller frees. */
static char *whole_path(const char *path)
{
	CLEANUP(free_p) char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	const char *last = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char *whole = NULL;

	if (!folder)
		return NULL;
	if (slash)
		slash[slash == folder] = '\0';
	CLEANUP(free_p) char *real = realpath(slash ? folder : ".", NULL);
	if (!real || !*last ||
		asprintf(&whole, "%s%s%s", real, strcmp(real, "/") ? "/" : "", last) < 0)
		return NULL;
	return whole;
}

/* From option or person into the record, where an interrupted run finds it again. */
static bool ask_file(struct apply *apply, const char *name, const char *given, const char *prompt,
	const char *option, struct fail *fail)
{
	CLEANUP(free_p) char *answer = NULL;

	if (!given && tool_recorded(&apply->tool, name))
		return true;
	if (!given && !term_ask(&apply->tool.term, prompt, option, &answer, fail))
		return false;
	CLEANUP(free_p) char *whole = whole_path(given ? given : answer);
	if (!whole)
		return fail_set(fail, FAIL_USAGE, _("%s: there is no such directory"),
			given ? given : answer);
	if (access(whole, F_OK) == 0 && !apply->tool.force &&
		!(tool_recorded(&apply->tool, name) &&
			strcmp(tool_recorded(&apply->tool, name), whole) == 0))
		return fail_set(fail, FAIL_FILE_EXISTS, "%s", whole);
	return tool_record(&apply->tool, name, whole, fail);
}

bool apply_step_targets(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->manner->saves_files)
		return true;
	if (apply->sign_file && apply->enc_file) {
		CLEANUP(free_p) char *sign = whole_path(apply->sign_file);
		CLEANUP(free_p) char *enc = whole_path(apply->enc_file);
		if (sign && enc && strcmp(sign, enc) == 0)
			return fail_set(fail, FAIL_USAGE,
				_("the two certificate files need two different names"));
	}
	if (!ask_file(apply, "sign_file", apply->sign_file, _("File for the signing certificate: "),
		    "--sign-file", fail) ||
		!ask_file(apply, "enc_file", apply->enc_file,
			_("File for the encryption certificate: "), "--enc-file", fail))
		return false;
	if (strcmp(tool_recorded(&apply->tool, "sign_file"),
		    tool_recorded(&apply->tool, "enc_file")) != 0)
		return true;
	struct fail ignored = FAIL_INIT;
	tool_record(&apply->tool, "enc_file", NULL, &ignored);
	return fail_set(fail, FAIL_USAGE, _("the two certificate files need two different names"));
}

static bool save(struct apply *apply, size_t index, const char *name, struct fail *fail)
{
	const struct chain_cert *leaf = &apply->certs[index].chain.leaf;
	CLEANUP(free_p) char *file = NULL;

	/* what stands there is ours: it was asked for before, and a run may have been cut off */
	return identity_file_of(apply->path, leaf->der, leaf->len, &file, fail) &&
	       identity_copy(apply->path, file, tool_recorded(&apply->tool, name), true, fail);
}

bool apply_step_files(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->manner->saves_files || !tool_recorded(&apply->tool, "sign_file"))
		return true;
	for (size_t i = 0; i < apply->count; i++) {
		bool enc = apply->certs[i].profile->role == RA_ENCRYPTION;
		term_note(&apply->tool.term, "%s",
			enc ? _("Backing up the encryption certificate.")
			    : _("Backing up the signing certificate."));
		if (!save(apply, i, enc ? "enc_file" : "sign_file", fail))
			return false;
	}
	term_note(
		&apply->tool.term, "%s", _(apply->manner->files_made[apply->mode == APPLY_RENEW]));
	return true;
}

/* The file that the site's manual names holds the present key. */
bool apply_name_file(struct apply *apply, struct fail *fail)
{
	const struct chain_cert *leaf = &apply->certs[0].chain.leaf;
	CLEANUP(free_p) char *file = NULL;
	char wanted[IDENTITY_NAME_MAX + 5];

	snprintf(wanted, sizeof wanted, "%s.pfx", apply->identity);
	if (!identity_file_of(apply->path, leaf->der, leaf->len, &file, fail))
		return false;
	return strcmp(file, wanted) == 0 || identity_replace(apply->path, file, wanted, fail);
}
