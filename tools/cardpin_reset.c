/* SPDX-License-Identifier: Apache-2.0 */
/* A new PIN without the old one: the RA releases the card's PUK, the card gets another one in the
 * same step, and the RA is told. Until then both PUKs are kept by the RA, so that the same command
 * finishes the job wherever it was cut off. A PUK is never written to a file or shown. */
#include <string.h>

#include "cardpin.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/login.h"
#include "lib/p11_pin.h"
#include "lib/pick.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define AT_READER "reader" /* instead of a source: typed at the reader's keys */

static bool is_unlock(const struct cardpin *cardpin)
{
	return cardpin->tool.verb == CARDPIN_UNLOCK;
}

static void say_done(struct cardpin *cardpin)
{
	const struct conf_profile *profile = cardpin->tool.profile;
	bool post = profile && strcmp(profile->site, "post") == 0;

	cardpin->done = post && !is_unlock(cardpin) ? _("Card PIN reset completed.")
						    : _("Card unlocked and PIN reset.");
}

/* The last try of a PUK is not risked by a program. */
static bool guard_puk(struct cardpin *cardpin, struct fail *fail)
{
	struct p11_pin_state state;

	p11_pin_state(cardpin->tool.session, CKU_SO, &state);
	if (state.tries_left == 0)
		return fail_set(fail, FAIL_PUK_LOCKED, NULL);
	if (state.tries_left != 1 || cardpin->tool.force)
		return true;
	fail_set(fail, FAIL_PUK_WRONG, _("only one try is left, and it is not risked"));
	fail->tries_left = 1;
	return false;
}

/* Present the PUK that the card has: the old one, or the new one if an earlier run got that far. */
static bool present_puk(struct cardpin *cardpin, size_t *ret_which, struct fail *fail)
{
	for (size_t i = 0; i < 2; i++) {
		if (!guard_puk(cardpin, fail))
			return false;
		if (p11_login_puk(cardpin->tool.session, cardpin->change.puks[i], fail)) {
			*ret_which = i;
			*fail = (struct fail)FAIL_INIT;
			return true;
		}
		if (fail->code != FAIL_PUK_WRONG)
			return false;
	}
	return false;
}

struct writing {
	struct cardpin *cardpin;
	const struct pin *new;
	bool ok;
	struct fail fail;
};

/* All that is done on the card, in one piece. */
static void write_card(void *arg)
{
	struct writing *job = arg;
	struct cardpin *cardpin = job->cardpin;
	struct ra_puk_change *change = &cardpin->change;
	size_t which = 0;

	job->ok = present_puk(cardpin, &which, &job->fail) &&
		  p11_set_pin(cardpin->tool.session, job->new, &job->fail) &&
		  (which == 1 || p11_change_puk(cardpin->tool.session, change->puks[0],
					 change->new_puk, &job->fail));
	if (!job->ok && job->fail.code == FAIL_PIN_LENGTH && which == 0) {
		/* the card took the old PUK and refused the PIN: nothing has changed */
		struct fail ignored = FAIL_INIT;
		ra_puk_confirm(cardpin->tool.ra, change->confirm_url, false, &ignored);
	}
	if (job->ok)
		card_tried(&cardpin->tool, NULL);
	p11_logout(cardpin->tool.session);
}

static bool confirm(struct cardpin *cardpin, const char *url, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;

	if (!ra_puk_confirm(tool->ra, url, true, fail) ||
		!tool_record(tool, "confirm_url", NULL, fail) ||
		!tool_record(tool, "state", NULL, fail))
		return false;
	say_done(cardpin);
	return true;
}

/* Verified and released; the new PIN is asked for only now. */
static bool change_card(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	CLEANUP(pin_free_p) struct pin *new = NULL;
	struct writing job = { .cardpin = cardpin, .fail = FAIL_INIT };

	if (!cardpin_ask_new(cardpin, &new, fail) || !card_same(tool, fail) ||
		!tool_record(tool, "confirm_url", cardpin->change.confirm_url, fail) ||
		!tool_record(tool, "state", "begun", fail) || !interrupt_check(fail))
		return false;
	job.new = new;
	term_warn(&tool->term,
		_("Do not leave this screen and do not remove the card from the reader."));
	term_work(&tool->term, _("The card takes the new PIN"), write_card, &job);
	if (!job.ok) {
		*fail = job.fail;
		return false;
	}
	return tool_record(tool, "state", "changed", fail) &&
	       confirm(cardpin, cardpin->change.confirm_url, fail);
}

