/* SPDX-License-Identifier: Apache-2.0 */
/* twca-cert: certificates that are issued: list, compare, look up, suspend, revoke, prove. */
#include "cert.h"
#include "lib/i18n.h"
#include "lib/opts.h"

enum own_key {
	KEY_SAVE = OPTS_KEY_OWN,
	KEY_SELECT,
	KEY_PRINT,
	KEY_PRINT_COMMAND
};

// clang-format off
static const struct argp_option options[] = {
	{ "save", KEY_SAVE, "FILE", 0,
	  N_("query, view: write the certificate here (PEM; DER if named .der or .cer); proof: the page (.html to be printed)"), 1 },
	{ "select", KEY_SELECT, "CERTIFICATE", 0, N_("query: which of several is to be saved"), 1 },
	{ "print", KEY_PRINT, NULL, 0, N_("proof: send it to the printer"), 1 },
	{ "print-command", KEY_PRINT_COMMAND, "COMMAND", 0, N_("prints its standard input (lp)"), 1 },
	{ "force", OPTS_KEY_FORCE, NULL, 0, N_("replace an existing file"), 4 },
	{ 0 },
};
static const struct opts_verb verbs[] = {
	[CERT_LIST]    = { "list", "", N_("my certificates, and where each is on this computer"), 0, NULL },
	[CERT_STATUS]  = { "status", "", N_("compare what the host has with what is on this computer"), 0, NULL },
	[CERT_QUERY]   = { "query", "[NAME]", N_("other people's certificates, by a part of the name"), 1, NULL },
	[CERT_VIEW]    = { "view", "[CERTIFICATE]", N_("one of my certificates; --save writes it to a file"), 1, NULL },
	[CERT_SUSPEND] = { "suspend", "[CERTIFICATE...]", N_("suspend certificates"), CERT_ARGUMENTS_MAX, NULL },
	[CERT_RESUME]  = { "resume", "", N_("how a suspension is ended"), 0, NULL },
	[CERT_REVOKE]  = { "revoke", "[CERTIFICATE...]", N_("revoke all certificates, or how that is done"), CERT_ARGUMENTS_MAX, NULL },
	[CERT_PROOF]   = { "proof", "", N_("the certificate proof: show, --save or --print it"), 0, NULL },
	[CERT_VERBS]   = { 0 },
};
// clang-format on

static error_t take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct cert *cert = context;

	(void)state;
	switch (key) {
	case KEY_SAVE:
		cert->save = value;
		return 0;
	case KEY_SELECT:
		cert->select = value;
		return 0;
	case KEY_PRINT:
		if (!cert->print_command)
			cert->print_command = "lp";
		return 0;
	case KEY_PRINT_COMMAND:
		cert->print_command = value;
		return 0;
	case ARGP_KEY_ARG:
		cert->arguments[cert->argument_count++] = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct opts_spec opts = { .tool = "twca-cert",
		.doc = N_("See, compare, suspend and revoke certificates that are issued."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_NEW_PASSWORD | OPTS_CARD | OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options,
		.take = take_option };
	static const struct tool_program program = { .opts = &opts,
		.run = cert_run,
		.members = cert_members,
		.print = cert_print,
		.clear = cert_clear };
	struct cert cert = { 0 };

	return tool_main(&program, &cert.tool, argc, argv);
}
