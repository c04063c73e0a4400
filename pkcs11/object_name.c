/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of an object by looking at others: its unique id, a key's subject. */
#include "object_name.h"

#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "object.h"
#include "object_load.h"
#include "scope.h"
#include "slot.h"

#include "cardos/secret.h"

#define DIGEST_MAX 64 /* EVP_MAX_MD_SIZE */
#define UNIQUE_BYTES 16

/* ---- the subject of keys ---- */

static CK_RV find_subject(struct object *key)
{
	struct object *o = object_first_with_id(key);

	for (; o && !key->parts.subject.bytes; o = object_index_next(o, OBJECT_BY_ID)) {
		CK_RV rv;

		if (o->owner || o->meta.class != CKO_CERTIFICATE || !object_same_id(o, key) ||
			!object_visible(o->slot, o))
			continue;
		rv = object_load(o);
		if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
			return rv;
		if (o->parts.subject.len && !blob_set(&key->parts.subject, o->parts.subject.bytes,
						    o->parts.subject.len))
			return CKR_HOST_MEMORY;
	}
	return CKR_OK;
}

/* ---- unique ids ---- */

/* What of it does not change: the key itself, the certificate, the data. A key whose public half
 * nobody tells has its id. */
static bool essence(const struct object *object, struct blob *ret_essence)
{
	const CK_ULONG class = object->meta.class;
	const struct blob *blob = object->parts.spki.len && class != CKO_CERTIFICATE
					  ? &object->parts.spki
					  : &object->value;

	if (!blob_set(ret_essence, &class, sizeof(class)))
		return false;
	if (class == CKO_PROFILE)
		return blob_add(ret_essence, &object->profile, sizeof(object->profile));
	if (blob->len)
		return blob_add(ret_essence, blob->bytes, blob->len) &&
		       blob_add(ret_essence, object->meta.application,
			       strlen(object->meta.application));
	return blob_add(ret_essence, object->meta.id, object->meta.id_len);
}

/* How many before it in the list have the same essence. */
static CK_RV count_twins(const struct object *object, const struct blob *mine, unsigned *ret_count)
{
	unsigned count = 0;

	for (struct object *o = object->slot->objects; o && o != object; o = o->next) {
		CLEANUP(blob_clear) struct blob other = { 0 };
		CK_RV rv;

		if (o->owner || o->meta.class != object->meta.class)
			continue;
		rv = object_load(o);
		if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
			return rv;
		if (!essence(o, &other))
			return CKR_HOST_MEMORY;
		count += blob_equal(mine, other.bytes, other.len);
	}
	*ret_count = count;
	return CKR_OK;
}

static CK_RV name_by_essence(struct object *object)
{
	CLEANUP(blob_clear) struct blob mine = { 0 };
	char text[2 * UNIQUE_BYTES + 16];
	uint8_t digest[DIGEST_MAX];
	unsigned twins = 0;
	size_t len = 0;
	int used = 0;
	CK_RV rv;

	if (!essence(object, &mine))
		return CKR_HOST_MEMORY;
	rv = count_twins(object, &mine, &twins);
	if (rv != CKR_OK)
		return rv;
	if (!crypto_digest(object->slot->crypto, "SHA256", &mine, digest, &len) ||
		len < UNIQUE_BYTES)
		return CKR_FUNCTION_FAILED;
	for (size_t i = 0; i < UNIQUE_BYTES; i++)
		used += sprintf(text + used, "%02x", digest[i]);
	if (twins)
		used += snprintf(text + used, sizeof(text) - (size_t)used, "-%u", twins + 1);
	return blob_set(&object->unique_id, text, (size_t)used) ? CKR_OK : CKR_HOST_MEMORY;
}

/* Session objects end before their handle is given out again. */
static CK_RV name_by_handle(struct object *object)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "session-%lu", object->handle);

	return blob_set(&object->unique_id, text, (size_t)len) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV object_look_around(struct object *object)
{
	CK_RV rv = CKR_OK;

	if (!object->owner &&
		(object->meta.class == CKO_PRIVATE_KEY || object->meta.class == CKO_PUBLIC_KEY))
		rv = find_subject(object);
	if (rv != CKR_OK || object->unique_id.bytes)
		return rv;
	return object->owner ? name_by_handle(object) : name_by_essence(object);
}
