/* SPDX-License-Identifier: Apache-2.0 */
/* The RSA work of operations: blocks padded on the host, the private half by the token, the public
 * half by OpenSSL. */
#include "op.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto.h"
#include "mech_pad.h"
#include "object.h"
#include "op_lent.h"
#include "scope.h"
#include "slot.h"
#include "slot_transaction.h"

#include "cardos/secret.h"

/* The digest under way becomes op->data. */
static CK_RV finish_digest(struct op *op)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (!op->md)
		return CKR_OK;
	if (EVP_DigestFinal_ex(op->md, digest, &len) != 1)
		return CKR_FUNCTION_FAILED;
	crypto_md_ctx_p(&op->md);
	return blob_set(&op->data, digest, len) ? CKR_OK : CKR_HOST_MEMORY;
}

/* Bare RSA: short data are numbers with leading zeros left out. */
static CK_RV raw_block(const struct op *op, uint8_t *block)
{
	if (op->data.len > op->block_len)
		return CKR_DATA_LEN_RANGE;
	memset(block, 0, op->block_len);
	if (op->data.len)
		memcpy(block + op->block_len - op->data.len, op->data.bytes, op->data.len);
	return CKR_OK;
}

static CK_RV sign_block(const struct slot *slot, const struct op *op, uint8_t *block)
{
	struct pad_pss pss = { op->hash, op->mgf, op->salt_len, op->bits };

	switch (op->mech->form) {
	case MECH_RSA_PKCS1:
		return pad_pkcs1_sign(op->mech->hash, &op->data, block, op->block_len);
	case MECH_RSA_PSS:
		return pad_pss_sign(slot->crypto, &pss, &op->data, block);
	case MECH_RSA_RAW:
		return raw_block(op, block);
	case MECH_RSA_OAEP:
	case MECH_DIGEST:
	case MECH_RSA_GENERATE:
	case MECH_EC_GENERATE:
	case MECH_ECDSA:
	case MECH_ECDH:
	case MECH_SECRET_GENERATE:
	case MECH_AES_GENERATE:
	case MECH_AES:
	case MECH_AES_WRAP:
	case MECH_HMAC:
		break;
	}
	return CKR_MECHANISM_INVALID;
}

/* The private key again: the card may have been reset, the key removed, since the operation began.
 * Transaction held, for a key of the token. */
static CK_RV private_key(struct slot *slot, struct op *op, struct object **ret_key)
{
	bool hidden;
	struct object *key = object_find(slot, op->key, &hidden);

	if (!key)
		return hidden ? CKR_USER_NOT_LOGGED_IN : CKR_KEY_HANDLE_INVALID;
	if (op->authenticate)
		return CKR_USER_NOT_LOGGED_IN;
	*ret_key = key;
	return CKR_OK;
}

/* The token is not asked for what a session's key does. */
static CK_RV begin(struct slot *slot, const struct op *op, struct slot **ret_held)
{
	return op->in_memory ? CKR_OK : slot_begin(slot, ret_held);
}

static bool is_lent(const struct slot *slot, const struct object *key)
{
	return key->key || slot->token->ops->lend;
}

CK_RV op_sign(struct slot *slot, struct op *op)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct object *key = NULL;
	uint8_t block[TOKEN_RSA_MAX];
	uint8_t signature[TOKEN_RSA_MAX];
	struct token_block in = { block, op->block_len };
	size_t len = 0;
	CK_RV rv;

	if (op->result.bytes)
		return CKR_OK;
	if (op->mac)
		return op_hmac(op);
	rv = finish_digest(op);
	if (rv == CKR_OK && op->mech->form == MECH_ECDSA)
		in = (struct token_block){ op->data.bytes, op_ecdsa_len(op) };
	else if (rv == CKR_OK)
		rv = sign_block(slot, op, block);
	if (rv == CKR_OK)
		rv = begin(slot, op, &held);
	if (rv == CKR_OK)
		rv = private_key(slot, op, &key);
	if (rv == CKR_OK && is_lent(slot, key))
		rv = op_lent_sign(slot, op, key, in, signature, &len);
	else if (rv == CKR_OK)
		rv = slot_note(slot,
			slot->token->ops->sign(slot->token, key->meta.number, in, signature, &len));
	explicit_bzero(block, sizeof(block));
	if (rv == CKR_OK && !blob_set(&op->result, signature, len))
		rv = CKR_HOST_MEMORY;
	return rv;
}

#define PKCS1_OVERHEAD 11 /* 00 BT, at least eight bytes, 00 */

