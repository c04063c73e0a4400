/* SPDX-License-Identifier: Apache-2.0 */
/* Checks module, RA and carrier, opens the record of the job. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply_match.h"
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

bool apply_plan(struct apply *apply, enum ra_carrier carrier, struct fail *fail)
{
	const struct ra_site *site = &apply->tool.site;

	apply->carrier = carrier;
	apply->count = 0;
	apply->manner = apply_manner_find(apply->tool.profile->site, carrier);
	for (size_t i = 0; i < site->profile_count && apply->count < RA_CERTS_MAX; i++)
		if (site->profiles[i].carrier == carrier)
			apply->certs[apply->count++].profile = &site->profiles[i];
	if (apply->manner && apply->count)
		return true;
	return fail_set(fail, FAIL_USAGE,
		carrier == RA_CARD ? _("this site has no certificates on cards")
				   : _("this site has no certificates in files"));
}

/* --carrier, else what file names say, else what the site has. */
static bool choose_carrier(struct apply *apply, enum ra_carrier *ret, struct fail *fail)
{
	const struct ra_site *site = &apply->tool.site;
	bool card = false;

	for (size_t i = 0; i < site->profile_count; i++)
		card = card || site->profiles[i].carrier == RA_CARD;
	*ret = card && !apply->sign_file && !apply->enc_file ? RA_CARD : RA_FILE;
	if (!apply->carrier_name)
		return true;
	*ret = strcmp(apply->carrier_name, "file") == 0 ? RA_FILE : RA_CARD;
	return *ret == RA_FILE || strcmp(apply->carrier_name, "card") == 0 ||
	       fail_set(fail, FAIL_USAGE, _("--carrier is card or file, not %s"),
		       apply->carrier_name);
}

bool apply_step_ra(void *context, struct fail *fail)
{
	struct apply *apply = context;
	enum ra_carrier carrier;

	return tool_open_ra(&apply->tool, fail) && choose_carrier(apply, &carrier, fail) &&
	       apply_plan(apply, carrier, fail);
}

bool apply_step_card(void *context, struct fail *fail)
{
	struct apply *apply = context;

	return apply->carrier == RA_FILE || pick_card(&apply->tool, 0, fail);
}

/* A certificate that the record says was installed is still there, as far as can be seen without a
 * password. */
static bool recorded_present(
	struct apply *apply, size_t index, bool *ret_present, struct fail *fail)
{
	char name[APPLY_NAME_MAX];
	const char *hex = tool_recorded(&apply->tool, apply_name(name, "key_id", index));
	const char *base64 = tool_recorded(&apply->tool, apply_name(name, "certificate", index));
	uint8_t id[P11_ID_LEN];
	CLEANUP(free_p) uint8_t *der = NULL;
	struct p11_cert cert = { .id = id };

