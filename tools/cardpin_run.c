/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one verb of twca-pin, and tells how it ended. */
#include "cardpin.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/out.h"

static bool (*const verbs[])(struct cardpin *cardpin, struct fail *fail) = {
	[CARDPIN_CHANGE] = cardpin_change,
	[CARDPIN_RESET] = cardpin_reset,
	[CARDPIN_UNLOCK] = cardpin_reset,
	[CARDPIN_VERIFY] = cardpin_verify,
	[CARDPIN_STATUS] = cardpin_status,
};

bool cardpin_run(void *context, struct fail *fail)
{
	struct cardpin *cardpin = context;

	/* change and status need no site, and work with the card of any */
	if (cardpin->tool.verb != CARDPIN_CHANGE && cardpin->tool.verb != CARDPIN_STATUS &&
		cardpin->tool.profile && !cardpin->tool.profile->card)
		return fail_set(fail, FAIL_USAGE, _("this site has no certificates on cards"));
	if (verbs[cardpin->tool.verb](cardpin, fail))
		return true;
	card_look(&cardpin->tool, fail);
	return false;
}

static json_t *card_json(const struct p11_token *token)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "serial", token->serial, "label", token->label,
		"model", token->model, "reader", token->reader);
}

json_t *cardpin_members(void *context, const struct fail *fail)
{
	static const char *const names[] = { "change", "reset", "unlock", "verify", "status" };
	struct cardpin *cardpin = context;
	const struct tool *tool = &cardpin->tool;
	json_t *object = json_pack("{s:s, s:s*, s:s*, s:b, s:b}", "command", names[tool->verb],
		"site", tool->profile ? tool->profile->site : NULL, "account", tool->account,
		"resumed", cardpin->resumed, "dry_run", tool->dry_run);

	if (object && tool->token.serial[0])
		json_object_set_new(object, "card", card_json(&tool->token));
	if (object && fail->code == FAIL_NONE && cardpin->cards)
		json_object_set(object, "cards", cardpin->cards);
	return object;
}

/* "2 of 3", "2", "locked" or "not told" */
static void print_tries(const char *name, const json_t *pin)
{
	const json_t *left = json_object_get(pin, "tries_left");
	const json_t *max = json_object_get(pin, "tries_max");
	char text[64];

	if (!pin)
		return;
	if (json_is_true(json_object_get(pin, "locked")))
		snprintf(text, sizeof text, "%s", _("locked"));
	else if (!json_is_integer(left))
		snprintf(text, sizeof text, "%s", _("the card does not tell"));
	else if (json_is_integer(max))
		snprintf(text, sizeof text, _("%d of %d"), (int)json_integer_value(left),
			(int)json_integer_value(max));
	else
		snprintf(text, sizeof text, "%d", (int)json_integer_value(left));
	out_field(name, text);
}

void cardpin_print(void *context)
{
	const struct cardpin *cardpin = context;
	size_t i;
	json_t *card;

	if (cardpin->done && !cardpin->tool.dry_run)
		out_text(cardpin->done);
	json_array_foreach(cardpin->cards, i, card)
	{
		out_text(json_string_value(json_object_get(card, "reader")));
		out_field(_("Card"), json_string_value(json_object_get(card, "serial")));
		out_field(_("Label"), json_string_value(json_object_get(card, "label")));
		print_tries(_("Tries left, PIN"), json_object_get(card, "pin"));
		print_tries(_("Tries left, PUK"), json_object_get(card, "puk"));
	}
}

void cardpin_clear(void *context)
{
	struct cardpin *cardpin = context;

	ra_puk_clear(&cardpin->change);
	json_decref(cardpin->cards);
}
