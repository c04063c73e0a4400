/* SPDX-License-Identifier: Apache-2.0 */
/* The door: objects. */
#include "card.h"

#include "p15_read.h"

#include <stdlib.h>
#include <string.h>

/* The modulus of a key that does not tell its size stands in the public key of the same id. */
static void complete(const struct cardos_card *card, struct cardos_object *object)
{
	const struct p15 *p15 = &card->p15;
	for (unsigned i = 0;
		object->key_type != CARDOS_KEY_NONE && object->bits == 0 && i < p15->object_count;
		i++) {
		const struct cardos_object *other = &p15->objects[i]->entry.object;
		if (p15->objects[i]->shown && other->key_type == object->key_type &&
			other->id_len == object->id_len &&
			memcmp(other->id, object->id, object->id_len) == 0)
			object->bits = other->bits;
	}
}

static enum cardos_err make_list(struct cardos_card *card)
{
	const struct p15 *p15 = &card->p15;
	size_t count = 0;
	if (card->list_generation == p15->generation)
		return CARDOS_OK;
	struct cardos_object *list = calloc(p15->object_count + 1, sizeof(*list));
	if (!list)
		return CARDOS_E_MEMORY;
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (!p15->objects[i]->shown)
			continue;
		list[count] = p15->objects[i]->entry.object;
		if (list[count].class == CARDOS_PRIVATE_KEY)
			card_key_abilities(card, &p15->objects[i]->entry, &list[count]);
		complete(card, &list[count]);
		count++;
	}
	free(card->list);
	card->list = list;
	card->list_count = count;
	card->list_generation = p15->generation;
	return CARDOS_OK;
}

enum cardos_err cardos_objects(
	struct cardos_card *card, const struct cardos_object **ret_objects, size_t *ret_count)
{
	enum cardos_err err = p15_read_objects(&card->p15);
	if (err == CARDOS_E_BLANK)
		err = CARDOS_OK;
	if (err == CARDOS_OK)
		err = make_list(card);
	if (err != CARDOS_OK)
		return card_result(card, err);
	*ret_objects = card->list;
	*ret_count = card->list_count;
	return CARDOS_OK;
}

enum cardos_err cardos_object_value(
	struct cardos_card *card, uint32_t number, const uint8_t **ret_value, size_t *ret_len)
{
	struct p15_object *object = NULL;
	enum cardos_err err = card_find(card, number, &object);
	if (err == CARDOS_OK)
		err = p15_read_value(&card->p15, object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	*ret_value = object->value.bytes;
	*ret_len = object->value.len;
	return CARDOS_OK;
}
