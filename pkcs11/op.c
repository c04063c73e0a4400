/* SPDX-License-Identifier: Apache-2.0 */
/* One active operation of a session: begin, gather data, give the result. The RSA work is op_rsa.c.
 */
#include "op.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "object.h"
#include "scope.h"
#include "session.h"
#include "slot.h"

#include "cardos/secret.h"

#define GATHER_MAX 65536 /* no mechanism without digest takes more than a modulus anyhow */

static const CK_FLAGS flag_of[OP_KINDS] = {
	[OP_DIGEST] = CKF_DIGEST,
	[OP_SIGN] = CKF_SIGN,
	[OP_VERIFY] = CKF_VERIFY,
	[OP_ENCRYPT] = CKF_ENCRYPT,
	[OP_DECRYPT] = CKF_DECRYPT,
};

struct op *op_free(struct op *op)
{
	if (op) {
		crypto_md_ctx_p(&op->md);
		secret_free(op->plain);
		blob_clear(&op->label);
		blob_clear(&op->data);
		blob_clear(&op->result);
		free(op);
	}
	return NULL;
}

static void op_free_p(struct op **op)
{
	*op = op_free(*op);
}

static CK_RV start_digest(struct slot *slot, struct op *op)
{
	EVP_MD *md;
	int ok;

	if (!op->mech->hash)
		return CKR_OK;
	md = EVP_MD_fetch(crypto_context(slot->crypto), op->mech->hash->name, NULL);
	op->md = EVP_MD_CTX_new();
	ok = md && op->md && EVP_DigestInit_ex2(op->md, md, NULL) == 1;
	EVP_MD_free(md);
	return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

static CK_RV take_key(struct slot *slot, struct op *op, CK_OBJECT_HANDLE handle)
{
	bool hidden;
	struct object *key = object_find(slot, handle, &hidden);
	size_t room;
	CK_RV rv;

	if (!key)
		return hidden ? CKR_USER_NOT_LOGGED_IN : CKR_KEY_HANDLE_INVALID;
	rv = mech_check_key(op->mech, flag_of[op->kind], key);
	if (rv == CKR_OK && key->meta.class == CKO_PUBLIC_KEY)
		rv = object_load(key);
	if (rv == CKR_OK)
		rv = object_modulus_len(key, &op->block_len);
	if (rv != CKR_OK)
		return rv;
	op->key = handle;
	op->bits = key->meta.bits;
	op->authenticate = key->meta.class == CKO_PRIVATE_KEY && key->meta.always_authenticate;
	return op->mech->form == MECH_RSA_OAEP ? op_rsa_room(op, &room) : CKR_OK;
}

CK_RV op_begin(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	CLEANUP(op_free_p) struct op *op = NULL;
	CK_RV rv;

	if (session->ops[kind])
		return CKR_OPERATION_ACTIVE;
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	op = calloc(1, sizeof(*op));
	if (!op)
		return CKR_HOST_MEMORY;
	op->kind = kind;
	op->session = session;
	op->mech = mech_find(mechanism->mechanism);
	if (!op->mech || !(op->mech->flags & flag_of[kind]) || !mech_offered(op->mech, &slot->info))
		return CKR_MECHANISM_INVALID;
	rv = op_read_parameter(op, mechanism);
	if (rv == CKR_OK && kind != OP_DIGEST)
		rv = take_key(slot, op, key);
	if (rv == CKR_OK)
		rv = start_digest(slot, op);
	if (rv != CKR_OK)
		return rv;
	if (kind == OP_DIGEST)
		op->block_len = op->mech->hash->len;
	session->ops[kind] = TAKE(op);
	return CKR_OK;
}

CK_RV op_update(struct op *op, const CK_BYTE *bytes, CK_ULONG len)
{
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (op->md)
		return EVP_DigestUpdate(op->md, bytes, len) == 1 ? CKR_OK : CKR_FUNCTION_FAILED;
	if (len > GATHER_MAX || op->data.len + len > op->block_len)
		return op->kind == OP_DECRYPT ? CKR_ENCRYPTED_DATA_LEN_RANGE : CKR_DATA_LEN_RANGE;
	return blob_add(&op->data, bytes, len) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV op_digest(struct op *op)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (op->result.bytes)
		return CKR_OK;
	if (!crypto_usable() || EVP_DigestFinal_ex(op->md, digest, &len) != 1)
		return CKR_FUNCTION_FAILED;
	return blob_set(&op->result, digest, len) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV op_give(const void *bytes, size_t len, CK_BYTE *out, CK_ULONG *out_len, bool *ended)
{
	CK_ULONG room = *out_len;

	*ended = false;
	*out_len = len;
	if (!out)
		return CKR_OK;
	if (room < len)
		return CKR_BUFFER_TOO_SMALL;
	if (len)
		memcpy(out, bytes, len);
	*ended = true;
	return CKR_OK;
}
