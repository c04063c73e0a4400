/* SPDX-License-Identifier: Apache-2.0 */
/* The token's objects in the slot's list: read, and read anew when another program wrote. */
#include "object_read.h"

#include <string.h>
#include <time.h>

#include "mech.h"
#include "object.h"
#include "object_load.h"
#include "object_own.h"
#include "object_public.h"
#include "scope.h"
#include "slot.h"
#include "slot_transaction.h"

#define SYNC_MS 1000

/* Which of our objects the token still has, by number. */
static void mark_listed(struct slot *slot, const struct token_object *list, size_t count)
{
	for (struct object *o = slot->objects; o; o = o->next)
		o->listed = false;
	for (size_t i = 0; i < count; i++) {
		struct object *object = object_find_number(slot, list[i].number);

		if (object)
			object->listed = true;
	}
}

/* The object that had another number before the token was read anew: it keeps its handle, its value
 * is to be read again. NULL: there is none. */
static struct object *find_renumbered(struct slot *slot, const struct token_object *meta)
{
	struct object *o =
		object_index_first(slot, OBJECT_BY_ID, object_hash_bytes(meta->id, meta->id_len));

	for (; o; o = object_index_next(o, OBJECT_BY_ID)) {
		if (!o->on_token || o->listed || o->meta.class != meta->class ||
			o->meta.id_len != meta->id_len || strcmp(o->meta.label, meta->label) != 0 ||
			memcmp(o->meta.id, meta->id, meta->id_len) != 0)
			continue;
		object_forget(o);
		return o;
	}
	return NULL;
}

static CK_RV update_from_token(struct slot *slot, const struct token_object *meta)
{
	struct object *object = object_find_number(slot, meta->number);

	if (!object)
		object = find_renumbered(slot, meta);
	if (object) {
		object_index_remove(slot, object);
		object->meta = *meta;
		object->listed = true;
		object_take_bits(object);
		object_index_add(slot, object);
		object->mech_count = mech_for_object(object, object->mechs, OBJECT_MECHS_MAX);
		return CKR_OK;
	}
	object = object_new(slot);
	if (!object)
		return CKR_HOST_MEMORY;
	object->on_token = object->listed = true;
	object->meta = *meta;
	object_add(slot, 0, object);
	return CKR_OK;
}

CK_RV object_reread(struct slot *slot)
{
	const struct token_object *list = NULL;
	struct object *next;
	size_t count = 0;
	CK_RV rv = slot->info.initialised ? slot->token->ops->objects(slot->token, &list, &count)
					  : CKR_OK;

	if (rv == CKR_OK)
		mark_listed(slot, list, count);
	for (size_t i = 0; rv == CKR_OK && i < count; i++)
		rv = update_from_token(slot, &list[i]);
	for (struct object *o = slot->objects; rv == CKR_OK && o; o = next) {
		next = o->next;
		if (o->on_token && !o->listed)
			object_remove(slot, o);
	}
	if (rv == CKR_OK)
		rv = object_derive_public(slot);
	if (rv == CKR_OK) {
		object_forget_own(slot);
		rv = object_add_own(slot);
	}
	slot->objects_read = rv == CKR_OK;
	return slot_note(slot, rv);
}

/* Milliseconds of a clock that never goes back. */
static uint64_t now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

CK_RV object_sync(struct slot *slot)
{
	bool changed = false;
	CK_RV rv = CKR_OK;

	if (slot->token->ops->changed)
		rv = slot_note(slot, slot->token->ops->changed(slot->token, &changed));
	slot->synced_ms = now_ms();
	if (rv == CKR_OK && changed)
		rv = slot_refresh(slot);
	return rv == CKR_OK && (changed || !slot->objects_read) ? object_reread(slot) : rv;
}

/* A card is asked at most once in SYNC_MS: a browser searches many times in a row. */
static bool fresh(const struct slot *slot)
{
	if (!slot->objects_read)
		return false;
	return !slot->token->ops->changed ||
	       (slot->info.hardware && now_ms() - slot->synced_ms < SYNC_MS);
}

CK_RV object_read_all(struct slot *slot)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CK_RV rv;

	if (fresh(slot))
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv != CKR_OK || slot->objects_read)
		return rv == CKR_OK ? object_sync(slot) : rv;
	slot->synced_ms = now_ms();
	return object_reread(slot);
}
