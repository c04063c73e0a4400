/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the card that is meant, asks when more than one is. */
#include "pick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fail.h"
#include "i18n.h"
#include "identity.h"
#include "journal.h"
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

/* What each can be named by, a line each. */
static bool fail_with_uris(
	const struct p11_token *tokens, size_t count, enum fail_code code, struct fail *fail)
{
	char all[FAIL_DETAIL_MAX] = "";

	for (size_t i = 0; i < count; i++) {
		CLEANUP(free_p) char *uri = uri_of_token(&tokens[i]);
		size_t used = strlen(all);
		bool both =
			tokens[i].removable && uri; /* what --reader takes, what --token takes */
		snprintf(all + used, sizeof all - used, "%s%s%s\n%s", both ? "\n" : "",
			both ? tokens[i].reader : "", both ? ":" : "",
			uri ? uri : tokens[i].reader);
	}
	return fail_set(fail, code, "%s", all);
}

static bool choose(struct tool *tool, unsigned flags, const struct p11_token *cards, size_t count,
	size_t *ret_choice, struct fail *fail)
{
	typedef char line[160];
	bool soft = (flags & PICK_SOFT) != 0;
	enum fail_code several = soft ? FAIL_FILE_AMBIGUOUS : FAIL_READER_AMBIGUOUS;
	CLEANUP(free_p) line *lines = calloc(count, sizeof *lines);
	const char *items[P11_READERS_MAX];

	if (!lines)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < count; i++) {
		snprintf(lines[i], sizeof lines[i], "%s: %s %s", cards[i].reader, cards[i].label,
			cards[i].serial);
		items[i] = lines[i];
	}
	if (tool->term.yes || tool->term.no_input)
		return fail_with_uris(cards, count, several, fail);
	if (term_choose(&tool->term, soft ? _("Choose a certificate file") : _("Choose a reader"),
		    soft ? "--token" : "--reader", items, count, ret_choice, fail))
		return true;
	return fail->code == FAIL_INPUT_NEEDED ? fail_with_uris(cards, count, several, fail)
					       : false;
}

/* The identity that the application of this account made, as its record says; "": no such record.
 */
static void recorded_identity(struct tool *tool, char name[IDENTITY_NAME_MAX + 1])
{
	struct fail ignored = FAIL_INIT;

	name[0] = '\0';
	if (tool->journal || !tool->profile || !conf_get(&tool->conf, CONF_ACCOUNT) ||
		!tool_ask_account(tool, &ignored) ||
		!tool_open_journal(tool, "apply", TOOL_FILES, &ignored))
		return;
	const char *identity = tool_recorded(tool, "identity");
	snprintf(name, IDENTITY_NAME_MAX + 1, "%s", identity ? identity : "");
	tool->journal = journal_close(tool->journal);
}

/* How well an identity fits what was said of site and account. */
enum fit {
	FIT_NOT,
	FIT_MAYBE, /* nobody noted what it is for */
	FIT_SITE,
	FIT_ACCOUNT
};

static enum fit fit_of(const struct tool *tool, const struct p11_token *token, const char *recorded)
{
	const char *name = token->reader + strlen(IDENTITY_SLOT);
	char site[IDENTITY_SITE_MAX];

	if (!token->present)
		return FIT_NOT;
	if (strncmp(token->reader, IDENTITY_SLOT, strlen(IDENTITY_SLOT)) != 0)
		return FIT_MAYBE;
	if (strcmp(name, recorded) == 0)
		return FIT_ACCOUNT;
	CLEANUP(free_p) char *path = identity_path(name);
	if (path)
		identity_site(path, site);
	if (!path || !*site || (!tool->profile && strcmp(site, IDENTITY_NO_SITE) != 0))
		return FIT_MAYBE;
	return tool->profile && strcmp(site, tool->profile->site) == 0 ? FIT_SITE : FIT_NOT;
}

/* Keep those identities that fit best, unless the person has named one. */
static bool keep_fitting(
	struct tool *tool, struct p11_token *tokens, size_t *count, struct fail *fail)
{
	char recorded[IDENTITY_NAME_MAX + 1];
	enum fit best = FIT_NOT;
	size_t kept = 0;

	if (conf_get(&tool->conf, CONF_TOKEN) || conf_get(&tool->conf, CONF_READER))
		return true;
	recorded_identity(tool, recorded);
	for (size_t i = 0; i < *count; i++) {
		enum fit fit = fit_of(tool, &tokens[i], recorded);
		best = fit > best ? fit : best;
	}
	if (best == FIT_NOT && *count)
		return fail_with_uris(tokens, *count, FAIL_NO_KEY_FILE, fail);
	for (size_t i = 0; i < *count; i++)
		if (fit_of(tool, &tokens[i], recorded) == best)
			tokens[kept++] = tokens[i];
	*count = kept;
	return true;
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

/* Put those in front that will do; if none does, one that tells why. Returns how many there are. */
static size_t keep_usable(struct p11_token *tokens, size_t count, unsigned flags)
{
	size_t usable = 0, first = count;
	struct fail ignored = FAIL_INIT;

	for (size_t i = 0; i < count; i++) {
		if (!tokens[i].present)
			continue;
		first = first == count ? i : first;
		if (is_usable(&tokens[i], flags, &ignored))
			tokens[usable++] = tokens[i];
	}
	if (usable)
		return usable;
	tokens[0] = tokens[first];
	return 1;
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
		return fail_set(
			fail, FAIL_NO_CARD, _("none is %s"), conf_get(&tool->conf, CONF_TOKEN));
	if (!count) {
		const char *reader = conf_get(&tool->conf, CONF_READER);
		if (reader && listed && !(flags & PICK_SOFT))
			return fail_set(fail, FAIL_NO_READER,
				_("none is named %s; twca-check reader lists them"), reader);
		return fail_set(fail, flags & PICK_SOFT ? FAIL_NO_KEY_FILE : FAIL_NO_READER, "%s",
			reader ? reader : "");
	}
	if (!cards)
		return fail_set(fail, FAIL_NO_CARD, "%s", count == 1 ? tokens[0].reader : "");
	if ((flags & PICK_SOFT) && !keep_fitting(tool, tokens, &count, fail))
		return false;
	size_t usable = keep_usable(tokens, count, flags);
	if (usable > 1 && !choose_usual(tool, tokens, usable, &chosen) &&
		!choose(tool, flags, tokens, usable, &chosen, fail))
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
