/* SPDX-License-Identifier: Apache-2.0 */
/* The door: opening, transactions, the token. */
#include "card.h"

#include "cleanup.h"
#include "cos_table.h"
#include "layout.h"
#include "p15_cache.h"
#include "p15_read.h"
#include "pcsc_card.h"
#include "transport.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TOKEN_READ_ONLY (1u << 0)
#define TOKEN_LOGIN_REQUIRED (1u << 1)
#define NO_GENERATION 0xFFFFFFFFu
#define SAVE_MS 2000 /* between two savings of the cache while the card is in use */

enum cardos_err cardos_card_open_on(struct transport *transport, struct cardos_card **ret_card)
{
	struct cardos_card *card = calloc(1, sizeof(*card));
	enum cardos_err err = card ? cos_card_new(transport, &card->cos) : CARDOS_E_MEMORY;
	if (err != CARDOS_OK) {
		transport->ops->free(transport);
		free(card);
		return err;
	}
	card->transport = transport;
	card->token_generation = NO_GENERATION;
	card->list_generation = NO_GENERATION;
	for (size_t i = 0; i < CARD_ROLES; i++)
		card->logins[i].tries_left = -1;
	p15_init_state(&card->p15, card->cos);
	card->p15.verified = &card->verified;
	*ret_card = card;
	return CARDOS_OK;
}

enum cardos_err cardos_card_open(const char *reader, struct cardos_card **ret_card)
{
	struct transport *transport = NULL;
	enum cardos_err err = pcsc_card_open(reader, &transport);
	return err == CARDOS_OK ? cardos_card_open_on(transport, ret_card) : err;
}

enum cardos_err cardos_card_layout(
	struct cardos_card *card, const char *text, size_t len, char *ret_why)
{
	struct layout *layout = NULL, **last = &card->layouts;
	size_t atr_len = 0;
	const uint8_t *atr = card->transport->ops->atr(card->transport, &atr_len);
	enum cardos_err err = layout_parse(text, len, &layout, ret_why);
	if (err != CARDOS_OK)
		return err;
	if (!layout_fits(layout, atr, atr_len)) {
		layout_free(layout);
		return CARDOS_OK;
	}
	while (*last)
		last = &(*last)->next;
	*last = layout;
	card->p15.layouts = card->layouts;
	return CARDOS_OK;
}

void cardos_card_cache(struct cardos_card *card, const struct cardos_cache *cache)
{
	if (!card->cache)
		card->cache = p15_cache_new(cache, cos_card_digest(card->cos));
	card->p15.cache = card->cache;
}

struct cardos_card *cardos_card_close(struct cardos_card *card)
{
	bool reset = false;
	if (!card)
		return NULL;
	/* Whoever connects next would inherit the login, so it ends here. */
	if (card->verified && cardos_card_alive(card) &&
		(card->in_transaction || cardos_begin(card, &reset) == CARDOS_OK)) {
		if (card->verified)
			(void)cardos_logout(card);
	}
	cardos_end(card);
	p15_cache_save(card->cache);
	p15_done(&card->p15);
	card->cache = p15_cache_free(card->cache);
	card->layouts = layout_free(card->layouts);
	card->cos = cos_card_free(card->cos);
	card->transport->ops->free(card->transport);
	free(card->list);
	explicit_bzero(card, sizeof(*card));
	free(card);
	return NULL;
}

bool cardos_card_alive(struct cardos_card *card)
{
	return card->transport->ops->alive(card->transport);
}

bool cardos_was_reset(struct cardos_card *card)
{
	const struct transport_ops *ops = card->transport->ops;
	return !card->in_transaction && ops->was_reset && ops->was_reset(card->transport);
}

static void forget_logins(struct cardos_card *card)
{
	for (size_t i = 0; i < CARD_ROLES; i++)
		card->logins[i].logged_in = false;
	card->verified = false;
}

enum cardos_err card_result(struct cardos_card *card, enum cardos_err err)
{
	if (err == CARDOS_E_RESET || err == CARDOS_E_REMOVED) {
		forget_logins(card);
		cos_card_forget(card->cos);
	}
	return err;
}

