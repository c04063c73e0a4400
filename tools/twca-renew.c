/* SPDX-License-Identifier: Apache-2.0 */
/* twca-renew: new keys and certificates in place of those that are about to expire. */
#include <errno.h>
#include <stdlib.h>

#include "lib/i18n.h"
#include "lib/opts.h"
#include "renew.h"

#define WAIT_USUAL_S 30
#define WAIT_MAX_S (7L * 24 * 60 * 60)

enum own_key {
	KEY_WAIT = OPTS_KEY_OWN,
	KEY_CHECK,
	KEY_SELECT,
	KEY_CARRIER,
	KEY_DEBIT_ACCOUNT,
	KEY_SIGN_FILE,
	KEY_ENC_FILE,
	KEY_LABEL,
	KEY_BATCH,
	KEY_ON_SUCCESS,
	KEY_ON_FAILURE,
	KEY_KEEP_OLD
};

// clang-format off
static const struct argp_option options[] = {
	{ "check", KEY_CHECK, NULL, 0, N_("only tell whether renewal is due: exit status 0 it is, 3 not yet"), 0 },
	{ "select", KEY_SELECT, "HEX", 0,
	  N_("the certificate, by the beginning of serial number, SHA-256 or id; else the latest"), 1 },
	{ "carrier", KEY_CARRIER, "NAME", 0, N_("card or file, where the site has both"), 1 },
	{ "debit-account", KEY_DEBIT_ACCOUNT, "NUMBER", 0, N_("account that pays the fee (post)"), 1 },
	{ "label", KEY_LABEL, "NAME", 0, N_("label of the new key (soft)"), 1 },
	{ "sign-file", KEY_SIGN_FILE, "FILE", 0, N_("where the signing certificate is saved (post)"), 1 },
	{ "enc-file", KEY_ENC_FILE, "FILE", 0, N_("where the encryption certificate is saved (post)"), 1 },
	{ "keep-old", KEY_KEEP_OLD, NULL, 0, N_("leave the old key and certificate where they are"), 4 },
	{ "batch", KEY_BATCH, "FILE", 0, N_("many cards: one line each of this CSV file"), 1 },
	{ "on-success", KEY_ON_SUCCESS, "COMMAND", 0, N_("a command to run after success"), 4 },
	{ "on-failure", KEY_ON_FAILURE, "COMMAND", 0, N_("a command to run after failure"), 4 },
	{ "force", OPTS_KEY_FORCE, NULL, 0,
	  N_("forget an unfinished renewal; replace files; risk the last PIN try unattended"), 4 },
	{ "wait", KEY_WAIT, "SECONDS", 0, N_("how long to wait for the RA's decision (30)"), 4 },
	{ 0 },
};
// clang-format on

static const char **text_option(struct apply *apply, int key)
{
	switch (key) {
	case KEY_SELECT:
		return &apply->select;
	case KEY_CARRIER:
		return &apply->carrier_name;
	case KEY_DEBIT_ACCOUNT:
		return &apply->debit_account;
	case KEY_LABEL:
		return &apply->label;
	case KEY_SIGN_FILE:
		return &apply->sign_file;
	case KEY_ENC_FILE:
		return &apply->enc_file;
	case KEY_BATCH:
		return &apply->batch;
	case KEY_ON_SUCCESS:
		return &apply->on_success;
	case KEY_ON_FAILURE:
		return &apply->on_failure;
	default:
		return NULL;
	}
}

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct apply *apply = context;
	const char **text = text_option(apply, key);
	char *end;

	if (text) {
		*text = value;
		return 0;
	}
	switch (key) {
	case KEY_WAIT:
		errno = 0;
		apply->wait_s = strtol(value, &end, 10);
		if (end == value || *end || errno || apply->wait_s < 0 ||
			apply->wait_s > WAIT_MAX_S)
			argp_error(state, _("--wait is a number of seconds, not %s"), value);
		return 0;
	case KEY_CHECK:
		apply->check = true;
		return 0;
	case KEY_KEEP_OLD:
		apply->keep_old = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-renew",
		.doc = N_("Renew certificates: new keys, signed for by the old one."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_PIN |
			  OPTS_NEW_PIN | OPTS_DRY_RUN,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = renew_run,
		.members = apply_members,
		.print = apply_print,
		.clear = apply_clear };
	struct apply apply = { .mode = APPLY_RENEW, .wait_s = WAIT_USUAL_S, .argv = argv };

	return apply_hook(&apply, tool_main(&program, &apply.tool, argc, argv));
}
