/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how the application ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/uri.h"

static json_t *card_json(const struct apply *apply)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "serial", apply->token.serial, "label",
		apply->token.label, "model", apply->token.model, "reader", apply->token.reader);
}

static json_t *certificate_json(const struct apply *apply)
{
	CLEANUP(free_p)
	char *cert = uri_of_object(&apply->token, apply->key.id, P11_ID_LEN, "cert");
	CLEANUP(free_p)
	char *key = uri_of_object(&apply->token, apply->key.id, P11_ID_LEN, "private");
	const struct chain_text *text = &apply->text;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "serial", text->serial,
		"subject", text->subject, "issuer", text->issuer, "not_before", text->not_before,
		"not_after", text->not_after, "sha256", text->sha256, "uri", cert, "key_uri", key);
}

static json_t *members(const struct apply *apply, const char *step, bool done)
{
	json_t *object = json_pack("{s:s, s:s*, s:b, s:b, s:s*}", "site",
		apply->profile ? apply->profile->site : "", "account", apply->account, "resumed",
		apply->resumed, "dry_run", apply->options.dry_run, "step", step);

	if (object && apply->token.serial[0])
		json_object_set_new(object, "card", card_json(apply));
	if (object && done)
		json_object_set_new(object, "certificate", certificate_json(apply));
	if (object && done)
		json_object_set_new(object, "next", json_string(_(apply->profile->next_step)));
	return object;
}

static void print_success(const struct apply *apply)
{
	CLEANUP(free_p)
	char *uri = uri_of_object(&apply->token, apply->key.id, P11_ID_LEN, "private");

	if (apply->term.quiet)
		return;
	out_text(_("Application completed."));
	out_field(_("Subject"), apply->text.subject);
	out_field(_("Issuer"), apply->text.issuer);
	out_field(_("Serial number"), apply->text.serial);
	out_field(_("Valid from"), apply->text.not_before);
	out_field(_("Valid until"), apply->text.not_after);
	out_field(_("Key"), uri ? uri : "");
	out_text(_(apply->profile->next_step));
}

void apply_warn(const struct apply *apply, const struct fail *fail)
{
	CLEANUP(free_p) char *message = strdup(fail_message(fail->code));

	if (!message)
		return;
	if (message[0] >= 'a' && message[0] <= 'z')
		message[0] = (char)(message[0] - 'a' + 'A');
	/* TRANSLATORS: a message as a sentence of its own, with its full stop */
	term_warn(&apply->term, _("%s."), message);
	if (fail->tries_left >= 0)
		term_warn(&apply->term, _("Tries left: %d"), fail->tries_left);
	if (*fail_advice(fail->code))
		term_warn(&apply->term, "%s", fail_advice(fail->code));
}

int apply_report(struct apply *apply, const char *step, const struct fail *fail)
{
	bool ok = fail->code == FAIL_NONE;
	bool done = ok && !apply->options.dry_run;

	if (!ok)
		out_failure("twca-apply", fail);
	if (apply->options.json) {
		CLEANUP(json_decref_p)
		json_t *document =
			out_document("twca-apply", fail, members(apply, ok ? NULL : step, done));
		if (!out_print(document))
			return fail_exit(FAIL_SYSTEM);
	} else if (done) {
		print_success(apply);
	}
	return fail_exit(fail->code);
}
