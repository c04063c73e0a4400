/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one verb of twca-account, and tells how it ended. */
#include "account.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/text.h"

static const struct verb_row {
	const char *name;
	bool (*run)(struct account *account, struct fail *fail);
} verbs[] = {
	[ACCOUNT_LOGIN] = { "login", account_login },
	[ACCOUNT_LOGOUT] = { "logout", account_logout },
	[ACCOUNT_STATUS] = { "status", account_status },
	[ACCOUNT_PASSWORD] = { "password", account_password },
	[ACCOUNT_PROFILE] = { "profile", account_profile },
	[ACCOUNT_RESET_HELP] = { "reset-help", account_reset_help },
};

bool account_run(void *context, struct fail *fail)
{
	struct account *account = context;

	return verbs[account->tool.verb].run(account, fail);
}

static json_t *profile_json(const struct ra_person *profile)
{
	json_t *changeable = json_array();

	if (profile->email_changeable)
		json_array_append_new(changeable, json_string("email"));
	if (profile->telephone_changeable)
		json_array_append_new(changeable, json_string("telephone"));
	return json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:o}", "name", profile->name,
		"organization", profile->organization, "identifier", profile->identifier, "email",
		profile->email, "telephone", profile->telephone, "carrier", profile->carrier,
		"changeable", changeable);
}

json_t *account_members(void *context, const struct fail *fail)
{
	struct account *account = context;
	const struct tool *tool = &account->tool;
	json_t *object = json_pack("{s:s, s:s*, s:s*, s:b}", "command", verbs[tool->verb].name,
		"site", tool->profile ? tool->profile->site : NULL, "account", tool->account,
		"dry_run", tool->dry_run);

	if (!object || fail->code != FAIL_NONE)
		return object;
	if (account->has_session)
		json_object_set_new(object, "session",
			json_pack("{s:s, s:b, s:b, s:b}", "expires", account->session.expires,
				"password_change_needed", account->session.must_change,
				"renewal_only", account->session.renewal_only, "renewal_due",
				account->session.renewal_due));
	if (account->profile.owner)
		json_object_set_new(object, "profile", profile_json(&account->profile));
	if (account->functions)
		json_object_set(object, "functions", account->functions);
	if (tool->verb == ACCOUNT_RESET_HELP)
		json_object_set_new(object, "help", account_help_json(account));
	return object;
}

static void field(const char *name, const char *value)
{
	CLEANUP(free_p) char *clean = text_clean_line(value);

	if (clean && *clean)
		out_field(name, clean);
}

static void print_profile(const struct account *account)
{
	const struct ra_person *profile = &account->profile;

	field(_("Account"), account->tool.account);
	field(_("Identifier"), profile->identifier);
	field(_("Name"), profile->name);
	field(_("Organisation"), profile->organization);
	field(_("E-mail"), profile->email);
	field(_("Telephone"), profile->telephone);
}

static void print_functions(const struct account *account)
{
	size_t i;
	json_t *row;

	if (json_array_size(account->functions))
		out_text(_("You can:"));
	json_array_foreach(account->functions, i, row)
		out_field(json_string_value(json_object_get(row, "name")),
			json_string_value(json_object_get(row, "command")));
}

void account_print(void *context)
{
	const struct account *account = context;

	if (account->tool.verb == ACCOUNT_RESET_HELP)
		account_help_print(account);
	if (account->profile.owner)
		print_profile(account);
	if (account->has_session) {
		field(_("Session until"), account->session.expires);
		if (account->session.renewal_due)
			out_text(_("A certificate can be renewed now: twca-renew."));
	}
	print_functions(account);
	if (account->done)
		out_text(account->done);
}

void account_clear(void *context)
{
	struct account *account = context;

	ra_release(&account->profile.owner);
	ra_release(&account->form.owner);
	json_decref(account->functions);
}
