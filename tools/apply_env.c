/* SPDX-License-Identifier: Apache-2.0 */
/* Checks module, RA and clock, chooses the card, opens the record of the job. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"
#include "lib/uri.h"

bool apply_step_module(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *path = conf_get(&apply->conf, CONF_MODULE);
	char name[128];

	term_title(&apply->term, _(apply->profile->title));
	if (!p11_open(path ? path : TWCA_MODULE_PATH, &apply->p11, fail) ||
		!p11_describe(apply->p11, name, sizeof name, fail))
		return false;
	term_debug(&apply->term, _("Module: %s"), name);
	return true;
}

bool apply_step_ra(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *url = conf_get(&apply->conf, CONF_URL);
	struct ra_options options = { .url = url,
		.ca_file = conf_get(&apply->conf, CONF_CA),
		.user_agent = "twca-apply/" TWCA_VERSION };

	if (!url)
		return fail_set(fail, FAIL_USAGE,
			_("the RA's address is not known; give it with --ra-url or in the settings "
			  "file"));
	if (!ra_json_open(&options, &apply->ra, fail) ||
		!apply->ra->ops->site(apply->ra, apply->profile->site, &apply->site, fail))
		return false;
	time_t now = time(NULL);
	long off = (long)(now > apply->site.server_time ? now - apply->site.server_time
							: apply->site.server_time - now);
	if (off > apply->site.max_clock_skew_s)
		return fail_set(fail, FAIL_CLOCK, _("by %ld seconds; %ld are allowed"), off,
			apply->site.max_clock_skew_s);
	CLEANUP(free_p) char *name = text_clean_line(apply->site.name);
	term_debug(&apply->term, _("RA: %s"), name ? name : url);
	return true;
}

/* --reader (part of its name) and --token decide which cards count. */
static bool is_wanted(
	const struct apply *apply, const struct p11_token *token, bool *ret, struct fail *fail)
{
	const char *reader = conf_get(&apply->conf, CONF_READER);
	const char *uri = conf_get(&apply->conf, CONF_TOKEN);

	*ret = !reader || strstr(token->reader, reader);
	if (!*ret || !uri)
		return true;
	if (!token->recognised) {
		*ret = false;
		return true;
	}
	return uri_match_token(uri, token, ret, fail);
}

/* Keep the wanted slots in front of tokens. */
static bool keep_wanted(struct apply *apply, struct p11_token *tokens, size_t *count,
	size_t *ret_cards, struct fail *fail)
{
	size_t kept = 0;

	*ret_cards = 0;
	for (size_t i = 0; i < *count; i++) {
		bool wanted;
		if (!is_wanted(apply, &tokens[i], &wanted, fail))
			return false;
		if (!wanted)
			continue;
		tokens[kept] = tokens[i];
		*ret_cards += tokens[kept].present;
		kept++;
	}
	*count = kept;
	return true;
}

static bool choose(struct apply *apply, const struct p11_token *cards, size_t count,
	size_t *ret_choice, struct fail *fail)
{
	typedef char line[160];
	CLEANUP(free_p) line *lines = calloc(count, sizeof *lines);
	const char *items[P11_READERS_MAX];
	char all[FAIL_DETAIL_MAX] = "";

	if (!lines)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < count; i++) {
		snprintf(lines[i], sizeof lines[i], "%s: %s %s", cards[i].reader, cards[i].label,
			cards[i].serial);
		items[i] = lines[i];
		size_t used = strlen(all);
		snprintf(all + used, sizeof all - used, "%s%s", i ? "; " : "", lines[i]);
	}
	if (apply->term.yes || apply->term.no_input)
		return fail_set(fail, FAIL_READER_AMBIGUOUS, "%s", all);
	if (term_choose(
		    &apply->term, _("Choose a reader"), "--reader", items, count, ret_choice, fail))
		return true;
	return fail->code == FAIL_INPUT_NEEDED ? fail_set(fail, FAIL_READER_AMBIGUOUS, "%s", all)
					       : false;
}

static bool confirm_one(struct apply *apply, const struct p11_token *card, struct fail *fail)
{
	CLEANUP(free_p) char *question = NULL;
	bool yes;

	if (conf_get(&apply->conf, CONF_READER) || conf_get(&apply->conf, CONF_TOKEN))
		return true;
	if (asprintf(&question, _("Use the card %s (%s) in %s?"), card->serial, card->label,
		    card->reader) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_confirm(&apply->term, question, &yes, fail))
		return false;
	return yes || fail_set(fail, FAIL_CANCELLED, NULL);
}

