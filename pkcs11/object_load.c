/* SPDX-License-Identifier: Apache-2.0 */
/* The value of an object and the public numbers of a key, read from the token on first demand. */
#include "object_load.h"

#include <string.h>

#include "crypto.h"
#include "object.h"
#include "scope.h"
#include "session_key.h"
#include "slot.h"
#include "slot_transaction.h"

void object_take_bits(struct object *object)
{
	if (object->parts.ec_bits)
		object->meta.bits = object->parts.ec_bits;
	if (object->parts.modulus.len)
		object->meta.bits = der_rsa_bits(&object->parts);
}

/* The first three bytes of the certificate's SHA-1. */
static void take_check(struct object *object)
{
	uint8_t digest[64]; /* EVP_MAX_MD_SIZE */
	size_t len = 0;

	if (crypto_digest(object->slot->crypto, "SHA1", &object->value, digest, &len) && len > 3)
		(void)blob_set(&object->check, digest, 3);
}

/* A value that does not parse: the object stays, with its value and without parts. */
void object_take_apart(struct object *object)
{
	const struct crypto *crypto = object->slot->crypto;

	if (object->meta.class == CKO_CERTIFICATE) {
		der_certificate(crypto, &object->value, &object->parts);
		take_check(object);
	}
	if (object->meta.class != CKO_CERTIFICATE && object->meta.key_type == CKK_RSA)
		der_rsa_key(crypto, &object->value, &object->parts);
	else if (object->meta.class != CKO_CERTIFICATE && object->meta.key_type == CKK_EC)
		der_ec_key(crypto, &object->value, &object->parts);
	object_take_bits(object);
}

static CK_RV load_value(struct object *object)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = object->slot;
	struct token_block value = { 0 };
	CK_RV rv;

	if (object->loaded)
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = slot_note(
			slot, slot->token->ops->value(slot->token, object->meta.number, &value));
	if (rv == CKR_OK && !blob_set(&object->value, value.bytes, value.len))
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK)
		return rv;
	object_take_apart(object);
	object->loaded = true;
	return CKR_OK;
}

/* A part that the other has not stays absent. */
static bool copy_part(struct blob *to, const struct blob *from)
{
	return !from->bytes || blob_set(to, from->bytes, from->len);
}

static bool copy_public(struct object *key, const struct object *from)
{
	const struct der_parts *parts = &from->parts;

	if (!parts->spki.len || !copy_part(&key->parts.spki, &parts->spki) ||
		!copy_part(&key->parts.ec_params, &parts->ec_params) ||
		!copy_part(&key->parts.ec_point, &parts->ec_point) ||
		!copy_part(&key->parts.modulus, &parts->modulus) ||
		!copy_part(&key->parts.exponent, &parts->exponent))
		return false;
	key->parts.ec_bits = parts->ec_bits;
	object_take_bits(key);
	return true;
}

/* The public half from a sibling of class; CKR_OK also when there is none. */
static CK_RV load_sibling(struct object *key, CK_OBJECT_CLASS class)
{
	struct object *o = object_first_with_id(key);

	for (; o && !key->loaded; o = object_index_next(o, OBJECT_BY_ID)) {
		CK_RV rv;

		if (!o->on_token || o->meta.class != class || !object_same_id(o, key))
			continue;
		rv = load_value(o);
		if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
			return rv;
		key->loaded = rv == CKR_OK && copy_public(key, o);
	}
	return CKR_OK;
}

/* A private key that nothing else tells of, on a token that knows its public half. */
static CK_RV load_half(struct object *key)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = key->slot;
	struct token_block value = { 0 };
	CK_RV rv = slot_begin(slot, &held);

	if (rv == CKR_OK)
		rv = slot_note(
			slot, slot->token->ops->public_half(slot->token, key->meta.number, &value));
	if (rv == CKR_OK && !blob_set(&key->value, value.bytes, value.len))
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK)
		return rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY ? rv : CKR_OK;
	object_take_apart(key);
	blob_clear(&key->value);
	key->loaded = key->parts.spki.len != 0;
	return CKR_OK;
}

CK_RV object_load(struct object *object)
{
	CK_RV rv;

	if (object->loaded)
		return CKR_OK;
	if (object->meta.class != CKO_PRIVATE_KEY && !object->derived)
		return load_value(object);
	rv = load_sibling(object, CKO_PUBLIC_KEY);
	if (rv == CKR_OK && !object->loaded)
		rv = load_sibling(object, CKO_CERTIFICATE);
	if (rv == CKR_OK && !object->loaded && !object->derived &&
		object->slot->token->ops->public_half)
		rv = load_half(object);
	return rv;
}

CK_RV object_modulus_len(struct object *object, size_t *ret_len)
{
	CK_RV rv = CKR_OK;
	size_t len;

	if (!object->meta.bits)
		rv = object_load(object);
	if (rv == CKR_OK && object->meta.key_type == CKK_EC) {
		if (!object->meta.bits || object->meta.bits > 8 * TOKEN_EC_MAX)
			return CKR_KEY_SIZE_RANGE;
		*ret_len = 2 * ((object->meta.bits + 7u) / 8u);
		return CKR_OK;
	}
	len = object->parts.modulus.len ? object->parts.modulus.len : (object->meta.bits + 7u) / 8u;
	if (rv == CKR_OK && (len < 64 || len > TOKEN_RSA_MAX))
		rv = CKR_KEY_SIZE_RANGE;
	if (rv == CKR_OK)
		*ret_len = len;
	return rv;
}

/* What the template said of its subject stays. */
static void take_apart_again(struct object *object)
{
	struct blob subject = object->parts.subject;

	object->parts.subject = (struct blob){ 0 };
	object_take_apart(object);
	object->parts.subject = subject;
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
