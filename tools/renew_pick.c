/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the certificate that is to be renewed, and the record of a renewal that was begun. */
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/pick.h"
#include "lib/scope.h"
#include "lib/text.h"
#include "lib/which.h"
#include "renew.h"

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

static bool pick_identity(struct apply *apply, struct fail *fail)
{
	struct tool *tool = &apply->tool;

	if (!pick_card(tool, PICK_SOFT | PICK_QUIETLY | (apply->check ? PICK_READ_ONLY : 0), fail))
		return false;
	const char *reader = tool->token.reader;
	bool named = strncmp(reader, IDENTITY_SLOT, strlen(IDENTITY_SLOT)) == 0;
	snprintf(apply->identity, sizeof apply->identity, "%s",
		named ? reader + strlen(IDENTITY_SLOT) : "");
	return named || fail_set(fail, FAIL_CARD_UNKNOWN, "%s", reader);
}

bool renew_step_carrier(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->carrier == RA_FILE)
		return pick_identity(apply, fail);
	return pick_card(&apply->tool, apply->check ? PICK_QUIETLY | PICK_READ_ONLY : 0, fail);
}

/* A login by card names no account; the card is enough. */
bool renew_step_journal(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *card = apply->carrier == RA_CARD ? apply->tool.token.serial : TOOL_FILES;

	if (!apply->tool.site.card_login && !tool_ask_account(&apply->tool, fail))
		return false;
	if (!tool_open_journal(&apply->tool, "renew", card, fail))
		return false;
	if (apply->tool.force && !journal_forget(apply->tool.journal, fail))
		return false;
	apply->resumed = renew_is_open(apply) && tool_recorded(&apply->tool, "key_id");
	apply->old.ordered = apply->resumed && tool_recorded(&apply->tool, "order_url");
	if (apply->resumed)
		term_note(&apply->tool.term, _("An earlier run had begun; going on with it."));
	return true;
}

bool renew_is_open(const struct apply *apply)
{
	const char *state = tool_recorded(&apply->tool, "state");

	return tool_recorded(&apply->tool, "old_id") &&
	       tool_recorded(&apply->tool, "old_certificate") &&
	       (tool_recorded(&apply->tool, "key_id") ||
		       tool_recorded(&apply->tool, "payment_key")) &&
	       (!state || strcmp(state, "done") != 0);
}

static char *common_name(const X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const X509_NAME_ENTRY *entry = at >= 0 ? X509_NAME_get_entry(subject, at) : NULL;
	unsigned char *utf8 = NULL;
	int len = entry ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
	char *name = len >= 0 ? strndup((const char *)utf8, (size_t)len) : NULL;

	OPENSSL_free(utf8);
	return name;
}

bool renew_take(struct apply *apply, struct p11_own *own, struct fail *fail)
{
	struct renewed *old = &apply->old;
	const unsigned char *next = own->der;
	CLEANUP(x509_free_p) X509 *cert = d2i_X509(NULL, &next, (long)own->der_len);
	const struct chain_cert whole = { .der = own->der, .len = own->der_len };

	free(old->own.der);
	free(old->sha256);
	free(old->identifier);
	chain_text_clear(&old->text);
	old->own = *own;
	own->der = NULL;
	old->sha256 = NULL;
	old->identifier = cert ? common_name(cert) : NULL;
	if (!old->identifier)
		return fail_set(fail, FAIL_CERT_SUBJECT, NULL);
	if (!chain_describe(&whole, &old->text, fail))
		return false;
	old->sha256 = strdup(old->text.sha256);
	return old->sha256 || fail_set(fail, FAIL_MEMORY, NULL);
}