enum cardos_err cardos_begin(struct cardos_card *card, bool *ret_reset)
{
	bool reset = false;
	if (card->in_transaction)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = card->transport->ops->begin(card->transport, &reset);
	if (err != CARDOS_OK)
		return card_result(card, err);
	card->in_transaction = true;
	cos_card_forget(card->cos);
	card->p15.children_known = false;
	if (reset)
		forget_logins(card);
	*ret_reset = reset;
	return CARDOS_OK;
}

/* A host that never ends properly shall not lose it, and one that reads much not save much. */
static void save_cache(struct cardos_card *card)
{
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	const int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (card->saved_ms && now_ms - card->saved_ms < SAVE_MS)
		return;
	card->saved_ms = now_ms;
	p15_cache_save(card->cache);
}

void cardos_end(struct cardos_card *card)
{
	if (!card->in_transaction)
		return;
	card->transport->ops->end(card->transport);
	card->in_transaction = false;
	if (card->cache)
		save_cache(card);
}

static void fill_token(struct cardos_card *card, struct cardos_token *token)
{
	const struct cos_row *row = cos_card_row(card->cos);
	const struct p15 *p15 = &card->p15;
	struct p15_pin pin;
	*token = (struct cardos_token){ .blank = p15->state == P15_BLANK,
		.prn_generation = true,
		.version_major = row->major,
		.version_minor = row->minor,
		.rsa_min_bits = row->rsa_min,
		.rsa_max_bits = row->rsa_max,
		.imports = cos_key_imports(card->p15.cos),
		.rsa_raw = (row->flags & COS_RSA_RAW) != 0,
		.ec = (row->flags & COS_EC) != 0,
		.pinpad = card->transport->enters,
		.writeable = (row->flags & COS_WRITES) != 0 };
	(void)snprintf(token->model, sizeof(token->model), "%s", row->model);
	memcpy(token->label, p15->token.label, sizeof(token->label));
	memcpy(token->manufacturer, p15->token.manufacturer, sizeof(token->manufacturer));
	memcpy(token->serial, p15->token.serial, sizeof(token->serial));
	token->serial_len = p15->token.serial_len;
	token->writeable = token->writeable && !p15->odf_records && !p15->described;
	token->read_only = !token->writeable || (p15->token.flags & TOKEN_READ_ONLY) != 0;
	token->user_pin_set = card_pin(card, CARDOS_PIN_USER, &pin) == CARDOS_OK;
	token->login_required =
		(p15->token.flags & TOKEN_LOGIN_REQUIRED) != 0 || token->user_pin_set;
	token->puk_known = card_pin(card, CARDOS_PIN_PUK, &pin) == CARDOS_OK;
	token->so_pin = card_pin(card, CARDOS_PIN_SO, &pin) == CARDOS_OK;
}

enum cardos_err cardos_token(struct cardos_card *card, const struct cardos_token **ret_token)
{
	enum cardos_err err = p15_bind(&card->p15);
	if (err == CARDOS_OK && card->p15.state == P15_BLANK && card->p15.token.serial_len == 0) {
		err = cos_card_serial(
			card->cos, card->p15.token.serial, &card->p15.token.serial_len);
		card->p15.generation++;
	}
	/* Files that make no sense, commands that it does not know: it will say so every time. */
	if (err == CARDOS_E_CORRUPT || err == CARDOS_E_NOT_SUPPORTED)
		err = CARDOS_E_NOT_OURS;
	if (err != CARDOS_OK)
		return card_result(card, err);
	if (card->token_generation != card->p15.generation) {
		fill_token(card, &card->token);
		card->token_generation = card->p15.generation;
	}
	*ret_token = &card->token;
	return CARDOS_OK;
}

enum cardos_err cardos_changed(struct cardos_card *card, bool *ret_changed)
{
	return card_result(card, p15_changed(&card->p15, ret_changed));
}

enum cardos_err cardos_random(struct cardos_card *card, uint8_t *out, size_t len)
{
	return card_result(card, cos_card_random(card->cos, out, len));
}
