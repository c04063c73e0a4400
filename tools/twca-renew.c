/* SPDX-License-Identifier: Apache-2.0 */
/* twca-renew: new keys and certificates in place of those that are about to expire. */
#include "apply_opts.h"
#include "lib/i18n.h"
#include "renew.h"

enum own_key {
	KEY_CHECK = OPTS_KEY_OWN,
	KEY_SELECT,
	KEY_DEBIT_ACCOUNT,
	KEY_KEEP_OLD,
	KEY_TIDY
};

// clang-format off
static const struct argp_option options[] = {
	{ "check", KEY_CHECK, NULL, 0, N_("only tell whether renewal is due: exit status 0 it is, 3 not yet"), 0 },
	{ "tidy", KEY_TIDY, NULL, 0, N_("only remove certificates that a newer one has replaced, with their keys"), 0 },
	{ "select", KEY_SELECT, "CERTIFICATE", 0,
	  N_("the certificate, by URI, serial number, SHA-256, id or file; else the latest"), 1 },
	{ "debit-account", KEY_DEBIT_ACCOUNT, "NUMBER", 0, N_("account that pays the fee (post)"), 1 },
	{ "label", APPLY_KEY_LABEL, "NAME", 0, N_("label of the new key (soft)"), 1 },
	{ "keep-old", KEY_KEEP_OLD, NULL, 0, N_("leave the old key and certificate where they are"), 4 },
	{ "force", OPTS_KEY_FORCE, NULL, 0,
	  N_("forget an unfinished renewal; replace files; risk the last PIN try unattended"), 4 },
	{ 0 },
};
// clang-format on

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct apply *apply = context;

	switch (key) {
	case KEY_SELECT:
		apply->select = value;
		return 0;
	case KEY_DEBIT_ACCOUNT:
		apply->debit_account = value;
		return 0;
	case KEY_CHECK:
		apply->check = true;
		return 0;
	case KEY_TIDY:
		apply->tidy = true;
		return 0;
	case KEY_KEEP_OLD:
		apply->keep_old = true;
		return 0;
	default:
		return apply_take_option(context, key, value, state);
	}
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-renew",
		.doc = N_("Renew certificates: new keys, signed for by the old one."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_PIN |
			  OPTS_NEW_PIN | OPTS_DRY_RUN,
		.own = options,
		.shared = apply_options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = renew_run,
		.members = apply_members,
		.print = apply_print,
		.clear = apply_clear };
	struct apply apply = { .mode = APPLY_RENEW, .wait_s = APPLY_WAIT_USUAL_S, .argv = argv };

	return apply_hook(&apply, tool_main(&program, &apply.tool, argc, argv));
}
