/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how an application or a renewal ended. */
#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/uri.h"

static json_t *card_json(const struct apply *apply)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "serial", apply->tool.token.serial, "label",
		apply->tool.token.label, "model", apply->tool.token.model, "reader",
		apply->tool.token.reader);
}

static json_t *certificate_json(const struct apply *apply, const struct apply_cert *cert)
{
	CLEANUP(free_p)
	char *uri = uri_of_object(&apply->tool.token, cert->key.id, P11_ID_LEN, "cert");
	CLEANUP(free_p)
	char *key = uri_of_object(&apply->tool.token, cert->key.id, P11_ID_LEN, "private");
	const struct chain_text *text = &cert->text;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "profile",
		cert->profile->id, "serial", text->serial, "subject", text->subject, "issuer",
		text->issuer, "not_before", text->not_before, "not_after", text->not_after,
		"sha256", text->sha256, "uri", uri, "key_uri", key);
}

static json_t *certificates_json(const struct apply *apply)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < apply->count; i++)
		json_array_append_new(list, certificate_json(apply, &apply->certs[i]));
	return list;
}

static json_t *old_json(const struct apply *apply)
{
	const struct renewed *old = &apply->old;

	return json_pack("{s:s*, s:s*, s:s*, s:s*, s:b}", "serial", old->text.serial, "sha256",
		old->sha256, "not_after", old->text.not_after, "window_opens",
		old->info.window_opens, "due", old->info.window == RA_OPEN && old->info.owner);
}

/* How far the job is: what a program has to know to go on. */
static const char *state_of(const struct apply *apply)
{
	if (apply->batch)
		return "batch";
	if (apply->tool.dry_run)
		return "checked";
	if (apply->tidy)
		return "tidied";
	if (apply->check)
		return "due";
	if (!apply->later)
		return "installed";
	return apply->order.state == RA_AWAITING_ACTIVATION ? "activation-needed"
							    : "download-needed";
}

/* The advice that follows, each a sentence. */
static json_t *advice_json(const struct apply *apply)
{
	json_t *list = json_array();

	if (apply->later)
		json_array_append_new(list, json_string(_(apply->manner->later)));
	for (size_t i = 0; !apply->later && i < 3 && apply->manner->advice[i]; i++)
		json_array_append_new(list, json_string(_(apply->manner->advice[i])));
	return list;
}

json_t *apply_members(void *context, const struct fail *fail)
{
	const struct apply *apply = context;
	bool ok = fail->code == FAIL_NONE;
	bool done = ok && !apply->tool.dry_run && !apply->check && !apply->batch && !apply->tidy;
	json_t *object = json_pack("{s:s, s:s*, s:b, s:b, s:s*, s:s*}", "site",
		apply->tool.profile ? apply->tool.profile->site : "", "account",
		apply->tool.account, "resumed", apply->resumed, "dry_run", apply->tool.dry_run,
		"step", ok ? NULL : apply->step, "state", ok ? state_of(apply) : NULL);

	if (object && apply->superseded)
		json_object_set(object, "superseded", apply->superseded);
	if (object && apply->report)
		json_object_set(object, "batch", apply->report);
	if (object && apply->tool.token.serial[0])
		json_object_set_new(object, "card", card_json(apply));
	if (object && apply->old.sha256)
		json_object_set_new(object, "renews", old_json(apply));
	if (object && done && !apply->later) {
		json_object_set_new(
			object, "certificate", certificate_json(apply, &apply->certs[0]));
		json_object_set_new(object, "certificates", certificates_json(apply));
	}
	if (object && done)
		json_object_set_new(object, "next", advice_json(apply));
	return object;
}

static void print_certificate(const struct apply *apply, const struct apply_cert *cert)
{
	CLEANUP(free_p)
	char *uri = uri_of_object(&apply->tool.token, cert->key.id, P11_ID_LEN, "private");

	out_field(_("Subject"), cert->text.subject);
	out_field(_("Issuer"), cert->text.issuer);
	out_field(_("Serial number"), cert->text.serial);
	out_field(_("Valid from"), cert->text.not_before);
	out_field(_("Valid until"), cert->text.not_after);
	out_field(_("Key"), uri ? uri : "");
}

/* The sentences with which the site says that it is done. */
static void print_done(const struct apply *apply)
{
	const struct apply_manner *manner = apply->manner;

	switch (apply->mode) {
	case APPLY_NEW:
		out_text(_(manner->done));
		return;
	case APPLY_RENEW:
		for (size_t i = 0; i < 2 && manner->renewed[i]; i++)
			out_text(_(manner->renewed[i]));
		return;
	case APPLY_DOWNLOAD:
	case APPLY_REDOWNLOAD:
	case APPLY_ACTIVATE:
		out_text(_(apply->again ? manner->fetched_again : manner->fetched));
		if (apply->mode == APPLY_ACTIVATE && manner->activated)
			out_text(_(manner->activated));
		return;
	}
}

void apply_print(void *context)
{
	const struct apply *apply = context;

	if (apply->tool.dry_run || apply->batch)
		return;
	if (apply->tidy) {
		out_text(_("Superseded certificates were removed."));
		return;
	}
	if (apply->check) {
		out_text(_("The certificate is due for renewal."));
		out_field(_("Subject"), apply->old.text.subject);
		out_field(_("Valid until"), apply->old.text.not_after);
		return;
	}
	if (apply->later) {
		out_text(_(apply->manner->later));
		out_field(_("Status"), ra_state_text(apply->order.state));
		return;
	}
	print_done(apply);
	for (size_t i = 0; i < apply->count; i++)
		print_certificate(apply, &apply->certs[i]);
	for (size_t i = 0; i < 3 && apply->manner->advice[i]; i++)
		out_text(_(apply->manner->advice[i]));
}