/* How many tries the PIN has, for the RA; a card that does not tell is asked about. */
static bool count_tries(struct cardpin *cardpin, int *ret, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	struct p11_pin_state state;
	bool yes;

	p11_pin_state(tool->session, CKU_USER, &state);
	*ret = state.tries_left;
	if (!is_unlock(cardpin)) {
		*ret = state.tries_left < 0 ? 0 : state.tries_left;
		return true;
	}
	if (state.tries_left > 0) {
		fail_set(fail, FAIL_PIN_NOT_LOCKED, NULL);
		fail->tries_left = state.tries_left;
		return false;
	}
	if (state.tries_left == 0)
		return true;
	*ret = 0;
	if (!term_confirm(&tool->term,
		    _("This card does not tell whether its PIN is locked. Is it locked?"), &yes,
		    fail))
		return false;
	return yes || fail_set(fail, FAIL_PIN_NOT_LOCKED, NULL);
}

/* PUK and new PIN: typed here, or (both stay NULL) to be typed at the reader. */
static bool ask_puk_and_new(
	struct cardpin *cardpin, struct pin **ret_puk, struct pin **ret_new, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;

	if (strcmp(conf_get(&tool->conf, CONF_PUK_SOURCE), AT_READER) != 0)
		return tool_secret(
			       tool, CONF_PUK_SOURCE, _("PUK: "), "--puk-source", ret_puk, fail) &&
		       cardpin_ask_new(cardpin, ret_new, fail);
	if (!card_keypad(tool))
		return fail_set(fail, FAIL_USAGE, _("this reader has no keys for PINs"));
	term_note(&tool->term, _("Enter on the reader: the PUK; then once more the PUK, the new "
				 "card PIN, and the new one again."));
	return true;
}

/* With --puk-source the person has the PUK, and it stays as it is. */
static bool reset_with_puk(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	CLEANUP(pin_free_p) struct pin *puk = NULL;
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!guard_puk(cardpin, fail) || !ask_puk_and_new(cardpin, &puk, &new, fail) ||
		!card_same(tool, fail) || !interrupt_check(fail))
		return false;
	bool ok = p11_login_puk(tool->session, puk, fail) && p11_set_pin(tool->session, new, fail);
	p11_logout(tool->session);
	if (ok) {
		card_tried(tool, NULL);
		say_done(cardpin);
	}
	return ok;
}

/* Would the RA authorise it? The card, its PIN and its PUK stay as they are. */
static bool ask_only(struct cardpin *cardpin, int tries, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;

	if (conf_get(&tool->conf, CONF_PUK_SOURCE))
		return true;
	if (!cardpin_present(cardpin, fail))
		return false;
	term_note(&tool->term, _("Card verification succeeded."));
	if (!ra_puk_ask(tool->ra, tool->card.id, is_unlock(cardpin), tries, fail))
		return false;
	term_note(&tool->term, _("The RA would authorise the new PIN."));
	return true;
}

bool cardpin_reset(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	int tries;

	if (!pick_card(tool, PICK_READ_ONLY, fail) || !count_tries(cardpin, &tries, fail))
		return false;
	if (tool->dry_run)
		return ask_only(cardpin, tries, fail);
	if (conf_get(&tool->conf, CONF_PUK_SOURCE))
		return reset_with_puk(cardpin, fail);
	if (!tool_open_ra(tool, fail) || !login_account(tool, fail) ||
		!tool_open_journal(tool, "pin", tool->token.serial, fail))
		return false;
	const char *state = tool_recorded(tool, "state");
	const char *url = tool_recorded(tool, "confirm_url");
	cardpin->resumed = state && url;
	if (cardpin->resumed && strcmp(state, "changed") == 0) {
		term_note(&tool->term,
			_("An earlier run had set the new PIN; only the RA is to be told."));
		return login_ready(tool, fail) && confirm(cardpin, url, fail);
	}
	if (cardpin->resumed)
		term_note(&tool->term, _("An earlier run had begun; going on with it."));
	if (!cardpin_present(cardpin, fail))
		return false;
	term_note(&tool->term, _("Card verification succeeded."));
	return ra_puk_change(tool->ra, tool->card.id, is_unlock(cardpin), tries, &cardpin->change,
		       fail) &&
	       change_card(cardpin, fail);
}
