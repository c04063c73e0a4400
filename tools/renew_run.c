/* SPDX-License-Identifier: Apache-2.0 */
/* The list of steps of a renewal. */
#include "batch.h"
#include "lib/step.h"
#include "renew.h"

/* --check: nobody is asked anything, nothing is recorded */
static const struct step checking[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "carrier", renew_step_carrier },
	{ "select", renew_step_select },
	{ "window", renew_step_window },
};

static const struct step renewing[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "carrier", renew_step_carrier },
	{ "journal", renew_step_journal },
	{ "select", renew_step_select },
	{ "window", renew_step_window },
	{ "login", renew_step_login },
	{ "registration", apply_step_registration },
	{ "terms", apply_step_terms },
	{ "targets", apply_step_targets },
	{ "verify", apply_step_verify },
	{ "pay", renew_step_pay },
	{ "pin", renew_step_pin },
	{ "key", apply_step_key },
	{ "second-pin", renew_step_second_pin },
	{ "order", renew_step_order },
	{ "certificate", apply_step_certificate },
	{ "prove", apply_step_prove },
	{ "install", apply_step_install },
	{ "new-password", apply_step_new_password },
	{ "files", apply_step_files },
	{ "receipt", apply_step_receipt },
	{ "retire", renew_step_retire },
};

/* --tidy: the RA tells only where the site keeps its certificates */
static const struct step tidying[] = {
	{ "module", apply_step_module },
	{ "ra", apply_step_ra },
	{ "carrier", renew_step_carrier },
	{ "tidy", renew_step_tidy },
};

bool renew_run(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->batch)
		return batch_run(apply, fail);
	if (apply->tidy)
		return apply_steps(apply, tidying, sizeof tidying / sizeof tidying[0], fail);
	if (apply->check || apply->tool.dry_run)
		return apply_steps(apply, checking, sizeof checking / sizeof checking[0], fail);
	return apply_steps(apply, renewing, sizeof renewing / sizeof renewing[0], fail);
}
