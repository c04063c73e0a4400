/* SPDX-License-Identifier: Apache-2.0 */
/* twca-check: is this computer, the reader, the card fit for certificate work? */
#include "check.h"
#include "lib/i18n.h"
#include "lib/opts.h"
#include "lib/scope.h"

enum own_key {
	KEY_FIX = OPTS_KEY_OWN,
	KEY_FIX_ALL
};

// clang-format off
static const struct opts_verb verbs[] = {
	[CHECK_ENV] = { "env", "[ITEM]", N_("check this computer, item by item; with --fix repair"), 1, "force" },
	[CHECK_READER] = { "reader", "", N_("list the readers and the cards in them"), 0, "fix fix-all force" },
	[CHECK_CARD] = { "card", "", N_("test module, reader and card"), 0, "fix fix-all force" },
	[CHECK_SIGN] = { "sign", "", N_("sign with the card and verify with its certificate"), 0, "fix fix-all" },
	{ 0 },
};

static const struct argp_option options[] = {
	{ "fix", KEY_FIX, NULL, 0, N_("env: repair ITEM; without ITEM, ask for each that fails"), 1 },
	{ "fix-all", KEY_FIX_ALL, NULL, 0, N_("env: repair all that can be repaired"), 1 },
	{ "force", OPTS_KEY_FORCE, NULL, 0, N_("sign: risk the last PIN try unattended"), 4 },
	{ 0 },
};
// clang-format on

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct check *check = context;

	(void)state;
	if (key == KEY_FIX)
		check->fix = true;
	else if (key == KEY_FIX_ALL)
		check->fix_all = true;
	else if (key == ARGP_KEY_ARG)
		check->item = value;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-check",
		.doc = N_("Check this computer, the reader and the card for certificate work."),
		.groups = OPTS_SITE | OPTS_CARD | OPTS_PIN | OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.site_optional = true,
		.run = check_run,
		.members = check_members,
		.print = check_print,
		.clear = check_clear };
	CLEANUP(free_p) struct check *check = calloc(1, sizeof *check);

	return check ? tool_main(&program, &check->tool, argc, argv) : fail_exit(FAIL_MEMORY);
}
