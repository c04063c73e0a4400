/* SPDX-License-Identifier: Apache-2.0 */
/* The door: opening and closing. */
#include "card.h"

#include "layout.h"
#include "p15_cache.h"
#include "p15_state.h"
#include "pcsc_card.h"
#include "transport.h"

#include <stdlib.h>
#include <string.h>

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
	card->token_generation = CARD_NO_GENERATION;
	card->list_generation = CARD_NO_GENERATION;
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
