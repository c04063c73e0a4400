/* SPDX-License-Identifier: Apache-2.0 */
/* The table of slots: stable ids, hot plug. The token in a slot is slot_token.c's. */
#include "slot.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"
#include "scope.h"

#define SOURCES_MAX 4

struct slots {
	struct lock *lock;
	struct lock_kind kind;
	const struct crypto *crypto;
	struct token_source *sources[SOURCES_MAX];
	size_t source_count;
	struct slot *slots[SLOTS_MAX];
	size_t count;
	bool listed;                                 /* slots_list() ran */
	struct token_place places[TOKEN_PLACES_MAX]; /* room for one look */
};

struct slots *slots_new(const struct lock_kind *kind, const struct crypto *crypto)
{
	struct slots *slots = calloc(1, sizeof(*slots));

	if (!slots)
		return NULL;
	slots->kind = *kind;
	slots->crypto = crypto;
	slots->lock = lock_new(kind);
	if (!slots->lock)
		return slots_free(slots);
	for (size_t i = 0; token_sources[i] && i < SOURCES_MAX; i++) {
		slots->sources[i] = token_sources[i]->open();
		if (!slots->sources[i])
			return slots_free(slots);
		slots->source_count = i + 1;
	}
	return slots;
}

static void slot_free(struct slot *slot)
{
	slot_drop(slot);
	lock_free(slot->lock);
	free(slot);
}

struct slots *slots_free(struct slots *slots)
{
	if (!slots)
		return NULL;
	for (size_t i = 0; i < slots->count; i++)
		slot_free(slots->slots[i]);
	for (size_t i = 0; i < slots->source_count; i++)
		slots->sources[i]->ops->close(slots->sources[i]);
	lock_free(slots->lock);
	free(slots);
	return NULL;
}

static struct slot *find_name_locked(
	struct slots *slots, const struct token_source_ops *source, const char *name)
{
	for (size_t i = 0; i < slots->count; i++)
		if (slots->slots[i]->source == source && strcmp(slots->slots[i]->name, name) == 0)
			return slots->slots[i];
	return NULL;
}

static struct slot *add_locked(
	struct slots *slots, const struct token_source_ops *source, const char *name)
{
	struct slot *slot;

	if (slots->count == SLOTS_MAX)
		return NULL;
	slot = calloc(1, sizeof(*slot));
	if (!slot)
		return NULL;
	slot->lock = lock_new(&slots->kind);
	if (!slot->lock) {
		free(slot);
		return NULL;
	}
	slot->id = slots->count;
	slot->source = source;
	slot->table = slots;
	slot->crypto = slots->crypto;
	strncpy(slot->name, name, sizeof(slot->name) - 1);
	slots->slots[slots->count++] = slot;
	return slot;
}

/* A full table or no memory leaves a new place without slot; the others work on. */
static void note_place_locked(struct slots *slots, const struct token_source_ops *source,
	const struct token_place *place, bool add)
{
	struct slot *slot = find_name_locked(slots, source, place->name);

	if (!slot && add)
		slot = add_locked(slots, source, place->name);
	if (!slot)
		return;
	slot->present = place->present;
	slot->event = place->event;
	if (add)
		slot->listed = true;
}

/* Readers that went away stay as empty slots; the slot that tells of trouble goes with it. */
static void scan_source_locked(struct slots *slots, struct token_source *source, bool add)
{
	const char *trouble = NULL;
	struct slot *slot;
	size_t count = 0;

	source->ops->scan(source, slots->places, &count, &trouble);
	for (size_t i = 0; i < slots->count; i++)
		if (slots->slots[i]->source == source->ops)
			slots->slots[i]->present = false;
	for (size_t i = 0; i < count; i++)
		note_place_locked(slots, source->ops, &slots->places[i], add);
	if (!trouble || !add)
		return;
	slot = find_name_locked(slots, NULL, trouble);
	if (!slot)
		slot = add_locked(slots, NULL, trouble);
	if (slot)
		slot->listed = true;
}

static void scan_locked(struct slots *slots, bool add)
{
	for (size_t i = 0; add && i < slots->count; i++)
		if (!slots->slots[i]->source)
			slots->slots[i]->listed = false;
	for (size_t i = 0; i < slots->source_count; i++)
		scan_source_locked(slots, slots->sources[i], add);
}

CK_RV slots_scan(struct slots *slots, bool add)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;

	if (!lock_take(slots->lock))
		return CKR_CANT_LOCK;
	held = slots->lock;
	scan_locked(slots, add);
	return CKR_OK;
}

CK_RV slots_list(
	struct slots *slots, bool add, bool present_only, CK_SLOT_ID *ids, CK_ULONG *ret_count)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;
	CK_ULONG count = 0;

	if (!lock_take(slots->lock))
		return CKR_CANT_LOCK;
	held = slots->lock;
	scan_locked(slots, add || !slots->listed);
	slots->listed = true;
	for (size_t i = 0; i < slots->count; i++)
		if (slots->slots[i]->listed && (slots->slots[i]->present || !present_only))
			ids[count++] = slots->slots[i]->id;
	*ret_count = count;
	return CKR_OK;
}

struct slot *slots_find(struct slots *slots, CK_SLOT_ID id)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;

	if (!lock_take(slots->lock))
		return NULL;
	held = slots->lock;
	return id < slots->count ? slots->slots[id] : NULL;
}

struct slot *slots_find_handle(struct slots *slots, CK_ULONG handle)
{
	return handle < SLOTS_MAX ? NULL : slots_find(slots, handle % SLOTS_MAX);
}

bool slot_present(struct slot *slot, uint64_t *ret_event)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;

	if (!lock_take(slot->table->lock))
		return false;
	held = slot->table->lock;
	*ret_event = slot->event;
	return slot->present;
}
