/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the PINs of the cards in the readers, without costing a try. */
#include <stdlib.h>
#include <string.h>

#include "cardpin.h"
#include "lib/fail.h"
#include "lib/p11_pin.h"
#include "lib/scope.h"
#include "lib/uri.h"

static json_t *pin_json(struct p11_session *session, CK_USER_TYPE user)
{
	struct p11_pin_state state;

	if (!p11_pin_state(session, user, &state))
		return NULL;
	json_t *object = json_pack("{s:b}", "locked", state.locked);
	const struct {
		const char *name;
		int value;
		bool known;
	} members[] = {
		{ "tries_left", state.tries_left, state.tries_left >= 0 },
		{ "tries_max", state.tries_max, state.tries_max >= 0 },
		{ "min_length", state.min_len, state.min_len > 0 },
		{ "max_length", state.max_len, state.max_len > 0 },
	};
	for (size_t i = 0; object && i < sizeof members / sizeof members[0]; i++)
		if (members[i].known)
			json_object_set_new(
				object, members[i].name, json_integer(members[i].value));
	return object;
}

static bool add_card(struct cardpin *cardpin, const struct p11_token *token, struct fail *fail)
{
	CLEANUP(p11_session_close_p) struct p11_session *session = NULL;

	if (!p11_session_open(cardpin->tool.p11, token->slot, &session, fail))
		return false;
	json_t *card = json_pack("{s:s, s:s, s:s, s:s}", "reader", token->reader, "serial",
		token->serial, "label", token->label, "model", token->model);
	CLEANUP(free_p) char *uri = uri_of_token(token);
	json_t *pin = pin_json(session, CKU_USER);
	json_t *puk = pin_json(session, CKU_SO);
	if (card && uri)
		json_object_set_new(card, "uri", json_string(uri));
	if (card && pin)
		json_object_set_new(card, "pin", pin);
	if (card && puk)
		json_object_set_new(card, "puk", puk);
	return json_array_append_new(cardpin->cards, card) == 0 ||
	       fail_set(fail, FAIL_MEMORY, NULL);
}

bool cardpin_status(struct cardpin *cardpin, struct fail *fail)
{
	struct tool *tool = &cardpin->tool;
	const char *reader = conf_get(&tool->conf, CONF_READER);
	const char *uri = conf_get(&tool->conf, CONF_TOKEN);
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	size_t count, readers = 0;

	cardpin->cards = json_array();
	if (!tokens || !cardpin->cards)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail) || !p11_tokens(tool->p11, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!tokens[i].removable || (reader && !strstr(tokens[i].reader, reader)))
			continue;
		readers++;
		bool wanted = tokens[i].recognised;
		if (wanted && uri && !uri_match_token(uri, &tokens[i], &wanted, fail))
			return false;
		if (wanted && !add_card(cardpin, &tokens[i], fail))
			return false;
	}
	if (!readers)
		return fail_set(fail, FAIL_NO_READER, "%s", reader ? reader : "");
	return json_array_size(cardpin->cards) > 0 || fail_set(fail, FAIL_NO_CARD, NULL);
}
