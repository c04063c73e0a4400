/* SPDX-License-Identifier: Apache-2.0 */
/* The fee of a renewal: debited once, before a key is made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"
#include "renew.h"

static bool ask_account(struct apply *apply, char **ret, struct fail *fail)
{
	if (!apply->debit_account)
		return term_ask(&apply->tool.term, _("Passbook or giro account to debit: "),
			"--debit-account", ret, fail);
	*ret = strdup(apply->debit_account);
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}

/* The key is recorded before the first attempt, so that a repeated one is the same. */
static bool payment_key(struct apply *apply, const char **ret, struct fail *fail)
{
	char key[TEXT_UUID_SIZE];

	*ret = tool_recorded(&apply->tool, "payment_key");
	if (*ret)
		return true;
	if (!text_uuid(key))
		return fail_set(fail, FAIL_INTERNAL, NULL);
	if (!tool_record(&apply->tool, "payment_key", key, fail))
		return false;
	*ret = tool_recorded(&apply->tool, "payment_key");
	return true;
}

static bool pay(struct apply *apply, const char *account, struct fail *fail)
{
	struct ra_debit debit = {
		.sha256 = apply->old.sha256, .account = account, .terms = &apply->tool.terms
	};
	struct ra_payment payment = { 0 };

	if (!payment_key(apply, &debit.key, fail))
		return false;
	if (!ra_pay(apply->tool.ra, &debit, &payment, fail)) {
		struct fail ignored = FAIL_INIT;
		if (fail->code == FAIL_PAYMENT || fail->code == FAIL_RA_REFUSED)
			tool_record(&apply->tool, "payment_key", NULL, &ignored);
		return false;
	}
	bool ok = tool_record(&apply->tool, "payment", payment.id, fail);
	ra_release(&payment.owner);
	return ok;
}

bool renew_step_pay(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const struct ra_renewal_info *info = &apply->old.info;
	CLEANUP(free_p) char *account = NULL;
	CLEANUP(free_p) char *currency = text_clean_line(info->currency ? info->currency : "");
	char fee[64];

	if (!info->fee || apply->old.ordered || tool_recorded(&apply->tool, "payment"))
		return true;
	snprintf(fee, sizeof fee, "%ld %s", info->fee, currency ? currency : "");
	term_title(&apply->tool.term, _("Renewal fee"));
	term_field(&apply->tool.term, _("Amount"), fee);
	if (!ask_account(apply, &account, fail) || !pay(apply, account, fail))
		return false;
	term_note(&apply->tool.term, "%s", _("Debit succeeded."));
	return true;
}
