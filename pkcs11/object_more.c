/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of an object by looking at others: public keys out of certificates, unique ids, a
 * key's subject; and what may be done with it. */
#include "object.h"

#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "scope.h"
#include "slot.h"

#include "cardos/secret.h"

#define DIGEST_MAX 64 /* EVP_MAX_MD_SIZE */
#define UNIQUE_BYTES 16

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

void object_hide_numbers(struct object *object)
{
	for (size_t i = 0; i < SESSION_KEY_NUMBERS; i++)
		object->numbers[i] = secret_free(object->numbers[i]);
}

/* What the template said of dates and subject stays. */
static void take_apart_again(struct object *object)
{
	struct der_parts kept = object->parts;

	object->parts = (struct der_parts){ 0 };
	object_take_apart(object);
	object->parts.start = kept.start;
	object->parts.end = kept.end;
	object->parts.subject = kept.subject;
}

CK_RV object_take_key(struct object *object, const struct secret *key)
{
	const struct crypto *crypto = object->slot->crypto;
	CK_RV rv = session_key_public(crypto, key, &object->value);

	if (rv != CKR_OK)
		return rv;
	take_apart_again(object);
	if (!object->parts.spki.len)
		return CKR_FUNCTION_FAILED;
	if (object->meta.class != CKO_PRIVATE_KEY)
		return CKR_OK;
	blob_clear(&object->value);
	if (object->meta.sensitive || !object->meta.extractable)
		return CKR_OK;
	return session_key_numbers(crypto, key, object->numbers);
}

/* ---- public keys that only a certificate has ---- */

static const struct object *find_same_id(const struct object *key, CK_OBJECT_CLASS class)
{
	const struct object *o = object_first_with_id(key);

	while (o && !(o->on_token && o->meta.class == class && object_same_id(o, key)))
		o = object_index_next(o, OBJECT_BY_ID);
	return o;
}

static unsigned public_usage(unsigned usage)
{
	static const struct {
		unsigned private, public;
	} rows[] = {
		{ TOKEN_USE_SIGN | TOKEN_USE_NON_REPUDIATION, TOKEN_USE_VERIFY },
		{ TOKEN_USE_SIGN_RECOVER, TOKEN_USE_VERIFY_RECOVER },
		{ TOKEN_USE_DECRYPT, TOKEN_USE_ENCRYPT },
		{ TOKEN_USE_UNWRAP, TOKEN_USE_WRAP },
		{ TOKEN_USE_DERIVE, TOKEN_USE_DERIVE },
	};
	unsigned public = 0;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
	public |= usage & rows[i].private ? rows[i].public : 0u;
	return public;
}

static void describe(struct object *public, const struct object *key, const struct object *cert)
{
	public->derived = true;
	public->meta = key->meta;
	public->meta.class = CKO_PUBLIC_KEY;
	public->meta.usage = public_usage(key->meta.usage);
	public->meta.private = cert->meta.private;
	public->meta.modifiable = public->meta.sensitive = public->meta.extractable = false;
	public->meta.always_sensitive = public->meta.never_extractable = false;
	public->meta.always_authenticate = false;
}

/* Those whose key is gone, or has a public key object now. */
static void forget_derived(struct slot *slot)
{
	struct object *next;

	for (struct object *o = slot->objects; o; o = next) {
		next = o->next;
		if (o->derived &&
			(find_same_id(o, CKO_PUBLIC_KEY) || !find_same_id(o, CKO_PRIVATE_KEY) ||
				!find_same_id(o, CKO_CERTIFICATE)))
			object_remove(slot, o);
	}
}

static struct object *find_derived(const struct object *key)
{
	struct object *o = object_first_with_id(key);

	while (o && !(o->derived && object_same_id(o, key)))
		o = object_index_next(o, OBJECT_BY_ID);
	return o;
}

static CK_RV derive_one(struct slot *slot, const struct object *key)
{
	const struct object *cert = find_same_id(key, CKO_CERTIFICATE);
	struct object *public;

	if (!cert || find_same_id(key, CKO_PUBLIC_KEY))
		return CKR_OK;
	public = find_derived(key);
	if (public) { /* it was read from another certificate, perhaps */
		object_forget(public);
		object_index_remove(slot, public);
		describe(public, key, cert);
		object_index_add(slot, public);
		return CKR_OK;
	}
	public = object_new(slot);
	if (!public)
		return CKR_HOST_MEMORY;
	describe(public, key, cert);
	object_add(slot, 0, public);
	return CKR_OK;
}

CK_RV object_derive_public(struct slot *slot)
{
	CK_RV rv = CKR_OK;

	forget_derived(slot);
	for (struct object *o = slot->objects; rv == CKR_OK && o; o = o->next)
		if (o->on_token && o->meta.class == CKO_PRIVATE_KEY && o->meta.id_len)
			rv = derive_one(slot, o);
	return rv;
}

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
