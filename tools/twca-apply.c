/* SPDX-License-Identifier: Apache-2.0 */
/* twca-apply: from a registered person with a card to a certificate on the card. */
#include <errno.h>
#include <stdlib.h>

#include "apply.h"
#include "lib/i18n.h"
#include "lib/opts.h"

#define WAIT_USUAL_S 30
#define WAIT_MAX_S (7L * 24 * 60 * 60)

enum own_key {
	KEY_WAIT = OPTS_KEY_OWN
};

// clang-format off
static const struct argp_option options[] = {
	{ "force", OPTS_KEY_FORCE, NULL, 0,
	  N_("forget an unfinished application; risk the last PIN try unattended"), 4 },
	{ "wait", KEY_WAIT, "SECONDS", 0, N_("how long to wait for the RA's decision (30)"), 4 },
	{ 0 },
};
// clang-format on

static bool take_wait(const char *text, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, 10);
	return end != text && !*end && !errno && *ret >= 0 && *ret <= WAIT_MAX_S;
}

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct apply *apply = context;

	if (key != KEY_WAIT)
		return ARGP_ERR_UNKNOWN;
	if (!take_wait(value, &apply->wait_s))
		argp_error(state, _("--wait is a number of seconds, not %s"), value);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-apply",
		.doc = N_("Apply for a certificate: key and certificate on the smart card."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_PIN |
			  OPTS_DRY_RUN,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = apply_run,
		.members = apply_members,
		.print = apply_print,
		.clear = apply_clear };
	struct apply apply = { .wait_s = WAIT_USUAL_S };

	return tool_main(&program, &apply.tool, argc, argv);
}
