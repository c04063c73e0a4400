/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how the application ended. */
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

static json_t *certificate_json(const struct apply *apply)
{
	CLEANUP(free_p)
	char *cert = uri_of_object(&apply->tool.token, apply->key.id, P11_ID_LEN, "cert");
	CLEANUP(free_p)
	char *key = uri_of_object(&apply->tool.token, apply->key.id, P11_ID_LEN, "private");
	const struct chain_text *text = &apply->text;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "serial", text->serial,
		"subject", text->subject, "issuer", text->issuer, "not_before", text->not_before,
		"not_after", text->not_after, "sha256", text->sha256, "uri", cert, "key_uri", key);
}

json_t *apply_members(void *context, const struct fail *fail)
{
	const struct apply *apply = context;
	bool ok = fail->code == FAIL_NONE;
	bool done = ok && !apply->tool.dry_run;
	json_t *object = json_pack("{s:s, s:s*, s:b, s:b, s:s*}", "site",
		apply->tool.profile ? apply->tool.profile->site : "", "account",
		apply->tool.account, "resumed", apply->resumed, "dry_run", apply->tool.dry_run,
		"step", ok ? NULL : apply->step);

	if (object && apply->tool.token.serial[0])
		json_object_set_new(object, "card", card_json(apply));
	if (object && done)
		json_object_set_new(object, "certificate", certificate_json(apply));
	if (object && done)
		json_object_set_new(object, "next", json_string(_(apply->tool.profile->next_step)));
	return object;
}

void apply_print(void *context)
{
	const struct apply *apply = context;
	CLEANUP(free_p)
	char *uri = uri_of_object(&apply->tool.token, apply->key.id, P11_ID_LEN, "private");

	if (apply->tool.dry_run)
		return;
	out_text(_("Application completed."));
	out_field(_("Subject"), apply->text.subject);
	out_field(_("Issuer"), apply->text.issuer);
	out_field(_("Serial number"), apply->text.serial);
	out_field(_("Valid from"), apply->text.not_before);
	out_field(_("Valid until"), apply->text.not_after);
	out_field(_("Key"), uri ? uri : "");
	out_text(_(apply->tool.profile->next_step));
}
