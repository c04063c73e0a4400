/* SPDX-License-Identifier: Apache-2.0 */
/* The chosen card: is it still there, and its PIN. */
#include "card.h"

#include <string.h>
#include <time.h>

#include "fail.h"
#include "i18n.h"
#include "interrupt.h"
#include "pin.h"
#include "scope.h"
#include "tool.h"

#define NOTICE_TRIES 10 /* times NOTICE_MS until pcscd has seen that the card is out */
#define NOTICE_MS 150L

bool card_same(struct tool *tool, struct fail *fail)
{
	struct p11_token now;

	if (!p11_token(tool->p11, tool->token.slot, &now, fail))
		return false;
	if (strcmp(now.serial, tool->token.serial) != 0)
		return fail_set(fail, FAIL_CARD_WRONG,
			_("card %s was chosen, card %s is in the reader"), tool->token.serial,
			now.serial);
	return true;
}

void card_look(struct tool *tool, struct fail *fail)
{
	struct fail now = FAIL_INIT;

	if (fail->code != FAIL_CARD_ERROR)
		return;
	for (unsigned i = 0; tool->token.serial[0] && i < NOTICE_TRIES; i++) {
		if (!card_same(tool, &now) &&
			(now.code == FAIL_NO_CARD || now.code == FAIL_NO_READER)) {
			fail_set(fail, FAIL_CARD_REMOVED, "%s", tool->token.reader);
			return;
		}
		nanosleep(&(struct timespec){ .tv_nsec = NOTICE_MS * 1000000 }, NULL);
	}
}

bool card_guard(struct tool *tool, struct fail *fail)
{
	int tries = p11_tries_left(tool->session);

	if (tries == 0)
		return fail_set(fail, FAIL_PIN_LOCKED, NULL);
	if (tries != 1)
		return true;
	term_warn(&tool->term, _("Only one try is left. A wrong PIN locks the card."));
	if (conf_get(&tool->conf, CONF_PIN_SOURCE) && !tool->force) {
		fail_set(fail, FAIL_PIN_LAST_TRY, NULL);
		fail->tries_left = 1;
		return false;
	}
	return true;
}

bool card_keypad(const struct tool *tool)
{
	return (tool->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) &&
	       !conf_get(&tool->conf, CONF_PIN_SOURCE);
}

/* One prompt is one try at the card. */
static bool log_in_once(struct tool *tool, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *pin = NULL;

	if (!card_guard(tool, fail))
		return false;
	if (card_keypad(tool))
		term_note(&tool->term, _("Enter the card PIN on the reader."));
	else if (!tool_secret(tool, CONF_PIN_SOURCE, _("Card PIN: "), "--pin-source", &pin, fail))
		return false;
	return card_same(tool, fail) && p11_login(tool->session, pin, fail);
}

bool card_login(struct tool *tool, struct fail *fail)
{
	while (!log_in_once(tool, fail)) {
		if ((fail->code != FAIL_PIN_WRONG && fail->code != FAIL_PIN_LENGTH) ||
			conf_get(&tool->conf, CONF_PIN_SOURCE) || tool->term.no_input)
			return false;
		tool_warn(tool, fail);
		fail->tries_left = -1;
		if (!interrupt_check(fail))
			return false;
	}
	*fail = (struct fail)FAIL_INIT; /* nothing of tries before */
	return true;
}