static struct pad_oaep oaep_of(const struct op *op)
{
	return (struct pad_oaep){ op->hash, op->mgf, &op->label };
}

CK_RV op_rsa_room(const struct op *op, size_t *ret_room)
{
	const struct pad_oaep oaep = oaep_of(op);

	if (op->mech->form == MECH_RSA_OAEP)
		return pad_oaep_room(&oaep, op->block_len, ret_room) ? CKR_OK : CKR_KEY_SIZE_RANGE;
	*ret_room = op->mech->form == MECH_RSA_RAW ? op->block_len : op->block_len - PKCS1_OVERHEAD;
	return CKR_OK;
}

/* The deciphered block's message. */
static CK_RV unpad(const struct slot *slot, struct op *op, struct secret **block)
{
	const struct pad_oaep oaep = oaep_of(op);

	if (op->mech->form == MECH_RSA_PKCS1)
		return pad_pkcs1_decipher(
			slot->crypto, *block, &op->data, &op->lengths, &op->plain);
	if (op->mech->form == MECH_RSA_OAEP)
		return pad_oaep_decipher(slot->crypto, &oaep, *block, &op->plain);
	op->plain = TAKE(*block);
	return CKR_OK;
}

CK_RV op_decrypt(struct slot *slot, struct op *op)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CLEANUP(secret_free_p) struct secret *block = NULL;
	struct object *key = NULL;
	struct token_block in = { op->data.bytes, op->data.len };
	CK_RV rv;

	if (op->plain)
		return CKR_OK;
	if (op->data.len != op->block_len)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	rv = begin(slot, op, &held);
	if (rv == CKR_OK)
		rv = private_key(slot, op, &key);
	if (rv == CKR_OK && is_lent(slot, key))
		rv = op_lent_decipher(slot, op, key, in, &block);
	else if (rv == CKR_OK)
		rv = slot_note(slot,
			slot->token->ops->decipher(slot->token, key->meta.number, in, &block));
	if (rv == CKR_DATA_INVALID)
		return CKR_ENCRYPTED_DATA_INVALID;
	return rv == CKR_OK ? unpad(slot, op, &block) : rv;
}

/* ---- the public half ---- */

static EVP_PKEY_CTX *public_ctx(struct slot *slot, const struct op *op)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;
	struct object *key = object_find(slot, op->key, NULL);

	/* a token that was written meanwhile may have another key there */
	if (!key || key->parts.modulus.len != op->block_len)
		return NULL;
	pkey = crypto_rsa(slot->crypto, &key->parts.modulus, &key->parts.exponent);
	return pkey ? EVP_PKEY_CTX_new_from_pkey(crypto_context(slot->crypto), pkey, NULL) : NULL;
}

static bool set_pss(EVP_PKEY_CTX *ctx, const struct op *op)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, op->mgf->name, NULL) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)op->salt_len) == 1;
}

static bool set_md(EVP_PKEY_CTX *ctx, const struct slot *slot, const struct mech_hash *hash)
{
	EVP_MD *md = EVP_MD_fetch(crypto_context(slot->crypto), hash->name, NULL);
	bool ok = md && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;

	EVP_MD_free(md);
	return ok;
}

/* Bare RSA: the signature's power must be the data. */
static bool verify_raw(EVP_PKEY_CTX *ctx, const struct op *op, const CK_BYTE *signature)
{
	uint8_t want[TOKEN_RSA_MAX];
	uint8_t got[TOKEN_RSA_MAX];
	size_t len = sizeof(got);

	return raw_block(op, want) == CKR_OK && EVP_PKEY_encrypt_init(ctx) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	       EVP_PKEY_encrypt(ctx, got, &len, signature, op->block_len) == 1 &&
	       len == op->block_len && memcmp(got, want, len) == 0;
}

static bool verify_padded(
	EVP_PKEY_CTX *ctx, const struct slot *slot, const struct op *op, const CK_BYTE *signature)
{
	bool ok = EVP_PKEY_verify_init(ctx) == 1;

	if (ok && op->mech->form == MECH_RSA_PKCS1)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	if (ok && op->hash)
		ok = set_md(ctx, slot, op->hash);
	if (ok && op->mech->form == MECH_RSA_PSS)
		ok = set_pss(ctx, op);
	return ok &&
	       EVP_PKEY_verify(ctx, signature, op->block_len, op->data.bytes, op->data.len) == 1;
}

