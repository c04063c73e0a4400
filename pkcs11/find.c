/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot of handles that a search gives. */
#include "find.h"

#include <stdlib.h>

#include "attr.h"
#include "object.h"
#include "object_read.h"
#include "scope.h"
#include "slot.h"

struct find {
	CK_ULONG count;
	CK_ULONG next;
	CK_OBJECT_HANDLE handles[];
};

struct find *find_free(struct find *find)
{
	free(find);
	return NULL;
}

/* Hardware features show only when asked for by class (PKCS#11, C_FindObjectsInit). */
static bool asks_features(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_ULONG class;

	return attr_get_ulong(template, count, CKA_CLASS, &class) == CKR_OK &&
	       class == CKO_HW_FEATURE;
}

/* Where to look: at all, or only at what has the id or label of the template. */
struct scope {
	struct slot *slot;
	enum object_key key; /* OBJECT_KEYS: at all */
	uint64_t hash;
};

static struct scope scope_of(struct slot *slot, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *id = attr_find(template, count, CKA_ID);
	const CK_ATTRIBUTE *label = attr_find(template, count, CKA_LABEL);
	const CK_ATTRIBUTE *by = id ? id : label;

	if (!by)
		return (struct scope){ slot, OBJECT_KEYS, 0 };
	return (struct scope){ slot, id ? OBJECT_BY_ID : OBJECT_BY_LABEL,
		object_hash_bytes(by->pValue, by->ulValueLen) };
}

/* The one after o, or the first; the objects of sessions come last. */
static struct object *next_in(const struct scope *scope, const struct object *o)
{
	struct object *next;

	if (scope->key == OBJECT_KEYS)
		return o ? o->next : scope->slot->objects;
	next = o ? object_index_next(o, scope->key)
		 : object_index_first(scope->slot, scope->key, scope->hash);
	if (!next && (!o || o->hash[scope->key] != OBJECT_SESSION_HASH))
		next = object_index_first(scope->slot, scope->key, OBJECT_SESSION_HASH);
	return next;
}

static bool add_handle(struct find **find, CK_OBJECT_HANDLE handle)
{
	struct find *old = *find;

	if ((old->count & (old->count - 1)) == 0) { /* full at each power of two */
		CK_ULONG room = old->count ? old->count * 2 : 1;
		struct find *more = realloc(old, sizeof(*old) + room * sizeof(old->handles[0]));

		if (!more)
			return false;
		*find = more;
	}
	(*find)->handles[(*find)->count++] = handle;
	return true;
}

static int by_age(const void *a, const void *b)
{
	CK_OBJECT_HANDLE x = *(const CK_OBJECT_HANDLE *)a;
	CK_OBJECT_HANDLE y = *(const CK_OBJECT_HANDLE *)b;

	return (x > y) - (x < y);
}

static void find_free_p(struct find **find)
{
	*find = find_free(*find);
}

CK_RV find_new(
	struct slot *slot, const CK_ATTRIBUTE *template, CK_ULONG count, struct find **ret_find)
{
	CLEANUP(find_free_p) struct find *find = calloc(1, sizeof(*find));
	const struct scope scope = scope_of(slot, template, count);
	bool features = asks_features(template, count);
	CK_RV rv = find ? object_read_all(slot) : CKR_HOST_MEMORY;

	if (rv != CKR_OK)
		return rv;
	for (struct object *o = next_in(&scope, NULL); o; o = next_in(&scope, o)) {
		bool match = false;

		if (!object_visible(slot, o) || (o->meta.class == CKO_HW_FEATURE) != features)
			continue;
		rv = attr_match(o, template, count, &match);
		if (rv == CKR_OK && match && !add_handle(&find, o->handle))
			rv = CKR_HOST_MEMORY;
		if (rv != CKR_OK)
			return rv;
	}
	qsort(find->handles, find->count, sizeof(find->handles[0]), by_age);
	*ret_find = TAKE(find);
	return CKR_OK;
}

CK_ULONG find_next(struct find *find, CK_OBJECT_HANDLE *out, CK_ULONG cap)
{
	CK_ULONG count = 0;

	while (count < cap && find->next < find->count)
		out[count++] = find->handles[find->next++];
	return count;
}
