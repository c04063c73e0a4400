/* SPDX-License-Identifier: Apache-2.0 */
/* twca-info: what the RA's site tells everybody, without a login. */
#include "info.h"
#include "lib/i18n.h"
#include "lib/opts.h"

enum own_key {
	KEY_SAVE = OPTS_KEY_OWN
};

// clang-format off
static const struct argp_option options[] = {
	{ "save", KEY_SAVE, "FILE", 0, N_("write the file of a document or driver here (- is standard output)"), 1 },
	{ "force", OPTS_KEY_FORCE, NULL, 0, N_("replace an existing file"), 4 },
	{ 0 },
};
static const struct opts_verb verbs[] = {
	[INFO_ABOUT]     = { "about", "", N_("what certificates are"), 0, NULL },
	[INFO_NOTICES]   = { "notices", "[NUMBER]", N_("the notices, newest first, or one in full"), 1, NULL },
	[INFO_DOCUMENTS] = { "documents", "[NUMBER]", N_("the documents; --save writes one to a file"), 1, NULL },
	[INFO_FAQ]       = { "faq", "", N_("questions and answers"), 0, NULL },
	[INFO_LINKS]     = { "links", "", N_("titles and addresses of other sites"), 0, NULL },
	[INFO_DRIVERS]   = { "drivers", "[NUMBER]", N_("drivers and packages; --save writes one to a file"), 1, NULL },
	[INFO_FORMS]     = { "forms", "[PURPOSE]", N_("what is done on paper: forms, papers, where and how"), 1, NULL },
	[INFO_VERBS]     = { 0 },
};
// clang-format on

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct info *info = context;

	(void)state;
	if (key == KEY_SAVE)
		info->save = value;
	else if (key == ARGP_KEY_ARG)
		info->which = value;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-info",
		.doc = N_("Show what the RA's site tells everybody: no login, nothing is changed."),
		.groups = OPTS_SITE,
		.verbs = verbs,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = info_run,
		.members = info_members,
		.print = info_print,
		.clear = info_clear };
	struct info info = { 0 };

	return tool_main(&program, &info.tool, argc, argv);
}