static bool is_usable(const struct p11_token *card, struct fail *fail)
{
	if (!card->recognised)
		return fail_set(fail, FAIL_CARD_UNKNOWN, "%s", card->reader);
	if (!(card->flags & CKF_TOKEN_INITIALIZED) || !(card->flags & CKF_USER_PIN_INITIALIZED))
		return fail_set(fail, FAIL_CARD_BLANK, "%s: %s", card->reader, card->serial);
	if (card->flags & CKF_WRITE_PROTECTED)
		return fail_set(fail, FAIL_CARD_READ_ONLY, "%s: %s", card->reader, card->serial);
	return true;
}

bool apply_step_card(void *context, struct fail *fail)
{
	struct apply *apply = context;
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	size_t count, cards, chosen = 0;

	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!p11_tokens(apply->p11, tokens, &count, fail) ||
		!keep_wanted(apply, tokens, &count, &cards, fail))
		return false;
	if (!count)
		return fail_set(fail, FAIL_NO_READER, "%s",
			conf_get(&apply->conf, CONF_READER) ? conf_get(&apply->conf, CONF_READER)
							    : "");
	if (!cards)
		return fail_set(fail, FAIL_NO_CARD, "%s", count == 1 ? tokens[0].reader : "");
	size_t usable = 0;
	for (size_t i = 0; i < count; i++)
		if (tokens[i].present && (cards == 1 || (tokens[i].flags & CKF_TOKEN_INITIALIZED)))
			tokens[usable++] = tokens[i];
	if (!usable)
		return fail_set(fail, FAIL_CARD_BLANK, NULL);
	if (usable > 1 && !choose(apply, tokens, usable, &chosen, fail))
		return false;
	if (!is_usable(&tokens[chosen], fail) ||
		(usable == 1 && !confirm_one(apply, &tokens[0], fail)))
		return false;
	apply->token = tokens[chosen];
	term_note(&apply->term, _("Card %s (%s) in %s"), apply->token.serial, apply->token.label,
		apply->token.reader);
	return p11_session_open(apply->p11, apply->token.slot, &apply->session, fail);
}

/* An application that was finished, and whose certificate is still there, is not repeated. */
static bool check_finished(struct apply *apply, struct fail *fail)
{
	const char *state = journal_get(apply->journal, "state");
	const char *hex = journal_get(apply->journal, "key_id");
	const char *base64 = journal_get(apply->journal, "certificate");
	uint8_t id[P11_ID_LEN];
	size_t id_len;
	CLEANUP(free_p) uint8_t *der = NULL;
	struct p11_cert cert = { .id = id };
	bool present;

	if (!state || strcmp(state, "done") != 0 || !hex || !base64)
		return true;
	if (!text_unhex(hex, id, sizeof id, &id_len) || !text_unbase64(base64, &der, &cert.der_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->journal));
	cert.der = der;
	cert.id_len = id_len;
	if (!p11_cert_present(apply->session, &cert, &present, fail))
		return false;
	if (!present)
		return true;
	return fail_set(fail, FAIL_NOTHING_TO_DO,
		_("the certificate of account %s is on card %s already"), apply->account,
		apply->token.serial);
}

bool apply_record(struct apply *apply, const char *name, const char *value, struct fail *fail)
{
	return journal_set(apply->journal, name, value, fail) && journal_save(apply->journal, fail);
}

/* --force: begin anew, but remember which password counts. */
static bool forget(struct apply *apply, struct fail *fail)
{
	const char *change = journal_get(apply->journal, "password_change");
	CLEANUP(free_p) char *kept = change ? strdup(change) : NULL;

	return journal_forget(apply->journal, fail) &&
	       apply_record(apply, "password_change", kept, fail);
}

bool apply_step_journal(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *account = conf_get(&apply->conf, CONF_ACCOUNT);
	CLEANUP(free_p) char *directory = conf_directory("XDG_STATE_HOME", ".local/state");

	if (apply->options.dry_run) {
		term_note(&apply->term, _("Everything is ready. Nothing was changed (--dry-run)."));
		return true;
	}
	apply->account = account ? strdup(account) : NULL;
	if (!directory || (account && !apply->account))
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!account &&
		!term_ask(&apply->term, _("Site account: "), "--account", &apply->account, fail))
		return false;
	struct journal_key key = { .job = "apply",
		.site = apply->profile->site,
		.account = apply->account,
		.card = apply->token.serial };
	if (!journal_open(directory, &key, &apply->journal, fail))
		return false;
	if (apply->options.force)
		return forget(apply, fail);
	if (!check_finished(apply, fail))
		return false;
	apply->resumed = journal_get(apply->journal, "key_id") != NULL;
	if (apply->resumed)
		term_note(&apply->term, _("An earlier run had begun; going on with it."));
	return true;
}
