/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: verification of a card for PIN reset, release of its PUK. */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "json.h"
#include "pin.h"
#include "ra_json.h"
#include "ra_puk.h"
#include "scope.h"

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

bool ra_puk_verify(struct ra *base, const char *serial, const struct pin *password,
	struct ra_challenge *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_challenge card = { 0 };
	const char *url, *state;

	if (!ra_json_resource(of(base), "card_verifications", &url, fail))
		return false;
	json_t *body = json_pack("{s:s, s:s}", "purpose", "card_management", "card_serial", serial);
	if (body && password)
		json_object_set_new(
			body, "site_password", json_stringn(pin_text(password), pin_len(password)));
	if (!ra_json_post(of(base), url, body, &answer, fail) ||
		!json_get_text(answer, "id", &card.id, fail) ||
		!json_get_text(answer, "card_serial", &card.card_serial, fail) ||
		!json_get_text(answer, "state", &state, fail))
		return false;
	if (strcmp(state, "verified") != 0)
		return fail_set(fail, FAIL_RA_REPLY, _("the card was not verified"));
	card.owner = TAKE(answer);
	*ret = card;
	return true;
}

static struct pin *pin_of(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	struct pin *pin = len && len <= PIN_MAX ? pin_new() : NULL;

	if (pin) {
		memcpy(pin_buffer(pin), text, len);
		pin_filled(pin, len);
	}
	return pin;
}

static json_t *wish(const char *verification, bool unlock, int tries_left)
{
	return json_pack("{s:s, s:s, s:i}", "card_verification", verification, "kind",
		unlock ? "unlock" : "reset", "tries_left", tries_left);
}

bool ra_puk_ask(
	struct ra *base, const char *verification, bool unlock, int tries_left, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *body = wish(verification, unlock, tries_left);
	const char *url;

	if (!ra_json_resource(of(base), "puk_changes", &url, fail)) {
		json_decref(body);
		return false;
	}
	if (body)
		json_object_set_new(body, "dry_run", json_true());
	return ra_json_post(of(base), url, body, &answer, fail);
}

bool ra_puk_change(struct ra *base, const char *verification, bool unlock, int tries_left,
	struct ra_puk_change *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	CLEANUP(ra_puk_clear) struct ra_puk_change change = { 0 };
	const char *url, *confirm;
	json_t *puks;

	if (!ra_json_resource(of(base), "puk_changes", &url, fail))
		return false;
	if (!ra_json_post(of(base), url, wish(verification, unlock, tries_left), &answer, fail) ||
		!json_get_array(answer, "puks", &puks, fail) ||
		!json_get_text(answer, "confirm_url", &confirm, fail))
		return false;
	for (size_t i = 0; i < 2; i++)
		change.puks[i] = pin_of(json_string_value(json_array_get(puks, i)));
	change.new_puk = pin_of(json_text(answer, "new_puk"));
	change.confirm_url = strdup(confirm);
	if (!change.puks[0] || !change.puks[1] || !change.new_puk)
		return fail_set(fail, FAIL_RA_REPLY, _("a PUK is missing"));
	if (!change.confirm_url)
		return fail_set(fail, FAIL_MEMORY, NULL);
	*ret = change;
	memset(&change, 0, sizeof change);
	return true;
}

bool ra_puk_confirm(struct ra *base, const char *url, bool changed, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;

	return ra_json_post(of(base), url, json_pack("{s:b}", "changed", changed), &answer, fail);
}

void ra_puk_clear(struct ra_puk_change *change)
{
	pin_free(change->puks[0]);
	pin_free(change->puks[1]);
	pin_free(change->new_puk);
	free(change->confirm_url);
	memset(change, 0, sizeof *change);
}
