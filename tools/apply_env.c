/* SPDX-License-Identifier: Apache-2.0 */
/* Checks module, RA and card, opens the record of the job. */
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/pick.h"
#include "lib/scope.h"
#include "lib/text.h"

bool apply_step_module(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_title(&apply->tool.term, _(apply->tool.profile->title));
	return tool_open_module(&apply->tool, fail);
}

bool apply_step_ra(void *context, struct fail *fail)
{
	return tool_open_ra(context, fail);
}

bool apply_step_card(void *context, struct fail *fail)
{
	return pick_card(context, 0, fail);
}

/* An application that was finished, and whose certificate is still there, is not repeated. */
static bool check_finished(struct apply *apply, struct fail *fail)
{
	const char *state = journal_get(apply->tool.journal, "state");
	const char *hex = journal_get(apply->tool.journal, "key_id");
	const char *base64 = journal_get(apply->tool.journal, "certificate");
	uint8_t id[P11_ID_LEN];
	size_t id_len;
	CLEANUP(free_p) uint8_t *der = NULL;
	struct p11_cert cert = { .id = id };
	bool present;

	if (!state || strcmp(state, "done") != 0 || !hex || !base64)
		return true;
	if (!text_unhex(hex, id, sizeof id, &id_len) || !text_unbase64(base64, &der, &cert.der_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	cert.der = der;
	cert.id_len = id_len;
	if (!p11_cert_present(apply->tool.session, &cert, &present, fail))
		return false;
	if (!present)
		return true;
	return fail_set(fail, FAIL_NOTHING_TO_DO,
		_("the certificate of account %s is on card %s already"), apply->tool.account,
		apply->tool.token.serial);
}

/* --force: begin anew, but remember which password counts. */
static bool forget(struct apply *apply, struct fail *fail)
{
	const char *change = journal_get(apply->tool.journal, "password_change");
	CLEANUP(free_p) char *kept = change ? strdup(change) : NULL;

	return journal_forget(apply->tool.journal, fail) &&
	       tool_record(&apply->tool, "password_change", kept, fail);
}

bool apply_step_journal(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->tool.dry_run) {
		term_note(&apply->tool.term,
			_("Everything is ready. Nothing was changed (--dry-run)."));
		return true;
	}
	if (!tool_ask_account(&apply->tool, fail) ||
		!tool_open_journal(&apply->tool, "apply", apply->tool.token.serial, fail))
		return false;
	if (apply->tool.force)
		return forget(apply, fail);
	if (!check_finished(apply, fail))
		return false;
	apply->resumed = journal_get(apply->tool.journal, "key_id") != NULL;
	if (apply->resumed)
		term_note(&apply->tool.term, _("An earlier run had begun; going on with it."));
	return true;
}
