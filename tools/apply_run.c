/* SPDX-License-Identifier: Apache-2.0 */
/* The list of steps of an application, and its end. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/journal.h"
#include "lib/pin.h"
#include "lib/step.h"

static const struct step steps[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "card", apply_step_card },
	{ "journal", apply_step_journal },
	{ "login", apply_step_login },
	{ "password", apply_step_password },
	{ "terms", apply_step_terms },
	{ "verify", apply_step_verify },
	{ "pin", apply_step_pin },
	{ "key", apply_step_key },
	{ "order", apply_step_order },
	{ "certificate", apply_step_certificate },
	{ "prove", apply_step_prove },
	{ "install", apply_step_install },
	{ "receipt", apply_step_receipt },
};

#define NOTICE_TRIES 10 /* times NOTICE_MS until pcscd has seen that the card is out */
#define NOTICE_MS 150L

#define CHECKS 4 /* the steps that change nothing */

/* An exchange cut by pulling the card out may look like a broken card until pcscd has noticed. */
static void look_for_card(struct apply *apply, struct fail *fail)
{
	struct fail now = FAIL_INIT;

	for (unsigned i = 0; apply->token.serial[0] && i < NOTICE_TRIES; i++) {
		if (!apply_same_card(apply, &now) &&
			(now.code == FAIL_NO_CARD || now.code == FAIL_NO_READER)) {
			fail_set(fail, FAIL_CARD_REMOVED, "%s", apply->token.reader);
			return;
		}
		nanosleep(&(struct timespec){ .tv_nsec = NOTICE_MS * 1000000 }, NULL);
	}
}

bool apply_run(struct apply *apply, const char **ret_step, struct fail *fail)
{
	size_t count = apply->options.dry_run ? CHECKS : sizeof steps / sizeof steps[0];

	if (step_run(steps, count, apply, &apply->journal, ret_step, fail))
		return true;
	if (fail->code == FAIL_CARD_ERROR)
		look_for_card(apply, fail);
	return false;
}

void apply_clear(struct apply *apply)
{
	struct fail ignored = FAIL_INIT;

	if (apply->ra)
		apply->ra->ops->logout(apply->ra, &ignored);
	ra_registration_clear(&apply->registration);
	ra_release(&apply->terms.owner);
	ra_release(&apply->card.owner);
	ra_release(&apply->order.owner);
	ra_close(apply->ra);
	chain_clear(&apply->chain);
	chain_text_clear(&apply->text);
	EVP_PKEY_free(apply->key.public);
	free(apply->csr);
	p11_session_close(apply->session);
	p11_close(apply->p11);
	pin_free(apply->password);
	journal_close(apply->journal);
	conf_clear(&apply->conf);
	free(apply->account);
	memset(apply, 0, sizeof *apply);
}
