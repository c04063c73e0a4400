/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that leave and arrive enciphered: secret keys, and private keys that arrive. */
#include "wrap.h"

#include <string.h>

#include "attr.h"
#include "create.h"
#include "object.h"
#include "op.h"
#include "scope.h"
#include "slot.h"

#include "cardos/secret.h"

#define AES_BLOCK 16

struct renamed {
	CK_RV from, to;
};

/* What an operation calls a fault is called otherwise here. */
static CK_RV rename_rv(const struct renamed *table, size_t count, CK_RV rv)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].from == rv)
			return table[i].to;
	return rv;
}

static CK_RV wrap_rv(CK_RV rv)
{
	static const struct renamed table[] = {
		{ CKR_KEY_HANDLE_INVALID, CKR_WRAPPING_KEY_HANDLE_INVALID },
		{ CKR_KEY_TYPE_INCONSISTENT, CKR_WRAPPING_KEY_TYPE_INCONSISTENT },
		{ CKR_KEY_SIZE_RANGE, CKR_WRAPPING_KEY_SIZE_RANGE },
		{ CKR_DATA_LEN_RANGE, CKR_KEY_SIZE_RANGE },
	};

	return rename_rv(table, COUNT_OF(table), rv);
}

static CK_RV unwrap_rv(CK_RV rv)
{
	static const struct renamed table[] = {
		{ CKR_KEY_HANDLE_INVALID, CKR_UNWRAPPING_KEY_HANDLE_INVALID },
		{ CKR_KEY_TYPE_INCONSISTENT, CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT },
		{ CKR_KEY_SIZE_RANGE, CKR_UNWRAPPING_KEY_SIZE_RANGE },
		{ CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_INVALID },
		{ CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_LEN_RANGE },
	};

	return rename_rv(table, COUNT_OF(table), rv);
}

/* ECB and CBC take whole blocks: the key is filled up with zeros. */
static bool fills_blocks(const struct op *op)
{
	return op->mech->mode == MODE_ECB || op->mech->mode == MODE_CBC;
}

/* Only keys of sessions that may leave. A private key of a token may not, or is not to be wrapped.
 */
static CK_RV check_wrapped(const struct object *key)
{
	bool hides = key->meta.class == CKO_PRIVATE_KEY || key->meta.class == CKO_SECRET_KEY;

	if (hides && !key->meta.extractable)
		return CKR_KEY_UNEXTRACTABLE;
	return (key->secret || key->key) && !key->wrap_with_trusted ? CKR_OK
								    : CKR_KEY_NOT_WRAPPABLE;
}

/* The value as it is enciphered; of a private key its PrivateKeyInfo. */
static CK_RV copy_value(const struct op *op, const struct object *key, struct secret **ret_value)
{
	const struct secret *from = key->key ? key->key : key->secret;
	size_t len = secret_len(from);
	size_t full = fills_blocks(op) ? (len + AES_BLOCK - 1) / AES_BLOCK * AES_BLOCK : len;
	struct secret *value = secret_new_empty(full);

	if (!value)
		return CKR_HOST_MEMORY;
	memcpy(secret_bytes_mut(value), secret_bytes(from), len);
	*ret_value = value;
	return CKR_OK;
}

CK_RV wrap_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key_handle, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(op_free_p) struct op *op = NULL;
	CLEANUP(secret_free_p) struct secret *value = NULL;
	bool hidden, ended;
	size_t room;
	CK_RV rv = op_new(slot, session, OP_WRAP, mechanism, wrapping, &op);
	const struct object *key = object_find(slot, key_handle, &hidden);

	if (rv != CKR_OK)
		return wrap_rv(rv);
	if (!key)
		return hidden ? CKR_USER_NOT_LOGGED_IN : CKR_KEY_HANDLE_INVALID;
	rv = check_wrapped(key);
	if (rv == CKR_OK)
		rv = copy_value(op, key, &value);
	if (rv != CKR_OK)
		return rv;
	room = op_crypt_room(op, secret_len(value));
	if (!out || *out_len < room)
		return op_give(NULL, room, out, out_len, &ended);
	rv = op_crypt(slot, op, secret_bytes(value), secret_len(value));
	return rv == CKR_OK ? op_crypt_give(op, out, out_len, &ended) : wrap_rv(rv);
}

