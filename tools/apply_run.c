/* SPDX-License-Identifier: Apache-2.0 */
/* The list of steps of an application, and its end. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

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

#define CHECKS 4 /* the steps that change nothing */

bool apply_run(struct apply *apply, const char **ret_step, struct fail *fail)
{
	size_t count = apply->options.dry_run ? CHECKS : sizeof steps / sizeof steps[0];

	return step_run(steps, count, apply, &apply->journal, ret_step, fail);
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
