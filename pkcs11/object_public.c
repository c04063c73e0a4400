/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys for the private keys whose public half the token has in a certificate alone. */
#include "object_public.h"

#include "object.h"
#include "scope.h"
#include "slot.h"

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
