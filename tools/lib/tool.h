/* SPDX-License-Identifier: Apache-2.0 */
/* What every tool has: its command line, settings, terminal, module, card, RA; and its life.
 *
 * A tool's own struct begins with a struct tool, so that a pointer to it is a struct tool * too. */
#ifndef TWCA_TOOLS_TOOL_H
#define TWCA_TOOLS_TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "conf.h"
#include "fail.h"
#include "p11.h"
#include "ra.h"
#include "term.h"

struct journal;
struct opts_spec;
struct pin;

struct tool {
	const char *name; /* "twca-apply" */
	unsigned verb;    /* index in the verbs of opts_spec */
	/* the command line (opts.h) */
	const char *config;
	const char *captcha_file;
	bool json, force, dry_run;
	const char *values[CONF_COUNT];
	/* the settings under it; profile: NULL where no site was named or needed */
	struct conf conf;
	const struct conf_profile *profile;
	struct term term;
	/* card (pick.h) */
	struct p11 *p11;
	struct p11_token token;
	struct p11_session *session;
	struct pin *card_pin; /* from its source; for keys that want it at each use */
	/* RA (login.h, verify.h, terms.h) */
	struct ra *ra;
	struct ra_site site;
	char *account;
	struct pin *password;
	bool password_is_new; /* this run has changed it, or found that an earlier one had */
	bool must_change;     /* the session allows only the change of the first password */
	bool kept;            /* the session is kept for later commands: no logout at the end */
	struct ra_registration registration;
	struct ra_terms terms;
	struct ra_challenge card; /* the verification that the next request names */
	/* the record of the unfinished job; NULL: none is kept */
	struct journal *journal;
};

/* What makes one tool differ from another; constant. context is the struct that begins with
 * struct tool. */
struct tool_program {
	const struct opts_spec *opts;
	bool site_optional; /* works without --site */
	/* The work. fail->code stays FAIL_NONE on success. */
	bool (*run)(void *context, struct fail *fail);
	/* Members of the --json document, also after a failure. NULL: none. */
	json_t *(*members)(void *context, const struct fail *fail);
	/* The result as text on stdout after success, when --quiet is not given. NULL: none. */
	void (*print)(void *context);
	/* Frees what the tool's own struct holds, before tool_clear(). NULL: nothing. */
	void (*clear)(void *context);
};

/* A whole program: locale, command line, settings, run, report, clear. tool: zero (or with the
 * tool's own defaults). Returns the exit code. */
int tool_main(const struct tool_program *program, struct tool *tool, int argc, char **argv);

/* Ends the sessions with card and RA and frees everything; the struct is zero afterwards. */
void tool_clear(struct tool *tool);

/* Load the module (--module, settings, built in). Errors: MODULE. Does nothing when it is loaded.
 */
bool tool_open_module(struct tool *tool, struct fail *fail);

/* Reach the RA, read its directory, compare the clocks. Errors: USAGE (address not known), those of
 * http.h, CLOCK. Does nothing when that was done. */
bool tool_open_ra(struct tool *tool, struct fail *fail);

/* tool->account from the settings or asked for. */
bool tool_ask_account(struct tool *tool, struct fail *fail);

/* Open the record of a job for site, account (may be NULL: "-") and card (NULL: "-"). With
 * --dry-run it is only read. */
bool tool_open_journal(struct tool *tool, const char *job, const char *card, struct fail *fail);

/* In the place of a card's serial number, for certificates in files. */
#define TOOL_FILES "file"

/* A recorded value; NULL: none, or no record is kept. */
const char *tool_recorded(const struct tool *tool, const char *name);

/* Change a recorded value (NULL removes) and make it durable. Without a record: does nothing. */
bool tool_record(struct tool *tool, const char *name, const char *value, struct fail *fail);

/* Read a secret from its source (settings key) or ask once. option names the option of the source.
 * The caller frees *ret with pin_free(). */
bool tool_secret(struct tool *tool, enum conf_key source, const char *prompt, const char *option,
	struct pin **ret, struct fail *fail);

/* The same for a new secret: a person types it twice, and two different answers fail with unequal.
 */
struct tool_new {
	enum conf_key source;
	const char *prompt;
	const char *option;
	enum fail_code unequal;
};
bool tool_new_secret(
	struct tool *tool, const struct tool_new *what, struct pin **ret, struct fail *fail);

/* A failure that the person can heal at once: message, tries left, advice, a line each. */
void tool_warn(const struct tool *tool, const struct fail *fail);

#endif
