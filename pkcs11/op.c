/* SPDX-License-Identifier: Apache-2.0 */
/* One active operation of a session: begin, gather data, give the result. The RSA work is op_rsa.c.
 */
#include "op.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "object.h"
#include "object_load.h"
#include "scope.h"
#include "session.h"
#include "slot.h"

#include "cardos/secret.h"

#define GATHER_MAX 65536 /* no mechanism without digest takes more than a modulus anyhow */

static const CK_FLAGS flag_of[] = {
	[OP_DIGEST] = CKF_DIGEST,
	[OP_SIGN] = CKF_SIGN,
	[OP_VERIFY] = CKF_VERIFY,
	[OP_ENCRYPT] = CKF_ENCRYPT,
	[OP_DECRYPT] = CKF_DECRYPT,
	[OP_SIGN_RECOVER] = CKF_SIGN_RECOVER,
	[OP_VERIFY_RECOVER] = CKF_VERIFY_RECOVER,
	[OP_WRAP] = CKF_WRAP,
	[OP_UNWRAP] = CKF_UNWRAP,
	[OP_DERIVE] = CKF_DERIVE,
};

struct op *op_free(struct op *op)
{
	if (op) {
		crypto_md_ctx_p(&op->md);
		crypto_mac_ctx_p(&op->mac);
		crypto_cipher_ctx_p(&op->cipher);
		secret_free(op->plain);
		blob_clear(&op->label);
		blob_clear(&op->data);
		blob_clear(&op->result);
		blob_clear(&op->parameter);
		op_free(op->message);
		explicit_bzero(op->iv, sizeof(op->iv));
		free(op);
	}
	return NULL;
}

void op_free_p(struct op **op)
{
	*op = op_free(*op);
}

static CK_RV start_digest(struct slot *slot, struct op *op)
{
	EVP_MD *md;
	int ok;

	if (!op->mech->hash || op->mech->form == MECH_HMAC)
		return CKR_OK;
	md = EVP_MD_fetch(crypto_context(slot->crypto), op->mech->hash->name, NULL);
	op->md = EVP_MD_CTX_new();
	ok = md && op->md && EVP_DigestInit_ex2(op->md, md, NULL) == 1;
	EVP_MD_free(md);
	return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

static CK_RV take_pair_key(struct op *op, struct object *key)
{
	size_t room;
	CK_RV rv = key->meta.class == CKO_PUBLIC_KEY ? object_load(key) : CKR_OK;

	if (rv == CKR_OK)
		rv = object_modulus_len(key, &op->block_len);
	if (rv != CKR_OK)
		return rv;
	op->bits = key->meta.bits;
	op->in_memory = key->key != NULL;
	op->authenticate = key->meta.class == CKO_PRIVATE_KEY && key->meta.always_authenticate;
	return op->mech->form == MECH_RSA_OAEP ? op_rsa_room(op, &room) : CKR_OK;
}

static CK_RV find_key(struct slot *slot, CK_OBJECT_HANDLE handle, struct object **ret_key)
{
	bool hidden;

	*ret_key = object_find(slot, handle, &hidden);
	if (*ret_key)
		return CKR_OK;
	return hidden ? CKR_USER_NOT_LOGGED_IN : CKR_KEY_HANDLE_INVALID;
}

/* Nobody may open the file of this key yet, and so nobody knows of what kind it is. */
static bool under_old_cipher(const struct slot *slot, const struct object *key)
{
	return key->meta.class == CKO_PRIVATE_KEY && slot->settings.old_cipher &&
	       !slot->settings.old_ciphers_allowed &&
	       key->meta.key_type == CK_UNAVAILABLE_INFORMATION;
}

static CK_RV take_key(struct slot *slot, struct op *op, struct object *key)
{
	CK_RV rv = mech_check_key(op->mech, flag_of[op->kind], key);

	if (rv == CKR_KEY_TYPE_INCONSISTENT && under_old_cipher(slot, key))
		return CKR_ACTION_PROHIBITED;
	if (rv != CKR_OK)
		return rv;
	op->key = key->handle;
	return key->secret ? op_cipher_start(slot, op, key->secret) : take_pair_key(op, key);
}

CK_RV op_new(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key, struct op **ret_op)
{
	CLEANUP(op_free_p) struct op *op = NULL;
	struct object *object = NULL;
	CK_RV rv;

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
	rv = kind == OP_DIGEST ? CKR_OK : find_key(slot, key, &object);
	if (rv == CKR_OK)
		rv = op_read_parameter(op, mechanism);
	if (rv == CKR_OK && object)
		rv = take_key(slot, op, object);
	if (rv == CKR_OK)
		rv = start_digest(slot, op);
	if (rv != CKR_OK)
		return rv;
	if (kind == OP_DIGEST)
		op->block_len = op->mech->hash->len;
	*ret_op = TAKE(op);
	return CKR_OK;
}

CK_RV op_begin(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	if (session->ops[kind])
		return CKR_OPERATION_ACTIVE;
	return op_new(slot, session, kind, mechanism, key, &session->ops[kind]);
}

CK_RV op_update(struct op *op, const CK_BYTE *bytes, CK_ULONG len)
{
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (op->md)
		return EVP_DigestUpdate(op->md, bytes, len) == 1 ? CKR_OK : CKR_FUNCTION_FAILED;
	if (op->mac)
		return EVP_MAC_update(op->mac, bytes, len) == 1 ? CKR_OK : CKR_FUNCTION_FAILED;
	if (len > GATHER_MAX || op->data.len + len > op->block_len)
		return op->kind == OP_DECRYPT || op->kind == OP_UNWRAP
			       ? CKR_ENCRYPTED_DATA_LEN_RANGE
			       : CKR_DATA_LEN_RANGE;
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
