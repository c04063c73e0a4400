/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a slot found without looking at all of them. */
#include "object_index.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "slot.h"

#define SIZE_MIN 64

_Static_assert(OBJECT_KEYS == SLOT_INDEX_KEYS, "a chain for each key");

uint64_t object_hash_bytes(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

uint64_t object_hash_number(uint64_t number)
{
	return object_hash_bytes(&number, sizeof(number));
}

static void take_hashes(struct object *object)
{
	uint64_t *hash = object->hash;

	hash[OBJECT_BY_HANDLE] = object_hash_number(object->handle);
	hash[OBJECT_BY_NUMBER] = object_hash_number(object->meta.number);
	hash[OBJECT_BY_ID] = OBJECT_SESSION_HASH;
	hash[OBJECT_BY_LABEL] = OBJECT_SESSION_HASH;
	if (object->owner)
		return;
	hash[OBJECT_BY_ID] = object_hash_bytes(object->meta.id, object->meta.id_len);
	hash[OBJECT_BY_LABEL] = object_hash_bytes(object->meta.label, strlen(object->meta.label));
}

static struct object **chain_of(struct slot *slot, enum object_key key, uint64_t hash)
{
	const struct slot_index *index = &slot->index;

	if (index->size)
		return &index->chains[key * index->size + (hash & (index->size - 1))];
	return &slot->index.few[key]; /* no memory for a table, ever: one chain for each key */
}

static void link_in(struct slot *slot, struct object *object)
{
	for (int key = 0; key < OBJECT_KEYS; key++) {
		struct object **chain = chain_of(slot, (enum object_key)key, object->hash[key]);

		object->chain[key] = *chain;
		*chain = object;
	}
}

static void grow(struct slot *slot)
{
	struct slot_index *index = &slot->index;
	size_t size = index->size ? index->size * 2 : SIZE_MIN;
	struct object **chains = calloc(OBJECT_KEYS * size, sizeof(struct object *));

	if (!chains)
		return;
	free(index->chains);
	memset(index->few, 0, sizeof(index->few));
	index->chains = chains;
	index->size = size;
	for (struct object *o = slot->objects; o; o = o->next)
		if (o->indexed)
			link_in(slot, o);
}

void object_index_add(struct slot *slot, struct object *object)
{
	take_hashes(object);
	if (slot->index.count >= slot->index.size)
		grow(slot);
	link_in(slot, object);
	object->indexed = true;
	slot->index.count++;
}

void object_index_remove(struct slot *slot, struct object *object)
{
	if (!object->indexed)
		return;
	for (int key = 0; key < OBJECT_KEYS; key++) {
		struct object **place = chain_of(slot, (enum object_key)key, object->hash[key]);

		while (*place != object)
			place = &(*place)->chain[key];
		*place = object->chain[key];
	}
	object->indexed = false;
	slot->index.count--;
}

void object_index_clear(struct slot *slot)
{
	free(slot->index.chains);
	slot->index = (struct slot_index){ 0 };
}

static struct object *skip(struct object *object, enum object_key key, uint64_t hash)
{
	while (object && object->hash[key] != hash)
		object = object->chain[key];
	return object;
}

struct object *object_index_first(struct slot *slot, enum object_key key, uint64_t hash)
{
	return skip(*chain_of(slot, key, hash), key, hash);
}

struct object *object_index_next(const struct object *object, enum object_key key)
{
	return skip(object->chain[key], key, object->hash[key]);
}