/* A key of a known length makes implicit rejection whole: a wrong cryptogram gives such a key. */
static void expect(struct op *op, CK_KEY_TYPE type, size_t len)
{
	if (len)
		op->lengths = (struct pad_lengths){ 1, { len } };
	else if (type == CKK_AES)
		op->lengths = (struct pad_lengths){ 3, { 16, 24, 32 } };
}

/* Filled blocks are cut to the length that the template tells, any other key must have it. */
static CK_RV cut(const struct op *op, struct secret *value, size_t len)
{
	size_t has = secret_len(value);

	if (!len || len == has)
		return CKR_OK;
	if (!fills_blocks(op) || len > has || has - len >= AES_BLOCK)
		return CKR_TEMPLATE_INCONSISTENT;
	return secret_shorten(value, len) ? CKR_OK : CKR_FUNCTION_FAILED;
}

static void object_free_p(struct object **object)
{
	*object = object_free(*object);
}

static CK_RV unwrap_secret(struct slot *slot, struct session *session, struct op *op,
	const struct wrap_job *job, CK_OBJECT_HANDLE *ret_handle)
{
	const struct create_secret request = {
		.template = job->template->attrs,
		.count = job->template->count,
		.key_type = CK_UNAVAILABLE_INFORMATION,
		.gen_mechanism = CK_UNAVAILABLE_INFORMATION,
	};
	CLEANUP(object_free_p) struct object *object = NULL;
	size_t value_len = 0;
	CK_RV rv = create_secret_begin(slot, &request, &object, &value_len);

	if (rv != CKR_OK)
		return rv;
	expect(op, object->meta.key_type, value_len);
	rv = op_crypt(slot, op, job->wrapped, job->len);
	if (rv != CKR_OK)
		return unwrap_rv(rv);
	/* a key in memory was used without the lock: somebody may have logged out meanwhile */
	if (object->meta.private && slot->login != LOGIN_USER)
		return CKR_USER_NOT_LOGGED_IN;
	rv = cut(op, op->plain, value_len);
	if (rv != CKR_OK)
		return rv;
	rv = create_secret_end(slot, session, TAKE(object), TAKE(op->plain), ret_handle);
	return rv == CKR_KEY_SIZE_RANGE ? CKR_WRAPPED_KEY_LEN_RANGE : rv;
}

/* A PrivateKeyInfo, which goes onto the token or stays with the session. */
static CK_RV unwrap_private(struct slot *slot, struct session *session, struct op *op,
	const struct wrap_job *job, CK_OBJECT_HANDLE *ret_handle)
{
	struct create_private asked = {
		.template = job->template->attrs,
		.count = job->template->count,
		.fill = fills_blocks(op) ? AES_BLOCK : 1,
	};
	bool on_token = create_on_token(asked.template, asked.count);
	CK_RV rv = on_token ? create_may_import(slot, session) : CKR_OK;

	if (rv != CKR_OK)
		return rv;
	rv = op_crypt(slot, op, job->wrapped, job->len);
	if (rv != CKR_OK)
		return unwrap_rv(rv);
	asked.encoded = op->plain;
	rv = on_token ? create_import(slot, session, &asked, ret_handle)
		      : create_private(slot, session, &asked, ret_handle);
	return rv == CKR_KEY_SIZE_RANGE ? CKR_WRAPPED_KEY_LEN_RANGE : rv;
}

CK_RV unwrap_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE unwrapping, const struct wrap_job *job, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(op_free_p) struct op *op = NULL;
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_RV rv = op_new(slot, session, OP_UNWRAP, mechanism, unwrapping, &op);

	if (rv != CKR_OK)
		return unwrap_rv(rv);
	attr_get_ulong(job->template->attrs, job->template->count, CKA_CLASS, &class);
	return class == CKO_PRIVATE_KEY ? unwrap_private(slot, session, op, job, ret_handle)
					: unwrap_secret(slot, session, op, job, ret_handle);
}
