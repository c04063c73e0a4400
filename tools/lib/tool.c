/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a tool: command line, settings, connection to module and RA, report, end. */
#include "tool.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fail.h"
#include "i18n.h"
#include "interrupt.h"
#include "journal.h"
#include "json.h"
#include "opts.h"
#include "out.h"
#include "pin.h"
#include "scope.h"
#include "text.h"
#include "uri.h"

/* The URI of the card may tell where its PIN is; --pin-source goes before. */
static bool take_pin_source(struct tool *tool, struct fail *fail)
{
	CLEANUP(free_p) char *source = NULL;

	if (!uri_pin_source(conf_get(&tool->conf, CONF_TOKEN), &source, fail))
		return false;
	return conf_get(&tool->conf, CONF_PIN_SOURCE) ||
	       conf_set(&tool->conf, CONF_PIN_SOURCE, source, fail);
}

static bool configure(struct tool *tool, bool site_optional, struct fail *fail)
{
	if (!conf_load(&tool->conf, tool->config, tool->values[CONF_SITE], fail))
		return false;
	for (size_t i = 0; i < CONF_COUNT; i++)
		if (!conf_set(&tool->conf, (enum conf_key)i, tool->values[i], fail))
			return false;
	if (!take_pin_source(tool, fail))
		return false;
	const char *site = conf_get(&tool->conf, CONF_SITE);
	if (!site && site_optional)
		return true;
	if (!site)
		return fail_set(fail, FAIL_USAGE, _("which site? Give --site fine"));
	tool->profile = conf_profile_find(site);
	return tool->profile ||
	       fail_set(fail, FAIL_USAGE, _("the site %s is not known; there are: %s"), site,
		       conf_profile_names());
}

static int report(const struct tool_program *program, struct tool *tool, const struct fail *fail)
{
	if (fail->code != FAIL_NONE)
		out_failure(tool->name, fail);
	if (tool->json) {
		CLEANUP(json_decref_p)
		json_t *document = out_document(
			tool->name, fail, program->members ? program->members(tool, fail) : NULL);
		if (!out_print(document))
			return fail_exit(FAIL_SYSTEM);
	} else if (fail->code == FAIL_NONE && !tool->term.quiet && program->print) {
		program->print(tool);
	}
	return fail_exit(fail->code);
}

/* The last line of each dry run that came to its end. */
static void conclude_dry_run(const struct tool *tool, const struct fail *fail)
{
	if (!tool->dry_run)
		return;
	fflush(stdout);
	if (fail->code == FAIL_NONE)
		term_note(&tool->term, _("Everything is ready. Nothing was changed (--dry-run)."));
	else if (fail->code == FAIL_ENVIRONMENT || fail->code == FAIL_BATCH)
		term_note(&tool->term, _("Nothing was changed (--dry-run)."));
}

int tool_main(const struct tool_program *program, struct tool *tool, int argc, char **argv)
{
	struct fail fail = FAIL_INIT;

	setlocale(LC_ALL, "");
	const char *catalogues = getenv("TEXTDOMAINDIR");
	bindtextdomain(TWCA_TEXT_DOMAIN, catalogues ? catalogues : TWCA_LOCALE_DIR);
	textdomain(TWCA_TEXT_DOMAIN); /* argp's own sentences, and those of the options, come from
					 it */
	tool->name = program->opts->tool;
	opts_parse(program->opts, tool, argc, argv, &tool->verb);
	pin_memory_init();
	json_init();
	interrupt_catch();
	term_init(&tool->term);
	if (configure(tool, program->site_optional, &fail))
		program->run(tool, &fail);
	int code = report(program, tool, &fail);
	conclude_dry_run(tool, &fail);
	if (program->clear)
		program->clear(tool);
	tool_clear(tool);
	return code;
}

void tool_clear(struct tool *tool)
{
	struct fail ignored = FAIL_INIT;

	if (tool->ra && !tool->kept)
		tool->ra->ops->logout(tool->ra, &ignored);
	ra_registration_clear(&tool->registration);
	ra_release(&tool->terms.owner);
	ra_release(&tool->card.owner);
	ra_close(tool->ra);
	p11_session_close(tool->session);
	p11_close(tool->p11);
	pin_free(tool->card_pin);
	pin_free(tool->password);
	journal_close(tool->journal);
	conf_clear(&tool->conf);
	free(tool->account);
	memset(tool, 0, sizeof *tool);
}

bool tool_open_module(struct tool *tool, struct fail *fail)
{
	const char *path = conf_get(&tool->conf, CONF_MODULE);
	char name[128];

	if (tool->p11)
		return true;
	if (!p11_open(path ? path : TWCA_MODULE_PATH, &tool->p11, fail) ||
		!p11_describe(tool->p11, name, sizeof name, fail))
		return false;
	term_debug(&tool->term, _("Module: %s"), name);
	return true;
}