CK_RV op_verify(struct slot *slot, struct op *op, const CK_BYTE *signature, CK_ULONG len)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CK_RV rv = op->mac ? op_hmac(op) : finish_digest(op);
	bool ok;

	if (rv != CKR_OK)
		return rv;
	if (len != op->block_len)
		return CKR_SIGNATURE_LEN_RANGE;
	if (op->mac)
		return CRYPTO_memcmp(op->result.bytes, signature, len) == 0 ? CKR_OK
									    : CKR_SIGNATURE_INVALID;
	if (op->mech->form == MECH_ECDSA)
		return op_ecdsa_verify(slot, op, signature);
	if (op->mech->form == MECH_RSA_PSS && op->data.len != op->hash->len)
		return CKR_DATA_LEN_RANGE;
	ctx = public_ctx(slot, op);
	if (!ctx)
		return CKR_KEY_HANDLE_INVALID;
	ok = op->mech->form == MECH_RSA_RAW ? verify_raw(ctx, op, signature)
					    : verify_padded(ctx, slot, op, signature);
	return ok ? CKR_OK : CKR_SIGNATURE_INVALID;
}

CK_RV op_verify_recover(struct slot *slot, struct op *op, const CK_BYTE *signature, CK_ULONG len)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	bool raw = op->mech->form == MECH_RSA_RAW;
	uint8_t out[TOKEN_RSA_MAX];
	size_t out_len = sizeof(out);

	if (op->done)
		return CKR_OK;
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (len != op->block_len)
		return CKR_SIGNATURE_LEN_RANGE;
	ctx = public_ctx(slot, op);
	if (!ctx)
		return CKR_KEY_HANDLE_INVALID;
	if (EVP_PKEY_verify_recover_init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, raw ? RSA_NO_PADDING : RSA_PKCS1_PADDING) != 1)
		return CKR_FUNCTION_FAILED;
	if (EVP_PKEY_verify_recover(ctx, out, &out_len, signature, len) != 1)
		return CKR_SIGNATURE_INVALID;
	op->done = blob_set(&op->result, out, out_len);
	return op->done ? CKR_OK : CKR_HOST_MEMORY;
}

static bool set_oaep(EVP_PKEY_CTX *ctx, const struct op *op)
{
	void *label = op->label.len ? OPENSSL_memdup(op->label.bytes, op->label.len) : NULL;

	if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, op->hash->name, NULL) == 1 &&
		EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, op->mgf->name, NULL) == 1 &&
		(!op->label.len || (label && EVP_PKEY_CTX_set0_rsa_oaep_label(
						     ctx, label, (int)op->label.len) == 1)))
		return true;
	OPENSSL_free(label);
	return false;
}

static bool set_encryption(EVP_PKEY_CTX *ctx, const struct op *op)
{
	bool raw = op->mech->form == MECH_RSA_RAW;

	if (EVP_PKEY_encrypt_init(ctx) != 1)
		return false;
	if (op->mech->form == MECH_RSA_OAEP)
		return set_oaep(ctx, op);
	return EVP_PKEY_CTX_set_rsa_padding(ctx, raw ? RSA_NO_PADDING : RSA_PKCS1_PADDING) == 1;
}

/* Is a whole block, as a number, below the modulus? It is no secret of ours. */
static bool below_modulus(struct slot *slot, const struct op *op, const uint8_t *block)
{
	const struct object *key = object_find(slot, op->key, NULL);

	return key && key->parts.modulus.len == op->block_len &&
	       memcmp(block, key->parts.modulus.bytes, op->block_len) < 0;
}

CK_RV op_encrypt(struct slot *slot, struct op *op)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	bool raw = op->mech->form == MECH_RSA_RAW;
	uint8_t block[TOKEN_RSA_MAX];
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = sizeof(out);
	size_t room = 0;
	bool ok;

	if (op->result.bytes)
		return CKR_OK;
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (op_rsa_room(op, &room) != CKR_OK || op->data.len > room)
		return CKR_DATA_LEN_RANGE;
	if (raw && (raw_block(op, block) != CKR_OK || !below_modulus(slot, op, block)))
		return CKR_DATA_INVALID;
	ctx = public_ctx(slot, op);
	ok = ctx && set_encryption(ctx, op) &&
	     EVP_PKEY_encrypt(ctx, out, &len, raw ? block : op->data.bytes,
		     raw ? op->block_len : op->data.len) == 1;
	explicit_bzero(block, sizeof(block));
	if (!ok)
		return CKR_FUNCTION_FAILED;
	return blob_set(&op->result, out, len) ? CKR_OK : CKR_HOST_MEMORY;
}
