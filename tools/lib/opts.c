/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a command line by the table of common options and the tool's own. */
#include "opts.h"

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "tool.h"

enum common_key {
	KEY_CONFIG = 256,
	KEY_CAPTCHA_FILE,
	KEY_JSON,
	KEY_YES,
	KEY_NO_INPUT,
	KEY_COLOR,
	KEY_CONF /* + enum conf_key */
};
_Static_assert(KEY_CONF + CONF_COUNT <= OPTS_KEY_FORCE, "keys of options overlap");

#define ALWAYS 0
#define OPTIONS_MAX 64
#define GIVEN_MAX 32
#define HIDDEN_ALIAS (OPTION_ALIAS | OPTION_HIDDEN)

// clang-format off
static const struct common_row {
	unsigned group;
	struct argp_option option;
} common[] = {
	{ OPTS_SITE, { "site", KEY_CONF + CONF_SITE, "NAME", 0, N_("the RA's system: soft, fine, tipo, post or bts"), 1 } },
	{ OPTS_ACCOUNT, { "account", KEY_CONF + CONF_ACCOUNT, "NAME", 0, N_("site account"), 1 } },
	{ OPTS_CARD, { "reader", KEY_CONF + CONF_READER, "NAME", 0, N_("card reader, by part of its name"), 1 } },
	{ OPTS_CARD, { "token", KEY_CONF + CONF_TOKEN, "URI", 0, N_("card, by PKCS#11 URI"), 1 } },
	{ OPTS_PIN, { "pin-source", KEY_CONF + CONF_PIN_SOURCE, "SOURCE", 0,
	  N_("card PIN from file:PATH, fd:NUMBER, env:NAME or -"), 2 } },
	{ OPTS_NEW_PIN, { "new-pin-source", KEY_CONF + CONF_NEW_PIN_SOURCE, "SOURCE", 0,
	  N_("new card PIN from file:PATH, fd:NUMBER, env:NAME or -"), 2 } },
	{ OPTS_PUK, { "puk-source", KEY_CONF + CONF_PUK_SOURCE, "SOURCE", 0,
	  N_("PUK of the card from file:PATH, fd:NUMBER, env:NAME or -"), 2 } },
	{ OPTS_ACCOUNT, { "password-source", KEY_CONF + CONF_PASSWORD_SOURCE, "SOURCE", 0,
	  N_("site password from file:PATH, fd:NUMBER, env:NAME or -"), 2 } },
	{ OPTS_NEW_PASSWORD, { "new-password-source", KEY_CONF + CONF_NEW_PASSWORD_SOURCE, "SOURCE", 0,
	  N_("new site password for the first login, from file:PATH, fd:NUMBER, env:NAME or -"), 2 } },
	{ OPTS_ACCOUNT, { "captcha-command", KEY_CONF + CONF_CAPTCHA_COMMAND, "COMMAND", 0,
	  N_("prints the digits of the picture whose path it is given"), 2 } },
	{ OPTS_ACCOUNT, { "captcha-file", KEY_CAPTCHA_FILE, "PATH", 0, N_("where the picture is written"), 2 } },
	{ ALWAYS, { "config", KEY_CONFIG, "FILE", 0, N_("settings file instead of the usual ones"), 3 } },
	{ OPTS_SITE, { "ra-url", KEY_CONF + CONF_URL, "URL", 0, N_("address of the RA"), 3 } },
	{ OPTS_SITE, { "ca-file", KEY_CONF + CONF_CA, "FILE", 0,
	  N_("trust roots for the connection to the RA (PEM)"), 3 } },
	{ OPTS_SITE, { "ra-ca", KEY_CONF + CONF_CA, "FILE", HIDDEN_ALIAS, NULL, 3 } },
	{ OPTS_CARD, { "module", KEY_CONF + CONF_MODULE, "FILE", 0, N_("PKCS#11 module instead of the installed one"), 3 } },
	{ ALWAYS, { "json", KEY_JSON, NULL, 0, N_("result as JSON on standard output"), 4 } },
	{ ALWAYS, { "yes", KEY_YES, NULL, 0, N_("say yes to every question, the terms included"), 4 } },
	{ ALWAYS, { "no-input", KEY_NO_INPUT, NULL, 0, N_("never ask, fail instead"), 4 } },
	{ ALWAYS, { "quiet", 'q', NULL, 0, N_("only warnings and errors"), 4 } },
	{ ALWAYS, { "verbose", 'v', NULL, 0, N_("tell more"), 4 } },
	{ OPTS_DRY_RUN, { "dry-run", OPTS_KEY_DRY_RUN, NULL, 0, N_("check everything, change nothing"), 4 } },
	{ ALWAYS, { "color", KEY_COLOR, "WHEN", 0, N_("auto, always or never"), 4 } },
};
// clang-format on

