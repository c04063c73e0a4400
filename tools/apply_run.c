/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of steps of an application, and its end. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "batch.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/pin.h"
#include "lib/step.h"

/* as far as the RA's decision */
static const struct step ordering[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "card", apply_step_card },
	{ "journal", apply_step_journal },
	{ "login", apply_step_login },
	{ "password", apply_step_password },
	{ "registration", apply_step_registration },
	{ "slip", apply_step_slip },
	{ "terms", apply_step_terms },
	{ "targets", apply_step_targets },
	{ "verify", apply_step_verify },
	{ "pin", apply_step_pin },
	{ "key", apply_step_key },
	{ "order", apply_step_order },
};

/* --download and the like: what was ordered here before */
static const struct step finding[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "card", apply_step_card },
	{ "journal", apply_step_journal },
	{ "login", apply_step_login },
	{ "password", apply_step_password },
	{ "registration", apply_step_registration },
	{ "pin", apply_step_pin },
	{ "find", apply_step_find },
	{ "activate", apply_step_activate },
};

static const struct step installing[] = {
	{ "certificate", apply_step_certificate },
	{ "prove", apply_step_prove },
	{ "install", apply_step_install },
	{ "new-password", apply_step_new_password },
	{ "level", apply_step_level },
	{ "files", apply_step_files },
	{ "receipt", apply_step_receipt },
};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])
#define CHECKS 4 /* the steps that change nothing */

bool apply_steps(struct apply *apply, const struct step *steps, size_t count, struct fail *fail)
{
	if (step_run(steps, count, apply, &apply->tool.journal, &apply->step, fail))
		return true;
	if (apply->carrier == RA_CARD)
		card_look(&apply->tool, fail);
	return false;
}

bool apply_run(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->batch)
		return batch_run(apply, fail);
	if (apply->tool.dry_run)
		return apply_steps(apply, ordering, CHECKS, fail);
	if (apply->mode == APPLY_NEW ? !apply_steps(apply, ordering, COUNT_OF(ordering), fail)
				     : !apply_steps(apply, finding, COUNT_OF(finding), fail))
		return false;
	return apply->later || apply_steps(apply, installing, COUNT_OF(installing), fail);
}

void apply_clear(void *context)
{
	struct apply *apply = context;

	apply_tell_hook(apply);
	json_decref(apply->report);
	json_decref(apply->superseded);
	ra_release(&apply->order.owner);
	ra_release(&apply->old.info.owner);
	for (size_t i = 0; i < RA_CERTS_MAX; i++) {
		chain_clear(&apply->certs[i].chain);
		chain_text_clear(&apply->certs[i].text);
		EVP_PKEY_free(apply->certs[i].key.public);
		free(apply->certs[i].csr);
	}
	chain_text_clear(&apply->old.text);
	free(apply->old.own.der);
	free(apply->old.sha256);
	free(apply->old.identifier);
	pin_free(apply->pin);
	pin_free(apply->new_pin);
	free(apply->path);
	free(apply->eligibility);
	free(apply->payment);
}
