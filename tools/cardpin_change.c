/* SPDX-License-Identifier: Apache-2.0 */
/* A new PIN in exchange for the old one; the RA is not needed. */
#include <string.h>

#include "cardpin.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/p11_pin.h"
#include "lib/pick.h"
#include "lib/pin.h"
#include "lib/scope.h"

bool cardpin_ask_new(struct cardpin *cardpin, struct pin **ret, struct fail *fail)
{
	static const struct tool_new what = { CONF_NEW_PIN_SOURCE, N_("New card PIN: "),
		"--new-pin-source", FAIL_NEW_PIN_UNEQUAL };
	struct tool *tool = &cardpin->tool;
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!tool_new_secret(tool, &what, &new, fail))
		return false;
	size_t len = pin_len(new);
	if (len < tool->token.pin_min || (tool->token.pin_max && len > tool->token.pin_max))
		return fail_set(fail, FAIL_PIN_LENGTH,
			_("the new PIN must have %lu to %lu characters"), tool->token.pin_min,
			tool->token.pin_max);
	*ret = TAKE(new);
	return true;
}

/* Old PIN, new PIN, one try at the card. */
static bool change_once(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	CLEANUP(pin_free_p) struct pin *old = NULL;
	CLEANUP(pin_free_p) struct pin *new = NULL;
	const bool keypad = card_keypad(tool) && !conf_get(&tool->conf, CONF_NEW_PIN_SOURCE);

	if (!card_guard(tool, fail))
		return false;
	if (keypad)
		term_note(&tool->term,
			_("Enter on the reader: the card PIN now, the new card PIN, and the new "
			  "one again."));
	else if (!tool_secret(
			 tool, CONF_PIN_SOURCE, _("Card PIN now: "), "--pin-source", &old, fail) ||
		 !cardpin_ask_new(cardpin, &new, fail))
		return false;
	if (!keypad && pin_equal(old, new))
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("the new PIN is the old one"));
	if (!interrupt_check(fail) || !card_same(tool, fail))
		return false;
	bool ok = p11_change_pin(tool->session, old, new, fail);
	card_tried(tool, ok ? NULL : fail);
	return ok;
}

bool cardpin_change(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;

	if (!pick_card(tool, PICK_READ_ONLY, fail))
		return false;
	if (tool->dry_run)
		return true;
	while (!change_once(cardpin, fail)) {
		bool again = fail->code == FAIL_PIN_WRONG || fail->code == FAIL_PIN_LENGTH ||
			     fail->code == FAIL_NEW_PIN_UNEQUAL;
		if (!again || tool->term.no_input || conf_get(&tool->conf, CONF_PIN_SOURCE) ||
			conf_get(&tool->conf, CONF_NEW_PIN_SOURCE))
			return false;
		tool_warn(tool, fail);
		*fail = (struct fail)FAIL_INIT;
		if (!interrupt_check(fail))
			return false;
	}
	*fail = (struct fail)FAIL_INIT;
	cardpin->done = tool->profile && strcmp(tool->profile->site, "post") == 0
				? C_("post", "Card PIN change completed.")
				: _("Card PIN change completed.");
	return true;
}