/* What argp says itself, by glibc's own words; it finds them in this catalogue. */
__attribute__((unused)) static const char *const argp_words[] = {
	N_("Usage:"),
	N_(" [OPTION...]"),
	/* xgettext:c-format */
	N_("Try `%s --help' or `%s --usage' for more information.\n"),
	N_("Give this help list"),
	N_("Give a short usage message"),
	N_("Print program version"),
};

struct reading {
	const struct opts_spec *spec;
	struct tool *tool;
	unsigned verb;
	unsigned arguments; /* behind the verb */
	bool has_verb;
	const char *given[GIVEN_MAX]; /* names of own options */
	size_t given_count;
};

static error_t take_common(struct tool *tool, int key, char *value, struct argp_state *state)
{
	if (key >= KEY_CONF && key < KEY_CONF + CONF_COUNT) {
		tool->values[key - KEY_CONF] = value;
		return 0;
	}
	switch (key) {
	case KEY_CONFIG:
		tool->config = value;
		return 0;
	case KEY_CAPTCHA_FILE:
		tool->captcha_file = value;
		return 0;
	case KEY_JSON:
		tool->json = true;
		return 0;
	case KEY_YES:
		tool->term.yes = true;
		return 0;
	case KEY_NO_INPUT:
		tool->term.no_input = true;
		return 0;
	case 'q':
		tool->term.quiet = true;
		return 0;
	case 'v':
		tool->term.verbose++;
		return 0;
	case OPTS_KEY_FORCE:
		tool->force = true;
		return 0;
	case OPTS_KEY_DRY_RUN:
		tool->dry_run = true;
		return 0;
	case KEY_COLOR:
		if (!term_colours_parse(value, &tool->term.colours))
			argp_error(state, _("--color is auto, always or never, not %s"), value);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void take_verb(struct reading *reading, const char *word, struct argp_state *state)
{
	const struct opts_verb *verbs = reading->spec->verbs;

	for (unsigned i = 0; verbs[i].name; i++) {
		if (strcmp(verbs[i].name, word) == 0) {
			reading->verb = i;
			reading->has_verb = true;
			return;
		}
	}
	argp_error(state, _("there is no command %s"), word);
}

static error_t take_argument(struct reading *reading, char *value, struct argp_state *state)
{
	const struct opts_verb *verbs = reading->spec->verbs;

	if (verbs && !reading->has_verb) {
		take_verb(reading, value, state);
		return 0;
	}
	if (!verbs || reading->arguments >= verbs[reading->verb].arguments_max ||
		!reading->spec->take)
		argp_error(state, "%s",
			verbs ? _("too many arguments; secrets are never given as arguments")
			      : _("no argument is expected; secrets are never given as arguments"));
	reading->arguments++;
	return reading->spec->take(reading->tool, ARGP_KEY_ARG, value, state);
}

/* Own options are kept by name until the verb is known: it may stand behind them. */
static void note_given(struct reading *reading, int key)
{
	for (const struct argp_option *own = reading->spec->own; own && own->key; own++)
		if (own->key == key && reading->given_count < GIVEN_MAX)
			reading->given[reading->given_count++] = own->name;
}

/* Is word one of the words of list? */
static bool is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at && (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static void refuse_useless(const struct reading *reading, struct argp_state *state)
{
	const struct opts_verb *verb = &reading->spec->verbs[reading->verb];

	for (size_t i = 0; i < reading->given_count; i++)
		if (is_listed(verb->without, reading->given[i]))
			argp_error(
				state, _("%s has no use for --%s"), verb->name, reading->given[i]);
}

static error_t take(int key, char *value, struct argp_state *state)
{
	struct reading *reading = state->input;

	if (key == ARGP_KEY_ARG)
		return take_argument(reading, value, state);
	if (key == ARGP_KEY_END && reading->spec->verbs && !reading->has_verb)
		argp_error(state, "%s", _("a command is missing"));
	if (key == ARGP_KEY_END && reading->has_verb)
		refuse_useless(reading, state);
	note_given(reading, key);
	if (reading->spec->take) {
		error_t result = reading->spec->take(reading->tool, key, value, state);
		if (result != ARGP_ERR_UNKNOWN)
			return result;
	}
	return take_common(reading->tool, key, value, state);
}

/* Does the tool's own table bring this key with a text of its own? */
static bool is_own(const struct opts_spec *spec, int key)
{
	for (const struct argp_option *own = spec->own; own && own->key; own++)
		if (own->key == key)
			return true;
	return false;
}

static void fill(const struct opts_spec *spec, struct argp_option options[OPTIONS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		const struct common_row *row = &common[i];
		if ((row->group == ALWAYS || (row->group & spec->groups)) &&
			!is_own(spec, row->option.key))
			options[count++] = row->option;
	}
	for (const struct argp_option *own = spec->own; own && own->key; own++)
		if (count < OPTIONS_MAX - 1)
			options[count++] = *own;
	for (const struct argp_option *shared = spec->shared; shared && shared->key; shared++)
		if (count < OPTIONS_MAX - 1 && !is_own(spec, shared->key))
			options[count++] = *shared;
	options[count] = (struct argp_option){ 0 };
}

/* The first paragraph and, behind the options, the commands. The caller frees. */
static char *make_doc(const struct opts_spec *spec)
{
	CLEANUP(free_p) char *text = NULL;
	size_t len;
	CLEANUP(fclose_p) FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "%s", _(spec->doc));
	if (spec->verbs)
		fprintf(out, "\n\n%s", _("Commands:"));
	for (const struct opts_verb *verb = spec->verbs; verb && verb->name; verb++)
		fprintf(out, "\n  %s%s%s\n      %s", verb->name, *verb->arguments ? " " : "",
			verb->arguments, _(verb->help));
	if (spec->verbs)
		fprintf(out, "\n\n%s", _("Options:"));
	if (fclose(TAKE(out)) != 0)
		return NULL;
	return TAKE(text);
}

void opts_parse(
	const struct opts_spec *spec, struct tool *tool, int argc, char **argv, unsigned *ret_verb)
{
	struct reading reading = { .spec = spec, .tool = tool };
	struct argp_option options[OPTIONS_MAX];
	CLEANUP(free_p) char *doc = make_doc(spec);
	static char version[64];

	snprintf(version, sizeof version, "%s %s", spec->tool, TWCA_VERSION);
	argp_program_version = version;
	argp_err_exit_status = fail_exit(FAIL_USAGE);
	fill(spec, options);
	const struct argp parser = { .options = options,
		.parser = take,
		.args_doc = spec->verbs ? N_("COMMAND [ARGUMENT...]") : NULL,
		.doc = doc ? doc : spec->doc,
		.argp_domain = TWCA_TEXT_DOMAIN };
	argp_parse(&parser, argc, argv, 0, NULL, &reading);
	*ret_verb = reading.verb;
}
