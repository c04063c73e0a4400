/* SPDX-License-Identifier: Apache-2.0 */
/* twca-account: login and logout at a site, its password, the person's data. */
#include "account.h"
#include "lib/i18n.h"
#include "lib/opts.h"

enum own_key {
	KEY_EMAIL = OPTS_KEY_OWN,
	KEY_TELEPHONE
};

// clang-format off
static const struct opts_verb verbs[] = {
	[ACCOUNT_LOGIN] = { "login", "", N_("log in, and stay so for the other commands"), 0, "email telephone" },
	[ACCOUNT_LOGOUT] = { "logout", "", N_("end the session, at the RA and here"), 0, "email telephone" },
	[ACCOUNT_STATUS] = { "status", "", N_("who is logged in, and what can be done"), 0, "email telephone" },
	[ACCOUNT_PASSWORD] = { "password", "", N_("change the site password"), 0, "email telephone" },
	[ACCOUNT_PROFILE] = { "profile", "", N_("show the person's data; change e-mail and telephone"), 0, NULL },
	[ACCOUNT_RESET_HELP] = { "reset-help", "", N_("how a suspended login is lifted"), 0, "email telephone" },
	{ 0 },
};

static const struct argp_option options[] = {
	{ "email", KEY_EMAIL, "ADDRESS", 0, N_("profile: the new e-mail address"), 1 },
	{ "telephone", KEY_TELEPHONE, "NUMBER", 0, N_("profile: the new telephone number"), 1 },
	{ 0 },
};
// clang-format on

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct account *account = context;

	(void)state;
	if (key == KEY_EMAIL)
		account->email = value;
	else if (key == KEY_TELEPHONE)
		account->telephone = value;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-account",
		.doc = N_(
			"Log in and out at a certificate site, change its password and your data."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = account_run,
		.members = account_members,
		.print = account_print,
		.clear = account_clear };
	struct account account = { 0 };

	return tool_main(&program, &account.tool, argc, argv);
}