static bool open_ra(struct tool *tool, struct fail *fail)
{
	const char *url = conf_get(&tool->conf, CONF_URL);
	char agent[64];
	struct ra_options options = {
		.url = url, .ca_file = conf_get(&tool->conf, CONF_CA), .user_agent = agent
	};

	if (!tool->profile)
		return fail_set(fail, FAIL_USAGE, _("which site? Give --site fine"));
	snprintf(agent, sizeof agent, "%s/%s", tool->name, TWCA_VERSION);
	if (!url)
		return fail_set(fail, FAIL_USAGE,
			_("the RA's address is not known; give it with --ra-url or in the settings "
			  "file"));
	if (!ra_json_open(&options, &tool->ra, fail) ||
		!tool->ra->ops->site(tool->ra, tool->profile->site, &tool->site, fail))
		return false;
	time_t now = time(NULL);
	long off = (long)(now > tool->site.server_time ? now - tool->site.server_time
						       : tool->site.server_time - now);
	if (off > tool->site.max_clock_skew_s)
		return fail_set(fail, FAIL_CLOCK, _("by %ld seconds; %ld are allowed"), off,
			tool->site.max_clock_skew_s);
	CLEANUP(free_p) char *name = text_clean_line(tool->site.name);
	term_debug(&tool->term, _("RA: %s"), name ? name : url);
	return true;
}

bool tool_open_ra(struct tool *tool, struct fail *fail)
{
	if (tool->ra || open_ra(tool, fail))
		return true;
	tool->ra = ra_close(tool->ra);
	return false;
}

bool tool_ask_account(struct tool *tool, struct fail *fail)
{
	const char *account = conf_get(&tool->conf, CONF_ACCOUNT);

	if (tool->account)
		return true;
	if (!account)
		return term_ask(&tool->term,
			tool->site.account_is_identifier ? _("Certificate identifier (CN): ")
							 : _("Site account: "),
			"--account", &tool->account, fail);
	tool->account = strdup(account);
	return tool->account || fail_set(fail, FAIL_MEMORY, NULL);
}

bool tool_open_journal(struct tool *tool, const char *job, const char *card, struct fail *fail)
{
	CLEANUP(free_p) char *directory = conf_directory("XDG_STATE_HOME", ".local/state");
	struct journal_key key = { .job = job,
		.site = tool->profile ? tool->profile->site : "-",
		.account = tool->account ? tool->account : "-",
		.card = card ? card : "-" };

	if (!directory)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return tool->dry_run ? journal_look(directory, &key, &tool->journal, fail)
			     : journal_open(directory, &key, &tool->journal, fail);
}

const char *tool_recorded(const struct tool *tool, const char *name)
{
	return tool->journal ? journal_get(tool->journal, name) : NULL;
}

bool tool_record(struct tool *tool, const char *name, const char *value, struct fail *fail)
{
	return !tool->journal ||
	       (journal_set(tool->journal, name, value, fail) && journal_save(tool->journal, fail));
}

bool tool_secret(struct tool *tool, enum conf_key source, const char *prompt, const char *option,
	struct pin **ret, struct fail *fail)
{
	const char *where = conf_get(&tool->conf, source);
	size_t len;

	if (where)
		return pin_from_source(where, ret, fail);
	CLEANUP(pin_free_p) struct pin *pin = pin_new();
	if (!pin)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_ask_hidden(&tool->term, prompt, option, pin_buffer(pin), PIN_MAX + 1, &len, fail))
		return false;
	if (!len)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	pin_filled(pin, len);
	*ret = TAKE(pin);
	return true;
}

bool tool_new_secret(
	struct tool *tool, const struct tool_new *what, struct pin **ret, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *first = NULL;
	CLEANUP(pin_free_p) struct pin *second = NULL;

	if (!tool_secret(tool, what->source, _(what->prompt), what->option, &first, fail))
		return false;
	if (!conf_get(&tool->conf, what->source)) {
		if (!tool_secret(
			    tool, what->source, _("The same again: "), what->option, &second, fail))
			return false;
		if (!pin_equal(first, second))
			return fail_set(fail, what->unequal, NULL);
	}
	*ret = TAKE(first);
	return true;
}

void tool_warn(const struct tool *tool, const struct fail *fail)
{
	CLEANUP(free_p) char *message = strdup(fail_message(fail->code));

	if (!message)
		return;
	if (message[0] >= 'a' && message[0] <= 'z')
		message[0] = (char)(message[0] - 'a' + 'A');
	/* TRANSLATORS: a message as a sentence of its own, with its full stop */
	term_warn(&tool->term, _("%s."), message);
	if (fail->tries_left >= 0)
		term_warn(&tool->term, _("Tries left: %d"), fail->tries_left);
	if (*fail_advice(fail->code))
		term_warn(&tool->term, "%s", fail_advice(fail->code));
}
