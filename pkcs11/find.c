/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot of handles that a search gives. */
#include "find.h"

#include <stdlib.h>

#include "attr.h"
#include "object.h"
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

CK_RV find_new(
	struct slot *slot, const CK_ATTRIBUTE *template, CK_ULONG count, struct find **ret_find)
{
	bool features = asks_features(template, count);
	struct find *find;
	size_t objects = 0;
	CK_RV rv = object_read_all(slot);

	if (rv != CKR_OK)
		return rv;
	for (const struct object *o = slot->objects; o; o = o->next)
		objects++;
	find = calloc(1, sizeof(*find) + objects * sizeof(find->handles[0]));
	if (!find)
		return CKR_HOST_MEMORY;
	for (struct object *o = slot->objects; o; o = o->next) {
		bool match = false;

		if (!object_visible(slot, o) || (o->meta.class == CKO_HW_FEATURE) != features)
			continue;
		rv = attr_match(o, template, count, &match);
		if (rv != CKR_OK) {
			find_free(find);
			return rv;
		}
		if (match)
			find->handles[find->count++] = o->handle;
	}
	*ret_find = find;
	return CKR_OK;
}

CK_ULONG find_next(struct find *find, CK_OBJECT_HANDLE *out, CK_ULONG cap)
{
	CK_ULONG count = 0;

	while (count < cap && find->next < find->count)
		out[count++] = find->handles[find->next++];
	return count;
}
