/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies the card, asks the PIN, makes the key pair on the card. */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/pin.h"
#include "lib/request.h"
#include "lib/scope.h"
#include "lib/text.h"

bool apply_same_card(struct apply *apply, struct fail *fail)
{
	struct p11_token now;

	if (!p11_token(apply->p11, apply->token.slot, &now, fail))
		return false;
	if (strcmp(now.serial, apply->token.serial) != 0)
		return fail_set(fail, FAIL_CARD_WRONG,
			_("card %s was chosen, card %s is in the reader"), apply->token.serial,
			now.serial);
	return true;
}

bool apply_present_card(struct apply *apply, struct fail *fail)
{
	if (!apply_same_card(apply, fail))
		return false;
	ra_release(&apply->card.owner);
	if (apply->ra->ops->card(apply->ra, apply->token.serial, NULL, &apply->card, fail))
		return true;
	if (fail->code == FAIL_CARD_WRONG && !fail->detail[0])
		return fail_set(fail, FAIL_CARD_WRONG,
			_("card %s is not registered for account %s"), apply->token.serial,
			apply->account);
	return false;
}

bool apply_step_verify(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_title(&apply->term, _("Card"));
	if (journal_get(apply->journal, "order_url"))
		return apply_same_card(apply, fail);
	if (!apply->resumed)
		term_note(&apply->term, _("Your card will be verified. Insert the card and choose "
					  "the reader in the next step."));
	if (!apply_present_card(apply, fail))
		return false;
	term_note(&apply->term, _("Card verification succeeded."));
	return true;
}

static bool guard_last_try(struct apply *apply, int tries, struct fail *fail)
{
	if (tries == 0)
		return fail_set(fail, FAIL_PIN_LOCKED, NULL);
	if (tries != 1)
		return true;
	term_warn(&apply->term, _("Only one try is left. A wrong PIN locks the card."));
	if (conf_get(&apply->conf, CONF_PIN_SOURCE) && !apply->options.force) {
		fail_set(fail, FAIL_PIN_LAST_TRY, NULL);
		fail->tries_left = 1;
		return false;
	}
	return true;
}

/* One prompt is one try at the card. */
static bool log_in_once(struct apply *apply, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *pin = NULL;

	if (!guard_last_try(apply, p11_tries_left(apply->session), fail))
		return false;
	if (apply->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH)
		term_note(&apply->term, _("Enter the card PIN on the reader."));
	else if (!apply_secret(apply, CONF_PIN_SOURCE, _("Card PIN: "), "--pin-source", &pin, fail))
		return false;
	return apply_same_card(apply, fail) && p11_login(apply->session, pin, fail);
}

bool apply_step_pin(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_note(&apply->term,
		_("Generating the certificate key; you will be asked for the card PIN."));
	term_warn(&apply->term, _("More than three wrong entries lock the card."));
	while (!log_in_once(apply, fail)) {
		if ((fail->code != FAIL_PIN_WRONG && fail->code != FAIL_PIN_LENGTH) ||
			conf_get(&apply->conf, CONF_PIN_SOURCE) || apply->term.no_input)
			return false;
		apply_warn(apply, fail);
		fail->tries_left = -1;
		if (!interrupt_check(fail))
			return false;
	}
	return true;
}

struct generation {
	struct apply *apply;
	const uint8_t *id;
	bool ok;
	struct fail fail;
};

static void generate(void *arg)
{
	struct generation *job = arg;

	job->ok = p11_key_generate(job->apply->session, job->id, job->apply->profile->key_label,
		job->apply->site.key_bits, &job->fail);
}

static bool new_id(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	CLEANUP(free_p) char *hex = NULL;

	if (RAND_bytes(id, P11_ID_LEN) != 1 || !(hex = text_hex(id, P11_ID_LEN)))
		return fail_set(fail, FAIL_MEMORY, NULL);
	return apply_record(apply, "key_id", hex, fail);
}

static bool recorded_id(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	const char *hex = journal_get(apply->journal, "key_id");
	size_t len;

	if (!hex)
		return new_id(apply, id, fail);
	if (!text_unhex(hex, id, P11_ID_LEN, &len) || len != P11_ID_LEN)
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->journal));
	return true;
}

/* Make the pair with this id; halves of an earlier attempt go first. */
static bool make_key(struct apply *apply, const uint8_t id[P11_ID_LEN], struct fail *fail)
{
	struct generation job = { .apply = apply, .id = id, .fail = FAIL_INIT };
	bool found;

	if (!p11_key_destroy(apply->session, id, fail))
		return false;
	term_warn(&apply->term,
		_("Do not leave this screen and do not remove the card from the reader."));
	term_work(&apply->term, _("The card generates the key pair"), generate, &job);
	if (!job.ok) {
		*fail = job.fail;
		return false;
	}
	if (!p11_key_find(apply->session, id, &apply->key, &found, fail))
		return false;
	return found || fail_set(fail, FAIL_CARD_ERROR, _("the new key pair is not on the card"));
}

static bool sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	struct apply *apply = arg;

	return p11_key_sign(apply->session, &apply->key, bytes, len, ret, ret_len, fail);
}

static bool make_request(struct apply *apply, struct fail *fail)
{
	return request_make(apply->registration.subject_der, apply->registration.subject_len,
		apply->key.public, sign, apply, &apply->csr, &apply->csr_len, fail);
}

/* The recorded request, if it is of the key that is on the card. */
static bool load_request(struct apply *apply, const char *base64, struct fail *fail)
{
	if (!text_unbase64(base64, &apply->csr, &apply->csr_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->journal));
	if (request_fits(apply->csr, apply->csr_len, apply->key.public))
		return true;
	return fail_set(fail, FAIL_CARD_WRONG,
		_("the key of the unfinished application is not on card %s"), apply->token.serial);
}

static bool record_request(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *base64 = text_base64(apply->csr, apply->csr_len);

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return apply_record(apply, "csr", base64, fail);
}

/* A key whose generation was cut off may be found and still not sign; it was never sent to the RA,
 * so another one is made. */
static bool request_or_new_key(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	if (make_request(apply, fail))
		return true;
	if (fail->code != FAIL_CERT_KEY && fail->code != FAIL_CARD_ERROR)
		return false;
	EVP_PKEY_free(apply->key.public);
	apply->key.public = NULL;
	return p11_key_destroy(apply->session, id, fail) && new_id(apply, id, fail) &&
	       make_key(apply, id, fail) && make_request(apply, fail);
}

/* The key that the journal says was used; it has to be on this card. */
static bool is_on_card(const struct apply *apply, bool found, struct fail *fail)
{
	return found || fail_set(fail, FAIL_CARD_WRONG,
				_("the key of the unfinished application is not on card %s"),
				apply->token.serial);
}

bool apply_step_key(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *recorded = journal_get(apply->journal, "csr");
	uint8_t id[P11_ID_LEN];
	bool found;

	if (!apply_remove_spare(apply, fail) || !recorded_id(apply, id, fail) ||
		!p11_key_find(apply->session, id, &apply->key, &found, fail))
		return false;
	if (recorded)
		return is_on_card(apply, found, fail) && load_request(apply, recorded, fail);
	if (journal_get(apply->journal, "order_url"))
		return is_on_card(apply, found, fail);
	bool ok = found ? request_or_new_key(apply, id, fail)
			: make_key(apply, id, fail) && interrupt_check(fail) &&
				  make_request(apply, fail);
	return ok && record_request(apply, fail);
}
