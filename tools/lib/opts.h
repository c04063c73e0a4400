/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of the options that tools share, verbs, and the tool's own options.
 */
#ifndef TWCA_TOOLS_OPTS_H
#define TWCA_TOOLS_OPTS_H

#include <argp.h>
#include <stdbool.h>

struct tool;

/* Which of the common options a tool has; --config --json --yes --no-input --quiet --verbose
 * --color are in every one. */
enum opts_group {
	OPTS_SITE = 1 << 0,    /* --site --ra-url --ca-file (--ra-ca) */
	OPTS_ACCOUNT = 1 << 1, /* --account --password-source --captcha-command --captcha-file */
	OPTS_NEW_PASSWORD = 1 << 2, /* --new-password-source */
	OPTS_CARD = 1 << 3,         /* --reader --token --module */
	OPTS_PIN = 1 << 4,          /* --pin-source */
	OPTS_NEW_PIN = 1 << 5,      /* --new-pin-source */
	OPTS_PUK = 1 << 6,          /* --puk-source */
	OPTS_DRY_RUN = 1 << 7,      /* --dry-run */
};

/* Keys of common options that a tool may list in its own table to give them a text of its own. */
#define OPTS_KEY_FORCE 300
#define OPTS_KEY_DRY_RUN 301
/* First key of a tool's own long options, and of those that some tools share. */
#define OPTS_KEY_OWN 512
#define OPTS_KEY_SHARED 640

/* A verb: the first argument, as in "twca-pin change". */
struct opts_verb {
	const char *name;
	const char *arguments; /* "" or as in "FILE [NAME]"; shown in --help */
	const char *help;      /* N_() */
	unsigned arguments_max;
	/* NULL, or the own options that mean nothing here, as in "label level"; giving one is an
	 * error. Common options, sources of secrets too, may be given to every verb. */
	const char *without;
};

struct opts_spec {
	const char *tool; /* "twca-pin" */
	const char *doc;  /* N_(): the first paragraph of --help */
	unsigned groups;
	const struct opts_verb *verbs; /* ends with a zero row; NULL: the tool has no verbs */
	const struct argp_option *own; /* ends with a zero row; NULL: none */
	/* options of several tools, before which those of own go; likewise */
	const struct argp_option *shared;
	/* Take an own or shared option or (key ARGP_KEY_ARG) an argument behind the verb; context
	 * is the struct that begins with struct tool. Returns ARGP_ERR_UNKNOWN for what it does not
	 * know; complains with argp_error(). NULL: none. */
	error_t (*take)(void *context, int key, char *value, struct argp_state *state);
};

/* Parse into tool and term; *ret_verb: index in verbs. Ends the program (exit code 2) at a wrong
 * line, and after --help and --version. */
void opts_parse(
	const struct opts_spec *spec, struct tool *tool, int argc, char **argv, unsigned *ret_verb);

#endif
