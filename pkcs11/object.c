/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a slot: those of the token, those of sessions, those the module adds; their handles.
 */
#include "object.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto.h"
#include "mech.h"
#include "scope.h"
#include "slot.h"
#include "vendor.h"

#include "cardos/secret.h"

#define SYNC_MS 1000

struct object *object_new(struct slot *slot)
{
	struct object *object = calloc(1, sizeof(*object));

	if (object) {
		object->slot = slot;
		object->meta.key_type = CK_UNAVAILABLE_INFORMATION;
	}
	return object;
}

void object_forget(struct object *object)
{
	blob_clear(&object->value);
	blob_clear(&object->check);
	blob_clear(&object->unique_id);
	der_parts_clear(&object->parts);
	object->loaded = false;
}

void object_hide_numbers(struct object *object)
{
	for (size_t i = 0; i < SESSION_KEY_NUMBERS; i++)
		object->numbers[i] = secret_free(object->numbers[i]);
}

struct object *object_free(struct object *object)
{
	if (object) {
		object_forget(object);
		object_hide_numbers(object);
		blob_clear(&object->allowed);
		secret_free(object->secret);
		secret_free(object->key);
		free(object);
	}
	return NULL;
}

void object_add(struct slot *slot, CK_SESSION_HANDLE owner, struct object *object)
{
	object->handle = slot_new_object_handle(slot);
	object->owner = owner;
	object->mech_count = mech_for_object(object, object->mechs, OBJECT_MECHS_MAX);
	object->previous = slot->last_added;
	*(object->previous ? &object->previous->next : &slot->objects) = object;
	slot->last_added = object;
	object_index_add(slot, object);
}

void object_remove(struct slot *slot, struct object *object)
{
	object_index_remove(slot, object);
	*(object->previous ? &object->previous->next : &slot->objects) = object->next;
	*(object->next ? &object->next->previous : &slot->last_added) = object->previous;
	object_free(object);
}

void object_forget_session(struct slot *slot, CK_SESSION_HANDLE owner)
{
	struct object *o = object_index_first(slot, OBJECT_BY_ID, OBJECT_SESSION_HASH);
	struct object *next;

	for (; o; o = next) {
		next = object_index_next(o, OBJECT_BY_ID);
		if (o->owner == owner)
			object_remove(slot, o);
	}
}

void object_forget_private(struct slot *slot)
{
	struct object *next;

	for (struct object *o = slot->objects; o; o = next) {
		next = o->next;
		if (o->owner && o->meta.private)
			object_remove(slot, o);
	}
}

void object_forget_all(struct slot *slot)
{
	while (slot->objects)
		object_remove(slot, slot->objects);
	object_index_clear(slot);
	slot->objects_read = false;
}

struct object *object_find_number(struct slot *slot, uint32_t number)
{
	struct object *o = object_index_first(slot, OBJECT_BY_NUMBER, object_hash_number(number));

	while (o && !(o->on_token && o->meta.number == number))
		o = object_index_next(o, OBJECT_BY_NUMBER);
	return o;
}

bool object_visible(const struct slot *slot, const struct object *object)
{
	return !object->meta.private || slot->login == LOGIN_USER;
}

struct object *object_find(struct slot *slot, CK_OBJECT_HANDLE handle, bool *ret_hidden)
{
	struct object *object =
		object_index_first(slot, OBJECT_BY_HANDLE, object_hash_number(handle));
	bool hidden;

	while (object && object->handle != handle)
		object = object_index_next(object, OBJECT_BY_HANDLE);
	hidden = object && !object_visible(slot, object);
	if (ret_hidden)
		*ret_hidden = hidden;
	return hidden ? NULL : object;
}

bool object_same_id(const struct object *a, const struct object *b)
{
	return a->meta.id_len && a->meta.id_len == b->meta.id_len &&
	       memcmp(a->meta.id, b->meta.id, a->meta.id_len) == 0;
}

struct object *object_first_with_id(const struct object *object)
{
	return object_index_first(object->slot, OBJECT_BY_ID,
		object_hash_bytes(object->meta.id, object->meta.id_len));
}

static bool writable(const struct object *object)
{
	return object->on_token && object->meta.modifiable && !object->slot->info.write_protected;
}

bool object_modifiable(const struct object *object)
{
	return object->owner ? !object->unmodifiable : writable(object);
}

bool object_destroyable(const struct object *object)
{
	return object->owner ? !object->undestroyable : writable(object);
}

/* A private key leaves neither card nor file. */
bool object_copyable(const struct object *object)
{
	return (object->meta.class != CKO_PRIVATE_KEY || object->key) &&
	       object->meta.class != CKO_PROFILE && !object->uncopyable;
}
