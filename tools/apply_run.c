/* SPDX-License-Identifier: Apache-2.0 */
/* The list of steps of an application, and its end. */
#include <openssl/evp.h>
#include <stdlib.h>

#include "apply.h"
#include "lib/card.h"
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

bool apply_run(void *context, struct fail *fail)
{
	struct apply *apply = context;
	size_t count = apply->tool.dry_run ? CHECKS : sizeof steps / sizeof steps[0];

	if (step_run(steps, count, apply, &apply->tool.journal, &apply->step, fail))
		return true;
	card_look(&apply->tool, fail);
	return false;
}

void apply_clear(void *context)
{
	struct apply *apply = context;

	ra_release(&apply->order.owner);
	chain_clear(&apply->chain);
	chain_text_clear(&apply->text);
	EVP_PKEY_free(apply->key.public);
	free(apply->csr);
}
