/* SPDX-License-Identifier: Apache-2.0 */
/* The door: transactions, and what every answer of the card means for the handle. */
#include "card.h"

#include "p15_cache.h"
#include "p15_read.h"
#include "p15_state.h"
#include "transport.h"

#include <time.h>

#define SAVE_MS 2000 /* between two savings of the cache while the card is in use */

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

enum cardos_err cardos_changed(struct cardos_card *card, bool *ret_changed)
{
	return card_result(card, p15_changed(&card->p15, ret_changed));
}

enum cardos_err cardos_random(struct cardos_card *card, uint8_t *out, size_t len)
{
	return card_result(card, cos_card_random(card->cos, out, len));
}

enum cardos_err card_find(struct cardos_card *card, uint32_t number, struct p15_object **ret_object)
{
	enum cardos_err err = p15_read_objects(&card->p15);
	if (err != CARDOS_OK)
		return err;
	struct p15_object *object = p15_find(&card->p15, number);
	if (!object)
		return CARDOS_E_NOT_FOUND;
	*ret_object = object;
	return CARDOS_OK;
}
