/* SPDX-License-Identifier: Apache-2.0 */
/* Presents the chosen card to the RA, and proves with its key that it is there. */
#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "card.h"
#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "tool.h"

bool verify_present(struct tool *tool, struct fail *fail)
{
	if (!card_same(tool, fail))
		return false;
	ra_release(&tool->card.owner);
	if (tool->ra->ops->card(tool->ra, tool->token.serial, NULL, &tool->card, fail))
		return true;
	if (fail->code == FAIL_CARD_WRONG && !fail->detail[0])
		return fail_set(fail, FAIL_CARD_WRONG,
			_("card %s is not registered for account %s"), tool->token.serial,
			tool->account);
	return false;
}

/* The new key signs the RA's challenge: the card that holds the certified key is in the reader. */
bool verify_prove(
	struct tool *tool, const char *order_url, const struct p11_key *key, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;
	CLEANUP(free_p) uint8_t *signature = NULL;
	size_t len;

	ra_release(&tool->card.owner);
	if (!card_same(tool, fail) ||
		!tool->ra->ops->card(tool->ra, tool->token.serial, order_url, &tool->card, fail))
		return false;
	if (!tool->card.challenge)
		return true;
	if (strcasecmp(tool->card.card_serial, tool->token.serial) != 0)
		return fail_set(fail, FAIL_RA_REPLY, _("the RA speaks of another card"));
	if (asprintf(&text, "twca-card-verification:1:%s:%s:%s", tool->card.id,
		    tool->card.card_serial, tool->card.challenge) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!p11_key_sign(tool->session, key, (const uint8_t *)text, strlen(text), &signature, &len,
		    fail) ||
		!tool->ra->ops->answer(tool->ra, &tool->card, signature, len, fail))
		return false;
	term_note(&tool->term, _("Card verification succeeded."));
	return true;
}