	*ret_present = false;
	if (!hex || !base64)
		return true;
	if (!text_unhex(hex, id, sizeof id, &cert.id_len) ||
		!text_unbase64(base64, &der, &cert.der_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	cert.der = der;
	return p11_cert_present(apply->tool.session, &cert, ret_present, fail);
}

/* The identity of an earlier run, for a look at its certificates. */
static bool look_into_identity(struct apply *apply, bool *ret_found, struct fail *fail)
{
	const char *name = tool_recorded(&apply->tool, "identity");

	*ret_found = false;
	if (!name)
		return true;
	snprintf(apply->identity, sizeof apply->identity, "%s", name);
	if (!apply_find_identity(apply, ret_found, fail) || !*ret_found)
		return *ret_found || fail->code == FAIL_NONE;
	return p11_session_open(
		apply->tool.p11, apply->tool.token.slot, &apply->tool.session, fail);
}

/* --force: begin anew, but remember which password counts. */
static bool forget(struct apply *apply, struct fail *fail)
{
	const char *change = journal_get(apply->tool.journal, "password_change");
	CLEANUP(free_p) char *kept = change ? strdup(change) : NULL;

	return journal_forget(apply->tool.journal, fail) &&
	       tool_record(&apply->tool, "password_change", kept, fail);
}

/* Has what was applied for ended since? */
static bool is_over(struct apply *apply)
{
	CLEANUP(free_p) uint8_t *der = NULL;
	size_t len;

	return text_unbase64(tool_recorded(&apply->tool, "certificate"), &der, &len) &&
	       apply_is_over(apply, der, len);
}

/* An application that was finished, and whose certificates are still there, is not repeated. */
static bool check_finished(struct apply *apply, struct fail *fail)
{
	const char *state = tool_recorded(&apply->tool, "state");
	bool here = apply->carrier == RA_CARD;

	if (!state || strcmp(state, "done") != 0)
		return true;
	if (apply->mode == APPLY_NEW && is_over(apply)) {
		term_note(&apply->tool.term, _("The earlier certificate has expired or was "
					       "revoked; a new one is applied for."));
		return forget(apply, fail);
	}
	apply->again = true;
	if (apply->carrier == RA_FILE && !look_into_identity(apply, &here, fail))
		return false;
	for (size_t i = 0; here && i < apply->count; i++)
		if (!recorded_present(apply, i, &here, fail))
			return false;
	if (apply->carrier == RA_FILE)
		apply->tool.session = p11_session_close(apply->tool.session);
	if (!here || apply->mode == APPLY_REDOWNLOAD ||
		(apply->mode == APPLY_DOWNLOAD && apply->tool.force))
		return true;
	return apply->carrier == RA_CARD
		       ? fail_set(fail, FAIL_NOTHING_TO_DO,
				 _("the certificate of account %s is on card %s already"),
				 apply->tool.account, apply->tool.token.serial)
		       : fail_set(fail, FAIL_NOTHING_TO_DO,
				 _("the certificate of account %s is here already"),
				 apply->tool.account);
}

/* The rule of the same computer: what is to be fetched was ordered here. */
static bool check_same_computer(struct apply *apply, struct fail *fail)
{
	const struct tool *tool = &apply->tool;

	/* an order whose answer was lost is sent again */
	if (tool_recorded(tool, "key_id") &&
		(tool_recorded(tool, "order_url") || tool_recorded(tool, "order")))
		return true;
	return fail_set(fail, FAIL_NO_RECORD, _("account %s"), apply->tool.account);
}

/* What a renewal has ordered is fetched by the renewal. */
static bool check_renewal(struct apply *apply, const char *card, struct fail *fail)
{
	struct tool *tool = &apply->tool;

	if (apply->mode != APPLY_DOWNLOAD && apply->mode != APPLY_REDOWNLOAD)
		return true;
	if (!tool_open_journal(tool, "renew", card, fail))
		return false;
	const char *state = tool_recorded(tool, "state");
	bool begun = tool_recorded(tool, "key_id") && (!state || strcmp(state, "done") != 0);
	tool->journal = journal_close(tool->journal);
	return !begun || fail_set(fail, FAIL_NO_RECORD,
				 _("a renewal was begun here; go on with it: twca-renew"));
}

bool apply_step_journal(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *card = apply->carrier == RA_CARD ? apply->tool.token.serial : TOOL_FILES;

	/* what may be begun by anybody needs no account to be checked */
	if (apply->tool.dry_run && apply->mode == APPLY_NEW &&
		!conf_get(&apply->tool.conf, CONF_ACCOUNT))
		return true;
	if (!tool_ask_account(&apply->tool, fail) || !check_renewal(apply, card, fail) ||
		!tool_open_journal(&apply->tool, "apply", card, fail))
		return false;
	if (apply->mode != APPLY_NEW)
		return check_same_computer(apply, fail) && check_finished(apply, fail);
	if (apply->tool.force)
		return forget(apply, fail);
	if (!check_finished(apply, fail))
		return false;
	apply->resumed = journal_get(apply->tool.journal, "key_id") != NULL;
	if (apply->resumed)
		term_note(&apply->tool.term, _("An earlier run had begun; going on with it."));
	return true;
}
