/* SPDX-License-Identifier: Apache-2.0 */
/* The table of slots: stable ids, hot plug. The token in a slot is slot_token.c's. */
#include "slot.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "lock.h"
#include "scope.h"

#define SOURCES_MAX 4

struct slots {
	struct lock *lock;
	struct lock_kind kind;
	struct crypto *crypto;
	struct conf conf;
	struct token_source *sources[SOURCES_MAX];
	size_t source_count;
	struct slot *slots[SLOTS_MAX];
	size_t count;
	bool listed;                                 /* slots_list() ran */
	size_t next_event;                           /* the slot to be asked first */
	struct token_place places[TOKEN_PLACES_MAX]; /* room for one look */
};

/* What a look does with a place that has no slot, and with slots that are not listed. */
enum look {
	LOOK_ONLY, /* nothing */
	LOOK_ADD,  /* it becomes one */
	LOOK_LIST, /* ... and all are listed */
};

static void scan_locked(struct slots *slots, enum look look);
static void tell_locked(struct slot *slot);

struct slots *slots_new(const struct lock_kind *kind, struct crypto *crypto)
{
	struct slots *slots = calloc(1, sizeof(*slots));

	if (!slots)
		return NULL;
	slots->kind = *kind;
	slots->crypto = crypto;
	conf_read(&slots->conf, true);
	slots->lock = lock_new(kind);
	if (!slots->lock)
		return slots_free(slots);
	for (size_t i = 0; token_sources[i] && i < SOURCES_MAX; i++) {
		slots->sources[i] = token_sources[i]->open();
		if (!slots->sources[i])
			return slots_free(slots);
		slots->source_count = i + 1;
	}
	scan_locked(slots, LOOK_ADD); /* nobody else knows the table yet: no lock */
	for (size_t i = 0; i < slots->count; i++)
		tell_locked(slots->slots[i]);
	return slots;
}

static void slot_free(struct slot *slot)
{
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

void slots_each(struct slots *slots, void (*act)(struct slot *slot))
{
	for (size_t i = 0; slots && i < slots->count; i++)
		act(slots->slots[i]);
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
	slot->sessions_max = slots->conf.sessions;
	strncpy(slot->name, name, sizeof(slot->name) - 1);
	slots->slots[slots->count++] = slot;
	return slot;
}

/* A full table or no memory leaves a new place without slot; the others work on. */
static void note_place_locked(struct slots *slots, const struct token_source_ops *source,
	const struct token_place *place, enum look look)
{
	struct slot *slot = find_name_locked(slots, source, place->name);

	if (!slot && look != LOOK_ONLY)
		slot = add_locked(slots, source, place->name);
	if (!slot)
		return;
	/* an absent token cannot wait for its event: it may never settle */
	if (!place->unsettled || !slot->present)
		slot->event = place->event;
	slot->present = place->present;
	if (look == LOOK_LIST)
		slot->listed = true;
}

static bool listed_place(const struct slots *slots, const char *name, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(slots->places[i].name, name) == 0)
			return true;
	return false;
}

/* Readers that went away stay as empty slots; the slot that tells of trouble goes with it. */
static void scan_source_locked(struct slots *slots, struct token_source *source, enum look look)
{
	const char *trouble = NULL;
	struct slot *slot;
	size_t count = 0;

	source->ops->scan(source, slots->places, &count, &trouble);
	for (size_t i = 0; i < slots->count; i++)
		if (slots->slots[i]->source == source->ops &&
			!listed_place(slots, slots->slots[i]->name, count))
			slots->slots[i]->present = false;
	for (size_t i = 0; i < count; i++)
		note_place_locked(slots, source->ops, &slots->places[i], look);
	if (!trouble || look != LOOK_LIST)
		return;
	slot = find_name_locked(slots, NULL, trouble);
	if (!slot)
		slot = add_locked(slots, NULL, trouble);
	if (slot)
		slot->listed = true;
}

static void scan_locked(struct slots *slots, enum look look)
{
	for (size_t i = 0; look == LOOK_LIST && i < slots->count; i++)
		if (!slots->slots[i]->source)
			slots->slots[i]->listed = false;
	for (size_t i = 0; i < slots->source_count; i++)
		scan_source_locked(slots, slots->sources[i], look);
}

static void tell_locked(struct slot *slot)
{
	slot->told = true;
	slot->told_present = slot->present;
	slot->told_event = slot->event;
}

static bool untold_locked(const struct slot *slot)
{
	return slot->source && (!slot->told || slot->told_present != slot->present ||
				       slot->told_event != slot->event);
}

CK_RV slots_scan(struct slots *slots)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;

	if (!lock_take(slots->lock))
		return CKR_CANT_LOCK;
	held = slots->lock;
	scan_locked(slots, LOOK_ONLY);
	return CKR_OK;
}

/* The slots take turns, so that one where much happens does not hide the others. */
CK_RV slots_take_event(struct slots *slots, CK_SLOT_ID *ret_id)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;

	if (!lock_take(slots->lock))
		return CKR_CANT_LOCK;
	held = slots->lock;
	scan_locked(slots, LOOK_ADD);
	for (size_t i = 0; i < slots->count; i++) {
		struct slot *slot = slots->slots[(slots->next_event + i) % slots->count];

		if (!untold_locked(slot))
			continue;
		tell_locked(slot);
		slots->next_event = slot->id + 1;
		*ret_id = slot->id;
		return CKR_OK;
	}
	return CKR_NO_EVENT;
}

CK_RV slots_list(
	struct slots *slots, bool add, bool present_only, CK_SLOT_ID *ids, CK_ULONG *ret_count)
{
	CLEANUP(lock_give_p) struct lock *held = NULL;
	CK_ULONG count = 0;

	if (!lock_take(slots->lock))
		return CKR_CANT_LOCK;
	held = slots->lock;
	scan_locked(slots, add || !slots->listed ? LOOK_LIST : LOOK_ONLY);
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

static CK_ULONG next_handle(CK_SLOT_ID id, CK_ULONG *last)
{
	*last = *last >= (CK_ULONG)-1 / SLOTS_MAX - 1 ? 1 : *last + 1;
	return *last * SLOTS_MAX + id;
}

CK_ULONG slot_new_session_handle(struct slot *slot)
{
	return next_handle(slot->id, &slot->last_session);
}

CK_ULONG slot_new_object_handle(struct slot *slot)
{
	return next_handle(slot->id, &slot->last_object);
}
