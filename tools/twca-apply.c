/* SPDX-License-Identifier: Apache-2.0 */
/* twca-apply: from a registered person with a card to a certificate on the card. */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/pin.h"

#define WAIT_USUAL_S 30
#define WAIT_MAX_S (7L * 24 * 60 * 60)

const char *argp_program_version = "twca-apply " TWCA_VERSION;

enum option_key {
	KEY_CONFIG = 256,
	KEY_CAPTCHA_FILE,
	KEY_JSON,
	KEY_YES,
	KEY_NO_INPUT,
	KEY_FORCE,
	KEY_DRY_RUN,
	KEY_COLOR,
	KEY_WAIT,
	KEY_CONF /* + enum conf_key */
};

// clang-format off
static const struct argp_option options[] = {
	{ "site", KEY_CONF + CONF_SITE, "NAME", 0, N_("the RA's system (fine)"), 1 },
	{ "account", KEY_CONF + CONF_ACCOUNT, "NAME", 0, N_("site account"), 1 },
	{ "reader", KEY_CONF + CONF_READER, "NAME", 0, N_("card reader, by part of its name"), 1 },
	{ "token", KEY_CONF + CONF_TOKEN, "URI", 0, N_("card, by PKCS#11 URI"), 1 },
	{ "pin-source", KEY_CONF + CONF_PIN_SOURCE, "SOURCE", 0,
	  N_("card PIN from file:PATH, fd:NUMBER, env:NAME or -"), 2 },
	{ "password-source", KEY_CONF + CONF_PASSWORD_SOURCE, "SOURCE", 0, N_("site password, likewise"), 2 },
	{ "new-password-source", KEY_CONF + CONF_NEW_PASSWORD_SOURCE, "SOURCE", 0,
	  N_("new site password for the first login, likewise"), 2 },
	{ "captcha-command", KEY_CONF + CONF_CAPTCHA_COMMAND, "COMMAND", 0,
	  N_("prints the digits of the picture whose path it is given"), 2 },
	{ "captcha-file", KEY_CAPTCHA_FILE, "PATH", 0, N_("where the picture is written"), 2 },
	{ "config", KEY_CONFIG, "FILE", 0, N_("settings file instead of the usual ones"), 3 },
	{ "ra-url", KEY_CONF + CONF_URL, "URL", 0, N_("address of the RA"), 3 },
	{ "ca-file", KEY_CONF + CONF_CA, "FILE", 0, N_("trust roots for the connection to the RA (PEM)"), 3 },
	{ "json", KEY_JSON, NULL, 0, N_("result as JSON on standard output"), 4 },
	{ "yes", KEY_YES, NULL, 0, N_("say yes to every question, the terms included"), 4 },
	{ "no-input", KEY_NO_INPUT, NULL, 0, N_("never ask, fail instead"), 4 },
	{ "quiet", 'q', NULL, 0, N_("only warnings and errors"), 4 },
	{ "verbose", 'v', NULL, 0, N_("tell more"), 4 },
	{ "force", KEY_FORCE, NULL, 0,
	  N_("forget an unfinished application; risk the last PIN try unattended"), 4 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, N_("check everything, change nothing"), 4 },
	{ "wait", KEY_WAIT, "SECONDS", 0, N_("how long to wait for the RA's decision (30)"), 4 },
	{ "color", KEY_COLOR, "WHEN", 0, N_("auto, always or never"), 4 },
	{ 0 },
};
// clang-format on

struct command_line {
	struct apply *apply;
	const char *values[CONF_COUNT];
};

static bool take_wait(const char *text, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, 10);
	return end != text && !*end && !errno && *ret >= 0 && *ret <= WAIT_MAX_S;
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct command_line *line = state->input;
	struct apply *apply = line->apply;

	if (key >= KEY_CONF && key < KEY_CONF + CONF_COUNT) {
		line->values[key - KEY_CONF] = value;
		return 0;
	}
	switch (key) {
	case KEY_CONFIG:
		apply->options.config = value;
		return 0;
	case KEY_CAPTCHA_FILE:
		apply->options.captcha_file = value;
		return 0;
	case KEY_JSON:
		apply->options.json = true;
		return 0;
	case KEY_YES:
		apply->term.yes = true;
		return 0;
	case KEY_NO_INPUT:
		apply->term.no_input = true;
		return 0;
	case 'q':
		apply->term.quiet = true;
		return 0;
	case 'v':
		apply->term.verbose++;
		return 0;
	case KEY_FORCE:
		apply->options.force = true;
		return 0;
	case KEY_DRY_RUN:
		apply->options.dry_run = true;
		return 0;
	case KEY_COLOR:
		if (!term_colours_parse(value, &apply->term.colours))
			argp_error(state, _("--color is auto, always or never, not %s"), value);
		return 0;
	case KEY_WAIT:
		if (!take_wait(value, &apply->options.wait_s))
			argp_error(state, _("--wait is a number of seconds, not %s"), value);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s",
			_("no argument is expected; secrets are never given as arguments"));
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool configure(struct command_line *line, struct fail *fail)
{
	struct apply *apply = line->apply;

	if (!conf_load(&apply->conf, apply->options.config, line->values[CONF_SITE], fail))
		return false;
	for (size_t i = 0; i < CONF_COUNT; i++)
		if (!conf_set(&apply->conf, (enum conf_key)i, line->values[i], fail))
			return false;
	const char *site = conf_get(&apply->conf, CONF_SITE);
	if (!site)
		return fail_set(fail, FAIL_USAGE, _("which site? Give --site fine"));
	apply->profile = conf_profile_find(site);
	return apply->profile ||
	       fail_set(fail, FAIL_USAGE, _("the site %s is not known; there is: fine"), site);
}

int main(int argc, char **argv)
{
	static const struct argp parser = { .options = options,
		.parser = take_option,
		.doc = N_("Apply for a certificate: key and certificate on the smart card."),
		.argp_domain = TWCA_TEXT_DOMAIN };
	struct apply apply = { .options.wait_s = WAIT_USUAL_S };
	struct command_line line = { .apply = &apply };
	struct fail fail = FAIL_INIT;
	const char *step = NULL;

	setlocale(LC_ALL, "");
	const char *catalogues = getenv("TEXTDOMAINDIR");
	bindtextdomain(TWCA_TEXT_DOMAIN, catalogues ? catalogues : TWCA_LOCALE_DIR);
	argp_err_exit_status = fail_exit(FAIL_USAGE);
	argp_parse(&parser, argc, argv, 0, NULL, &line);
	pin_memory_init();
	json_init();
	interrupt_catch();
	term_init(&apply.term);
	if (configure(&line, &fail))
		apply_run(&apply, &step, &fail);
	int code = apply_report(&apply, step, &fail);
	apply_clear(&apply);
	return code;
}
