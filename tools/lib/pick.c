/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the card that is meant, asks when more than one is. */
#include "pick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "tool.h"
#include "uri.h"

#define SETTLE_TRIES 10
#define SETTLE_MS 150L

/* --reader (part of its name) and --token decide which cards count. */
static bool is_wanted(
	const struct tool *tool, const struct p11_token *token, bool *ret, struct fail *fail)
{
	const char *reader = conf_get(&tool->conf, CONF_READER);
	const char *uri = conf_get(&tool->conf, CONF_TOKEN);

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
static bool keep_wanted(const struct tool *tool, unsigned flags, struct p11_token *tokens,
	size_t *count, size_t *ret_cards, struct fail *fail)
{
	size_t kept = 0;

	*ret_cards = 0;
	for (size_t i = 0; i < *count; i++) {
		bool wanted;
		if (!is_wanted(tool, &tokens[i], &wanted, fail))
			return false;
		if (!wanted || tokens[i].removable == ((flags & PICK_SOFT) != 0))
			continue;
		tokens[kept] = tokens[i];
		*ret_cards += tokens[kept].present;
		kept++;
	}
	*count = kept;
	return true;
}

static bool choose(struct tool *tool, const struct p11_token *cards, size_t count,
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
	if (tool->term.yes || tool->term.no_input)
		return fail_set(fail, FAIL_READER_AMBIGUOUS, "%s", all);
	if (term_choose(
		    &tool->term, _("Choose a reader"), "--reader", items, count, ret_choice, fail))
		return true;
	return fail->code == FAIL_INPUT_NEEDED ? fail_set(fail, FAIL_READER_AMBIGUOUS, "%s", all)
					       : false;
}

/* The site's usual reader goes before others, if it is there once. */
static bool choose_usual(
	const struct tool *tool, const struct p11_token *cards, size_t count, size_t *ret_choice)
{
	const char *usual = tool->profile ? tool->profile->reader : NULL;
	size_t found = 0;

	for (size_t i = 0; usual && i < count; i++) {
		if (!strstr(cards[i].reader, usual))
			continue;
		*ret_choice = i;
		found++;
	}
	return found == 1;
}

static bool confirm_one(struct tool *tool, const struct p11_token *card, struct fail *fail)
{
	CLEANUP(free_p) char *question = NULL;
	bool yes;

	if (conf_get(&tool->conf, CONF_READER) || conf_get(&tool->conf, CONF_TOKEN))
		return true;
	if (asprintf(&question, _("Use the card %s (%s) in %s?"), card->serial, card->label,
		    card->reader) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_confirm(&tool->term, question, &yes, fail))
		return false;
	return yes || fail_set(fail, FAIL_CANCELLED, NULL);
}

static bool is_usable(const struct p11_token *card, unsigned flags, struct fail *fail)
{
	const CK_FLAGS ready = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED;

	if (!card->recognised)
		return fail_set(fail, FAIL_CARD_UNKNOWN, "%s", card->reader);
	if (!(flags & PICK_BLANK) && (card->flags & ready) != ready)
		return fail_set(fail, FAIL_CARD_BLANK, "%s: %s", card->reader, card->serial);
	if (!(flags & PICK_READ_ONLY) && (card->flags & CKF_WRITE_PROTECTED))
		return fail_set(fail, FAIL_CARD_READ_ONLY, "%s: %s", card->reader, card->serial);
	return true;
}

/* Just after a card was pulled out or put in, its reader may answer with an error for a moment. */
static bool list(struct tool *tool, unsigned flags, struct p11_token *tokens, size_t *ret_count,
	struct fail *fail)
{
	if (flags & PICK_SOFT)
		return p11_soft_tokens(tool->p11, tokens, ret_count, fail);
	for (unsigned i = 0; !p11_tokens(tool->p11, tokens, ret_count, fail); i++) {
		if (fail->code != FAIL_CARD_ERROR || i == SETTLE_TRIES)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = SETTLE_MS * 1000000 }, NULL);
	}
	*fail = (struct fail)FAIL_INIT;
	return true;
}

bool pick_card(struct tool *tool, unsigned flags, struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	size_t count, cards, chosen = 0, listed;

	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail) || !list(tool, flags, tokens, &count, fail))
		return false;
	listed = count;
	if (!keep_wanted(tool, flags, tokens, &count, &cards, fail))
		return false;
	if (!count && listed && conf_get(&tool->conf, CONF_TOKEN) && !(flags & PICK_SOFT))
		return fail_set(fail, FAIL_NO_CARD, "%s", conf_get(&tool->conf, CONF_TOKEN));
	if (!count) {
		const char *reader = conf_get(&tool->conf, CONF_READER);
		return fail_set(fail, flags & PICK_SOFT ? FAIL_NO_KEY_FILE : FAIL_NO_READER, "%s",
			reader ? reader : "");
	}
	if (!cards)
		return fail_set(fail, FAIL_NO_CARD, "%s", count == 1 ? tokens[0].reader : "");
	size_t usable = 0;
	for (size_t i = 0; i < count; i++)
		if (tokens[i].present && (cards == 1 || (flags & PICK_BLANK) ||
						 (tokens[i].flags & CKF_TOKEN_INITIALIZED)))
			tokens[usable++] = tokens[i];
	if (!usable)
		return fail_set(fail, FAIL_CARD_BLANK, NULL);
	if (usable > 1 && !choose_usual(tool, tokens, usable, &chosen) &&
		!choose(tool, tokens, usable, &chosen, fail))
		return false;
	if (!is_usable(&tokens[chosen], flags, fail) ||
		(usable == 1 && !(flags & PICK_QUIETLY) && !confirm_one(tool, &tokens[0], fail)))
		return false;
	tool->token = tokens[chosen];
	if (!(flags & PICK_QUIETLY))
		term_note(&tool->term, _("Card %s (%s) in %s"), tool->token.serial,
			tool->token.label, tool->token.reader);
	return p11_session_open(tool->p11, tool->token.slot, &tool->session, fail);
}
