/* SPDX-License-Identifier: Apache-2.0 */
/* Secret keys out of an elliptic curve key agreement: the point, the key derivation function.
 * Sources: PKCS #11 3.0 2.3.20; SEC 1 3.6.1 (ANSI X9.63) for the function. */
#include "slot_transaction.h"
#include "wrap.h"

#include <string.h>

#include <openssl/evp.h>

#include "attr.h"
#include "create.h"
#include "crypto.h"
#include "object.h"
#include "op.h"
#include "op_lent.h"
#include "scope.h"
#include "slot.h"

#include "cardos/secret.h"

static void object_free_p(struct object **object)
{
	*object = object_free(*object);
}

static bool is_point(const uint8_t *bytes, size_t len, size_t field)
{
	return len == 2 * field + 1 && bytes[0] == 0x04;
}

/* The point as it is, or in an OCTET STRING: callers give either. */
static bool take_point(const struct op *op, size_t field, struct token_block *ret_point)
{
	const uint8_t *bytes = op->data.bytes;
	size_t len = op->data.len;
	size_t head = len > 3 && bytes[0] == 0x04 && bytes[1] == 0x81 ? 3 : 2;

	*ret_point = (struct token_block){ bytes, len };
	if (is_point(bytes, len, field))
		return true;
	if (len < head + 1 || bytes[0] != 0x04 || bytes[head - 1] != len - head)
		return false;
	*ret_point = (struct token_block){ bytes + head, len - head };
	return is_point(bytes + head, len - head, field);
}

/* The hash of the derivation function. false: no such function. */
static bool take_kdf(const struct op *op, const struct mech_hash **ret_hash)
{
	static const struct {
		CK_ULONG kdf;
		CK_MECHANISM_TYPE hash;
	} rows[] = {
		{ CKD_SHA1_KDF, CKM_SHA_1 },
		{ CKD_SHA224_KDF, CKM_SHA224 },
		{ CKD_SHA256_KDF, CKM_SHA256 },
		{ CKD_SHA384_KDF, CKM_SHA384 },
		{ CKD_SHA512_KDF, CKM_SHA512 },
	};

	*ret_hash = NULL;
	if (op->kdf == CKD_NULL)
		return op->label.len == 0;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].kdf == op->kdf)
			*ret_hash = mech_hash_find(rows[i].hash);
	return *ret_hash != NULL;
}

/* Hash(z, counter from 1, shared data), as often as needed. */
static bool x963(const struct slot *slot, const struct op *op, const struct mech_hash *hash,
	const struct secret *z, struct secret *out)
{
	CLEANUP(blob_clear) struct blob input = { 0 };
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t done = 0;
	bool ok = true;

	for (uint32_t counter = 1; ok && done < secret_len(out); counter++) {
		const uint8_t c[4] = { (uint8_t)(counter >> 24), (uint8_t)(counter >> 16),
			(uint8_t)(counter >> 8), (uint8_t)counter };
		size_t got = 0;

		blob_clear(&input);
		ok = blob_set(&input, secret_bytes(z), secret_len(z)) && blob_add(&input, c, 4) &&
		     blob_add(&input, op->label.bytes, op->label.len) &&
		     crypto_digest(slot->crypto, hash->name, &input, digest, &got);
		got = got < secret_len(out) - done ? got : secret_len(out) - done;
		if (ok)
			memcpy(secret_bytes_mut(out) + done, digest, got);
		done += got;
	}
	explicit_bzero(digest, sizeof(digest));
	return ok;
}

/* The key's value out of the agreed number z. Without a function the leading bytes are taken off z:
 * the standard's rule, and what pkcs11-tool and NSS expect. */
static CK_RV make_value(const struct slot *slot, const struct op *op, const struct mech_hash *hash,
	const struct secret *z, size_t len, struct secret **ret_value)
{
	CLEANUP(secret_free_p) struct secret *value = NULL;
	size_t z_len = secret_len(z);

	if (!hash && len > z_len)
		return CKR_KEY_SIZE_RANGE;
	value = secret_new_empty(len);
	if (!value)
		return CKR_HOST_MEMORY;
	if (!hash)
		memcpy(secret_bytes_mut(value), secret_bytes(z) + z_len - len, len);
	else if (!x963(slot, op, hash, z, value))
		return CKR_FUNCTION_FAILED;
	*ret_value = TAKE(value);
	return CKR_OK;
}

static CK_RV agree_with(
	struct slot *slot, struct op *op, struct token_block point, struct secret **ret_z)
{
	const struct object *key = object_find(slot, op->key, NULL);

	if (!key || op->authenticate)
		return CKR_USER_NOT_LOGGED_IN;
	if (key->key)
		return op_lent_derive(slot, op, key, point, ret_z);
	return slot_note(
		slot, slot->token->ops->derive(slot->token, key->meta.number, point, ret_z));
}

/* The agreed number: the token computes, if the key is its. */
static CK_RV agree(struct slot *slot, struct op *op, struct secret **ret_z)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct token_block point;
	CK_RV rv;

	if (!take_point(op, op->block_len / 2, &point))
		return CKR_MECHANISM_PARAM_INVALID;
	rv = op->in_memory ? CKR_OK : slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = agree_with(slot, op, point, ret_z);
	return rv == CKR_DATA_INVALID || rv == CKR_ARGUMENTS_BAD ? CKR_MECHANISM_PARAM_INVALID : rv;
}

/* How long: as the template says; an AES key, or one that a function makes, has no length by
 * itself.
 */
static CK_RV choose_len(
	const struct object *object, const struct mech_hash *hash, size_t field, size_t *len)
{
	if (*len)
		return CKR_OK;
	if (object->meta.key_type == CKK_AES)
		return CKR_TEMPLATE_INCOMPLETE;
	*len = hash ? hash->len : field;
	return CKR_OK;
}

CK_RV derive_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE base, const struct wrap_template *template, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(op_free_p) struct op *op = NULL;
	CLEANUP(object_free_p) struct object *object = NULL;
	CLEANUP(secret_free_p) struct secret *z = NULL;
	CLEANUP(secret_free_p) struct secret *value = NULL;
	const struct mech_hash *hash;
	struct create_secret request = {
		.template = template->attrs,
		.count = template->count,
		.key_type = CK_UNAVAILABLE_INFORMATION,
		.gen_mechanism = CK_UNAVAILABLE_INFORMATION,
	};
	size_t len = 0;
	CK_RV rv = op_new(slot, session, OP_DERIVE, mechanism, base, &op);

	if (rv != CKR_OK)
		return rv;
	if (!take_kdf(op, &hash))
		return CKR_MECHANISM_PARAM_INVALID;
	request.base = object_find(slot, base, NULL);
	rv = create_secret_begin(slot, &request, &object, &len);
	if (rv == CKR_OK)
		rv = choose_len(object, hash, op->block_len / 2, &len);
	if (rv == CKR_OK)
		rv = agree(slot, op, &z);
	/* a key in memory was used without the lock: somebody may have logged out meanwhile */
	if (rv == CKR_OK && object->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv == CKR_OK)
		rv = make_value(slot, op, hash, z, len, &value);
	if (rv != CKR_OK)
		return rv;
	return create_secret_end(slot, session, TAKE(object), TAKE(value), ret_handle);
}
