/* SPDX-License-Identifier: Apache-2.0 */
/* Proves to the RA that this card is the account's; no PIN is needed, for it may be locked. */
#include "cardpin.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/login.h"
#include "lib/pick.h"

bool cardpin_present(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	const struct pin *password = NULL;

	if (!login_ready(tool, fail))
		return false;
	if (tool->site.card_management_password) {
		if (!login_password(tool, fail))
			return false;
		password = tool->password;
	}
	if (!card_same(tool, fail))
		return false;
	ra_release(&tool->card.owner);
	if (!ra_puk_verify(tool->ra, tool->token.serial, password, &tool->card, fail)) {
		if (fail->code == FAIL_CARD_WRONG)
			fail_set(fail, FAIL_CARD_WRONG,
				_("card %s is not registered for account %s"), tool->token.serial,
				tool->account);
		return false;
	}
	return true;
}

bool cardpin_verify(struct cardpin *cardpin, struct fail *fail)
{
	if (!pick_card(&cardpin->tool, PICK_READ_ONLY, fail) || !cardpin_present(cardpin, fail))
		return false;
	cardpin->done = _("Card verification succeeded.");
	return true;
}
