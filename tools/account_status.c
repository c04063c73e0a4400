/* SPDX-License-Identifier: Apache-2.0 */
/* Who is logged in, what the site lets this person do, and the person's data. */
#include "account.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/keep.h"
#include "lib/login.h"

// clang-format off
static const struct function_row {
	const char *resource; /* of docs/ra-api.yaml */
	const char *text;
	const char *command;
} functions[] = {
	{ "orders", N_("apply for a certificate"), "twca-apply" },
	{ "renewals", N_("renew a certificate"), "twca-renew" },
	{ "certificates", N_("list one's certificates"), "twca-cert list" },
	{ "certificate_queries", N_("find certificates of others"), "twca-cert query" },
	{ "suspensions", N_("suspend a certificate"), "twca-cert suspend" },
	{ "revocations", N_("revoke the certificates"), "twca-cert revoke" },
	{ "puk_changes", N_("reset or unlock the card PIN"), "twca-pin reset" },
	{ "profile_data", N_("change e-mail and telephone"), "twca-account profile" },
	{ "password", N_("change the site password"), "twca-account password" },
};
// clang-format on

bool account_status(struct account *account, struct fail *fail)
{
	struct tool *tool = &account->tool;
	bool resumed;

	if (!tool_open_ra(tool, fail) || !keep_resume(tool, &resumed, fail))
		return false;
	if (!resumed)
		return fail_set(fail, FAIL_NOT_LOGGED_IN, NULL);
	if (!ra_session_ask(tool->ra, &account->session, fail))
		return false;
	account->has_session = true;
	if (!account->session.must_change && !account->session.renewal_only &&
		!ra_person(tool->ra, &account->profile, fail))
		return false;
	account->functions = json_array();
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		if (ra_offers(tool->ra, functions[i].resource))
			json_array_append_new(account->functions,
				json_pack("{s:s, s:s}", "name", _(functions[i].text), "command",
					functions[i].command));
	return true;
}

bool account_profile(struct account *account, struct fail *fail)
{
	struct tool *tool = &account->tool;

	if (!login_ready(tool, fail) || !ra_person(tool->ra, &account->profile, fail))
		return false;
	if (!account->email && !account->telephone)
		return true;
	if ((account->email && !account->profile.email_changeable) ||
		(account->telephone && !account->profile.telephone_changeable))
		return fail_set(fail, FAIL_RA_REFUSED, "%s",
			account->profile.email_changeable || account->profile.telephone_changeable
				? _("this cannot be changed here")
				: _("this site does not let its data be changed here"));
	if (account->tool.dry_run)
		return true;
	ra_release(&account->profile.owner);
	account->profile = (struct ra_person){ 0 };
	if (!ra_person_change(tool->ra, account->email, account->telephone, fail) ||
		!ra_person(tool->ra, &account->profile, fail))
		return false;
	account->done = _("User data change completed.");
	return true;
}
