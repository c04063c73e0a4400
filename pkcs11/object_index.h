/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a slot found without looking at all of them: by handle, number, id and label. Part of
 * object.c's list; slot lock held. Growing never fails: without memory the chains get longer. */
#ifndef PKCS11_OBJECT_INDEX_H
#define PKCS11_OBJECT_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct object;
struct slot;

enum object_key {
	OBJECT_BY_HANDLE,
	OBJECT_BY_NUMBER,
	OBJECT_BY_ID,
	OBJECT_BY_LABEL,
	OBJECT_KEYS
};

/* Session objects change as they like: by id and label all of them are found under this. */
#define OBJECT_SESSION_HASH 0

uint64_t object_hash_number(uint64_t number);
uint64_t object_hash_bytes(const void *bytes, size_t len);

/* What the object has now; before a change of that it is removed, and added again afterwards. */
void object_index_add(struct slot *slot, struct object *object);
void object_index_remove(struct slot *slot, struct object *object);
void object_index_clear(struct slot *slot); /* empty again */

/* Those with this hash, in no order; others may be among them. NULL: no more. */
struct object *object_index_first(struct slot *slot, enum object_key key, uint64_t hash);
struct object *object_index_next(const struct object *object, enum object_key key);

#endif
