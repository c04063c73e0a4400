/* SPDX-License-Identifier: Apache-2.0 */
/* twca-pin: the PIN of a smart card is changed, reset, unlocked; the card verified. */
#include "cardpin.h"
#include "lib/i18n.h"
#include "lib/opts.h"

// clang-format off
static const struct opts_verb verbs[] = {
	[CARDPIN_CHANGE] = { "change", "", N_("a new PIN in exchange for the old one; needs no RA"), 0, NULL },
	[CARDPIN_RESET] = { "reset", "", N_("a new PIN without the old one, through the RA"), 0, NULL },
	[CARDPIN_UNLOCK] = { "unlock", "", N_("unlock a card that wrong PINs have locked, through the RA"), 0, NULL },
	[CARDPIN_VERIFY] = { "verify", "", N_("prove to the RA that the card is the account's; no PIN"), 0, NULL },
	[CARDPIN_STATUS] = { "status", "", N_("how many tries are left, of every card"), 0, NULL },
	{ 0 },
};

static const struct argp_option options[] = {
	{ "force", OPTS_KEY_FORCE, NULL, 0, N_("risk the last try of PIN or PUK unattended"), 4 },
	{ 0 },
};
// clang-format on

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-pin",
		.doc = N_("Change, reset or unlock the PIN of a smart card; verify the card."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_PIN |
			  OPTS_NEW_PIN | OPTS_PUK | OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options };
	static const struct tool_program program = { .opts = &opts,
		.site_optional = true,
		.run = cardpin_run,
		.members = cardpin_members,
		.print = cardpin_print,
		.clear = cardpin_clear };
	struct cardpin cardpin = { 0 };

	return tool_main(&program, &cardpin.tool, argc, argv);
}
