/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the session of a renewal: by the card's present key where the site wants that, else by the
 * site password; and presents PIN or file password. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply_match.h"
#include "lib/captcha.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/login.h"
#include "lib/scope.h"
#include "lib/text.h"
#include "renew.h"

#define PICTURES_MAX 3 /* wrong pictures in a row before giving up */

bool renew_find_key(struct apply *apply, struct fail *fail)
{
	bool found;

	if (!p11_own_key(apply->tool.session, &apply->old.own, &apply->old.key, &found, fail))
		return false;
	apply->old.key.pin = apply->pin;
	card_key(&apply->tool, &apply->old.key);
	return found ||
	       fail_set(fail, FAIL_CARD_WRONG, _("the key of the certificate %s is not here"),
		       apply->old.text.serial);
}

static void login_clear(struct ra_card_login *login)
{
	ra_release(&login->owner);
}

/* Who answers the RA's challenge: the old key, or the new one as soon as its certificate is on the
 * card, since the receipt ends the old one and its answer may have been lost. */
struct answerer {
	const struct p11_key *key;
	char *sha256; /* of the certificate; free() */
};

static void answerer_clear(struct answerer *answerer)
{
	free(answerer->sha256);
}

static bool take_new(struct apply *apply, struct answerer *ret, struct fail *fail)
{
	CLEANUP(free_p) uint8_t *der = NULL;
	size_t len;
	bool found;

	if (!text_unbase64(tool_recorded(&apply->tool, "certificate"), &der, &len) ||
		!apply_sha256(der, len, &ret->sha256))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	if (!apply_load_key(apply, 0, &found, fail))
		return false;
	ret->key = &apply->certs[0].key;
	return found || fail_set(fail, FAIL_CARD_ERROR, _("the new key pair is not on the card"));
}

static bool take_answerer(struct apply *apply, struct answerer *ret, struct fail *fail)
{
	if (apply->resumed && tool_recorded(&apply->tool, "certificate"))
		return take_new(apply, ret, fail);
	ret->key = &apply->old.key;
	ret->sha256 = strdup(apply->old.sha256);
	return ret->sha256 ? renew_find_key(apply, fail) : fail_set(fail, FAIL_MEMORY, NULL);
}

static bool answer(struct apply *apply, const struct ra_card_login *login, struct fail *fail)
{
	CLEANUP(answerer_clear) struct answerer answerer = { 0 };
	struct ra_card_proof proof = { 0 };
	CLEANUP(free_p) char *text = NULL;
	CLEANUP(free_p) uint8_t *signature = NULL;

	if (asprintf(&text, "twca-card-login:1:%s:%s:%s", login->id, login->identifier,
		    login->challenge) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!take_answerer(apply, &answerer, fail) ||
		!p11_key_sign(apply->tool.session, answerer.key, (const uint8_t *)text,
			strlen(text), &signature, &proof.len, fail))
		return false;
	proof.sha256 = answerer.sha256;
	proof.signature = signature;
	if (ra_card_login(apply->tool.ra, login, &proof, fail))
		return true;
	if (fail->code == FAIL_CARD_WRONG)
		snprintf(fail->detail, sizeof fail->detail,
			_("the key on card %s is not that of the certificate"),
			apply->tool.token.serial);
	return false;
}

static bool login_once(struct apply *apply, struct fail *fail)
{
	CLEANUP(ra_captcha_clear) struct ra_captcha captcha = { 0 };
	CLEANUP(login_clear) struct ra_card_login login = { 0 };
	CLEANUP(free_p) char *digits = NULL;

	if (!apply->tool.ra->ops->captcha(apply->tool.ra, &captcha, fail) ||
		!captcha_read(&apply->tool, &captcha, &digits, fail))
		return false;
	const struct ra_card_claim claim = { .unit = apply->tool.site.ra_unit,
		.identifier = apply->old.identifier,
		.captcha_id = captcha.id,
		.answer = digits };
	return ra_card_challenge(apply->tool.ra, &claim, &login, fail) &&
	       answer(apply, &login, fail);
}

/* Wrong pictures cost nothing: a new one, a few times. */
static bool login_by_card(struct apply *apply, struct fail *fail)
{
	for (unsigned i = 1;; i++) {
		if (login_once(apply, fail))
			return true;
		if ((fail->code != FAIL_CAPTCHA_WRONG && fail->code != FAIL_CAPTCHA_STALE) ||
			i == PICTURES_MAX)
			return false;
		tool_warn(&apply->tool, fail);
	}
}

bool renew_step_login(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->old.info.card_login)
		return login_open(&apply->tool, fail) && login_first_password(&apply->tool, fail);
	term_title(&apply->tool.term, _("Log in by card"));
	if (apply->tool.site.ra_unit)
		term_field(&apply->tool.term, _("RA unit"), apply->tool.site.ra_unit);
	term_field(&apply->tool.term, _("Identifier"), apply->old.identifier);
	term_warn(&apply->tool.term, _("More than three wrong entries lock the card."));
	return card_login(&apply->tool, fail) && login_by_card(apply, fail);
}

bool renew_step_pin(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->carrier == RA_FILE)
		return apply_open_file(apply, fail) && renew_find_key(apply, fail);
	if (apply->manner->announce)
		term_note(&apply->tool.term, "%s", _(apply->manner->announce));
	if (apply->old.info.card_login)
		return true;
	return apply_step_pin(apply, fail) && (apply->old.ordered || renew_find_key(apply, fail));
}

/* Where the manual asks a person for the PIN once more before the old key signs. */
bool renew_step_second_pin(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct tool *tool = &apply->tool;

	if (!apply->manner->second_pin || tool_recorded(tool, "order_url") ||
		conf_get(&tool->conf, CONF_PIN_SOURCE))
		return true;
	tool->session = p11_session_close(tool->session);
	if (!p11_session_open(tool->p11, tool->token.slot, &tool->session, fail))
		return false;
	term_title(&tool->term, _("IC card PIN verification"));
	if (!card_login(tool, fail) || !renew_find_key(apply, fail))
		return false;
	for (size_t i = 0; i < apply->count; i++) {
		bool found;
		if (!apply_load_key(apply, i, &found, fail))
			return false;
		if (!found)
			return fail_set(
				fail, FAIL_CARD_ERROR, _("the new key pair is not on the card"));
	}
	return true;
}