/* What the record says, whether it is still on the carrier or not. */
static bool take_recorded(struct apply *apply, struct fail *fail)
{
	struct p11_own own = { 0 };
	CLEANUP(free_p) uint8_t *der = NULL;

	if (!text_unhex(
		    tool_recorded(&apply->tool, "old_id"), own.id, sizeof own.id, &own.id_len) ||
		!text_unbase64(tool_recorded(&apply->tool, "old_certificate"), &der, &own.der_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	own.der = TAKE(der);
	return renew_take(apply, &own, fail);
}

struct candidate {
	struct p11_own *own;
	time_t not_after;
};

/* Is it the one that --select names? */
static bool is_selected(
	const struct apply *apply, const struct which *which, const struct p11_own *own)
{
	const struct chain_cert whole = { .der = own->der, .len = own->der_len };
	CLEANUP(chain_text_clear) struct chain_text text = { 0 };
	struct fail ignored = FAIL_INIT;

	if (!apply->select)
		return true;
	return chain_describe(&whole, &text, &ignored) &&
	       which_is(which, &(struct which_cert){ .serial = text.serial,
				       .sha256 = text.sha256,
				       .token = &apply->tool.token,
				       .label = own->label,
				       .id = own->id,
				       .id_len = own->id_len });
}

/* The URIs of those that --select fits; always false. */
static bool ambiguous(
	const struct apply *apply, const struct candidate *list, size_t count, struct fail *fail)
{
	struct which_cert names[P11_FIND_MAX] = { 0 };
	bool fits[P11_FIND_MAX];

	for (size_t i = 0; i < count; i++) {
		names[i].token = &apply->tool.token;
		names[i].id = list[i].own->id;
		names[i].id_len = list[i].own->id_len;
		fits[i] = true;
	}
	return which_several(names, fits, count, fail);
}

static int latest_first(const void *a, const void *b)
{
	time_t first = ((const struct candidate *)a)->not_after;
	time_t second = ((const struct candidate *)b)->not_after;

	return first > second ? -1 : first < second;
}

/* The first that the RA knows: other sites' certificates may be beside it. */
static bool take_first_known(
	struct apply *apply, struct candidate *list, size_t count, struct fail *fail)
{
	for (size_t i = 0; i < count; i++) {
		if (!renew_take(apply, list[i].own, fail))
			return false;
		if (ra_renewal_info(apply->tool.ra, apply->old.sha256, &apply->old.info, fail))
			return true;
		if (strcmp(fail->type, "not-found") != 0)
			return false;
	}
	return fail_set(fail, FAIL_NOTHING_TO_DO, "%s",
		count ? _("the RA knows no certificate that is here")
		      : _("there is no certificate to renew here"));
}

static bool choose(struct apply *apply, struct p11_own *own, size_t count, struct fail *fail)
{
	struct candidate list[P11_FIND_MAX];
	struct which which = { 0 };
	size_t kept = 0;

	if (apply->select && !which_read(apply->select, &which, fail))
		return false;
	for (size_t i = 0; i < count; i++)
		if (is_selected(apply, &which, &own[i]) &&
			p11_own_signs(&own[i], &list[kept].not_after))
			list[kept++].own = &own[i];
	if (apply->select && kept > 1)
		return ambiguous(apply, list, kept, fail);
	qsort(list, kept, sizeof list[0], latest_first);
	return take_first_known(apply, list, kept, fail);
}

static bool record(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *id = text_hex(apply->old.own.id, apply->old.own.id_len);
	CLEANUP(free_p)
	char *certificate = text_base64(apply->old.own.der, apply->old.own.der_len);

	const char *change = tool_recorded(&apply->tool, "password_change");
	CLEANUP(free_p) char *kept = change ? strdup(change) : NULL;

	if (!id || !certificate)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return journal_forget(apply->tool.journal, fail) &&
	       journal_set(apply->tool.journal, "password_change", kept, fail) &&
	       journal_set(apply->tool.journal, "old_id", id, fail) &&
	       journal_set(apply->tool.journal, "identity",
		       apply->identity[0] ? apply->identity : NULL, fail) &&
	       tool_record(&apply->tool, "old_certificate", certificate, fail);
}

bool renew_step_select(void *context, struct fail *fail)
{
	struct apply *apply = context;
	CLEANUP(free_p) struct p11_own *own = calloc(P11_FIND_MAX, sizeof *own);
	size_t count;

	if (renew_is_open(apply))
		return take_recorded(apply, fail) &&
		       ra_renewal_info(apply->tool.ra, apply->old.sha256, &apply->old.info, fail);
	if (!own)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!p11_own_certs(apply->tool.session, own, &count, fail))
		return false;
	bool ok = choose(apply, own, count, fail);
	p11_own_clear(own, count);
	return ok;
}

bool renew_step_window(void *context, struct fail *fail)
{
	static const char *const refusals[RA_WINDOWS] = {
		[RA_NOT_ACTIVATED] = N_("the certificate has not been activated"),
		[RA_SUSPENDED] = N_("the certificate is suspended"),
		[RA_REVOKED] = N_("the certificate is revoked"),
	};
	struct apply *apply = context;
	const struct ra_renewal_info *info = &apply->old.info;

	term_title(&apply->tool.term, _("Certificate to be renewed"));
	term_field(&apply->tool.term, _("Subject"), apply->old.text.subject);
	term_field(&apply->tool.term, _("Serial number"), apply->old.text.serial);
	term_field(&apply->tool.term, _("Valid until"), apply->old.text.not_after);
	if (apply->old.ordered)
		return true;
	switch (info->window) {
	case RA_OPEN:
		if (apply->check || apply->tool.dry_run)
			return true;
		return renew_is_open(apply) || record(apply, fail);
	case RA_EARLY:
		return fail_set(fail, FAIL_NOT_DUE, _("renewal opens on %s; it is valid until %s"),
			info->window_opens, info->not_after);
	case RA_EXPIRED_CERT:
		return fail_set(fail, FAIL_EXPIRED, "%s", _(apply->manner->expired));
	case RA_NOT_ACTIVATED:
	case RA_SUSPENDED:
	case RA_REVOKED:
	case RA_WINDOWS:
		break;
	}
	return fail_set(fail, FAIL_RA_REFUSED, "%s", _(refusals[info->window]));
}
