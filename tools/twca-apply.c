/* SPDX-License-Identifier: Apache-2.0 */
/* twca-apply: from a registered person to certificates on the card or in files. */
#include "apply.h"
#include "apply_opts.h"
#include "lib/i18n.h"

enum own_key {
	KEY_DOWNLOAD = OPTS_KEY_OWN,
	KEY_REDOWNLOAD,
	KEY_ACTIVATE,
	KEY_LEVEL,
	KEY_SLIP_SOURCE
};

// clang-format off
static const struct argp_option options[] = {
	{ "download", KEY_DOWNLOAD, NULL, 0, N_("fetch what was applied for on this computer"), 0 },
	{ "redownload", KEY_REDOWNLOAD, NULL, 0, N_("fetch it again, once customer service has allowed it"), 0 },
	{ "activate", KEY_ACTIVATE, NULL, 0, N_("activate with the site password and fetch"), 0 },
	{ "level", KEY_LEVEL, "NUMBER", 0,
	  N_("when the file's password is asked for: 1 always, 2 once, 3 never (bts)"), 1 },
	{ "slip-source", KEY_SLIP_SOURCE, "SOURCE", 0, N_("password of the counter slip (bts), from file:PATH, fd:NUMBER, env:NAME or -"), 2 },
	{ "force", OPTS_KEY_FORCE, NULL, 0,
	  N_("forget an unfinished application; replace files; risk the last PIN try unattended"), 4 },
	{ 0 },
};
// clang-format on

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
	long number;

	switch (key) {
	case KEY_LEVEL:
		if (!apply_take_number(value, 3, &number) || !number)
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
	case KEY_SLIP_SOURCE:
		apply->slip_source = value;
		return 0;
	default:
		return apply_take_option(context, key, value, state);
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
		.shared = apply_options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = apply_run,
		.members = apply_members,
		.print = apply_print,
		.clear = apply_clear };
	struct apply apply = { .wait_s = APPLY_WAIT_USUAL_S, .argv = argv };

	return apply_hook(&apply, tool_main(&program, &apply.tool, argc, argv));
}
