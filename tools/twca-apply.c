/* SPDX-License-Identifier: Apache-2.0 */
/* twca-apply: from a registered person to certificates on the card or in files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/i18n.h"
#include "lib/opts.h"

#define WAIT_USUAL_S 30
#define WAIT_MAX_S (7L * 24 * 60 * 60)

enum own_key {
	KEY_WAIT = OPTS_KEY_OWN,
	KEY_DOWNLOAD,
	KEY_REDOWNLOAD,
	KEY_ACTIVATE,
	KEY_CARRIER,
	KEY_LABEL,
	KEY_LEVEL,
	KEY_SIGN_FILE,
	KEY_ENC_FILE,
	KEY_BATCH,
	KEY_ON_SUCCESS,
	KEY_ON_FAILURE,
	KEY_SLIP_SOURCE
};

// clang-format off
static const struct argp_option options[] = {
	{ "download", KEY_DOWNLOAD, NULL, 0, N_("fetch what was applied for on this computer"), 0 },
	{ "redownload", KEY_REDOWNLOAD, NULL, 0, N_("fetch it again, once customer service has allowed it"), 0 },
	{ "activate", KEY_ACTIVATE, NULL, 0, N_("activate with the site password and fetch"), 0 },
	{ "carrier", KEY_CARRIER, "NAME", 0, N_("card or file, where the site has both"), 1 },
	{ "label", KEY_LABEL, "NAME", 0, N_("label of the key (soft)"), 1 },
	{ "level", KEY_LEVEL, "NUMBER", 0,
	  N_("when the file's password is asked for: 1 always, 2 once, 3 never (bts)"), 1 },
	{ "sign-file", KEY_SIGN_FILE, "FILE", 0, N_("where the signing certificate is saved (post)"), 1 },
	{ "enc-file", KEY_ENC_FILE, "FILE", 0, N_("where the encryption certificate is saved (post)"), 1 },
	{ "slip-source", KEY_SLIP_SOURCE, "SOURCE", 0, N_("password of the counter slip (bts), likewise"), 2 },
	{ "batch", KEY_BATCH, "FILE", 0, N_("many cards: one line each of this CSV file"), 1 },
	{ "on-success", KEY_ON_SUCCESS, "COMMAND", 0, N_("a command to run after success"), 4 },
	{ "on-failure", KEY_ON_FAILURE, "COMMAND", 0, N_("a command to run after failure"), 4 },
	{ "force", OPTS_KEY_FORCE, NULL, 0,
	  N_("forget an unfinished application; replace files; risk the last PIN try unattended"), 4 },
	{ "wait", KEY_WAIT, "SECONDS", 0, N_("how long to wait for the RA's decision (30)"), 4 },
	{ 0 },
};
// clang-format on

static bool take_number(const char *text, long max, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, 10);
	return end != text && !*end && !errno && *ret >= 0 && *ret <= max;
}

static const char **text_option(struct apply *apply, int key)
{
	switch (key) {
	case KEY_CARRIER:
		return &apply->carrier_name;
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
	case KEY_SLIP_SOURCE:
		return &apply->slip_source;
	default:
		return NULL;
	}
}

static void take_mode(struct apply *apply, enum apply_mode mode, struct argp_state *state)
{
	if (apply->mode != APPLY_NEW && apply->mode != mode)
		argp_error(state, "%s",
			_("--download, --redownload and --activate exclude each other"));
	apply->mode = mode;
}

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct apply *apply = context;
	const char **text = text_option(apply, key);
	long number;

	if (text) {
		*text = value;
		return 0;
	}
	switch (key) {
	case KEY_WAIT:
		if (!take_number(value, WAIT_MAX_S, &apply->wait_s))
			argp_error(state, _("--wait is a number of seconds, not %s"), value);
		return 0;
	case KEY_LEVEL:
		if (!take_number(value, 3, &number) || !number)
			argp_error(state, _("--level is 1, 2 or 3, not %s"), value);
		apply->level = (unsigned)number;
		return 0;
	case KEY_DOWNLOAD:
		take_mode(apply, APPLY_DOWNLOAD, state);
		return 0;
	case KEY_REDOWNLOAD:
		take_mode(apply, APPLY_REDOWNLOAD, state);
		return 0;
	case KEY_ACTIVATE:
		take_mode(apply, APPLY_ACTIVATE, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-apply",
		.doc = N_("Apply for a certificate: key and certificate on the smart card or in a "
			  "file."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_PIN |
			  OPTS_NEW_PIN | OPTS_DRY_RUN,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = apply_run,
		.members = apply_members,
		.print = apply_print,
		.clear = apply_clear };
	struct apply apply = { .wait_s = WAIT_USUAL_S, .argv = argv };

	return apply_hook(&apply, tool_main(&program, &apply.tool, argc, argv));
}
