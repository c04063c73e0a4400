/* SPDX-License-Identifier: Apache-2.0 */
/* AES and HMAC with the secret keys of sessions, by OpenSSL. */
#include "op.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "scope.h"
#include "slot.h"

#include "cardos/secret.h"

#define BLOCK 16
#define GCM_GATHER_MAX ((size_t)1 << 30)

static void cipher_p(EVP_CIPHER **cipher)
{
	EVP_CIPHER_free(*cipher);
}

static void mac_p(EVP_MAC **mac)
{
	EVP_MAC_free(*mac);
}

static bool enciphers(const struct op *op)
{
	return op->kind == OP_ENCRYPT || op->kind == OP_WRAP;
}

static bool is_gcm(const struct op *op)
{
	return op->mech->mode == MODE_GCM;
}

static bool is_wrap(const struct op *op)
{
	return op->mech->form == MECH_AES_WRAP;
}

/* What OpenSSL calls it. */
static EVP_CIPHER *fetch(const struct slot *slot, const struct op *op, size_t key_len)
{
	static const char *const names[] = {
		[MODE_ECB] = "ECB",
		[MODE_CBC] = "CBC",
		[MODE_CBC_PAD] = "CBC",
		[MODE_GCM] = "GCM",
		[MODE_WRAP] = "WRAP",
		[MODE_WRAP_PAD] = "WRAP-PAD",
	};
	char name[24];

	snprintf(name, sizeof(name), "AES-%zu-%s", key_len * 8, names[op->mech->mode]);
	return EVP_CIPHER_fetch(crypto_context(slot->crypto), name, NULL);
}

/* GCM: length of the initial value, additional data, and the tag's length by its use. */
static bool start_gcm(struct op *op, const uint8_t *key)
{
	EVP_CIPHER_CTX *ctx = op->cipher;
	int len = 0;

	return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)op->iv_len, NULL) == 1 &&
	       EVP_CipherInit_ex2(ctx, NULL, key, op->iv, -1, NULL) == 1 &&
	       (!op->label.len ||
		       EVP_CipherUpdate(ctx, NULL, &len, op->label.bytes, (int)op->label.len) == 1);
}

static CK_RV start_aes(const struct slot *slot, struct op *op, const struct secret *key)
{
	CLEANUP(cipher_p) EVP_CIPHER *cipher = fetch(slot, op, secret_len(key));
	const uint8_t *iv = op->iv_len ? op->iv : NULL;
	int encipher = enciphers(op);
	bool ok;

	op->cipher = EVP_CIPHER_CTX_new();
	if (!cipher || !op->cipher)
		return cipher ? CKR_HOST_MEMORY : CKR_FUNCTION_FAILED;
	if (is_wrap(op))
		EVP_CIPHER_CTX_set_flags(op->cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (is_gcm(op))
		ok = EVP_CipherInit_ex2(op->cipher, cipher, NULL, NULL, encipher, NULL) == 1 &&
		     start_gcm(op, secret_bytes(key));
	else
		ok = EVP_CipherInit_ex2(
			     op->cipher, cipher, secret_bytes(key), iv, encipher, NULL) == 1 &&
		     EVP_CIPHER_CTX_set_padding(op->cipher, op->mech->mode == MODE_CBC_PAD) == 1;
	return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

static CK_RV start_hmac(const struct slot *slot, struct op *op, const struct secret *key)
{
	CLEANUP(mac_p)
	EVP_MAC *mac = EVP_MAC_fetch(crypto_context(slot->crypto), OSSL_MAC_NAME_HMAC, NULL);
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };
	char name[24];

	snprintf(name, sizeof(name), "%s", op->mech->hash->name);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	op->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	if (!op->mac || EVP_MAC_init(op->mac, secret_bytes(key), secret_len(key), params) != 1)
		return CKR_FUNCTION_FAILED;
	op->block_len = op->mech->hash->len;
	return CKR_OK;
}

CK_RV op_cipher_start(const struct slot *slot, struct op *op, const struct secret *key)
{
	return op->mech->form == MECH_HMAC ? start_hmac(slot, op, key) : start_aes(slot, op, key);
}

/* ---- how much comes out ---- */

/* All that is out when fed bytes are in. Deciphering, padding keeps the last block back, and GCM
 * keeps everything until its tag was right. */
static size_t out_of(const struct op *op, size_t fed)
{
	switch (op->mech->mode) {
	case MODE_GCM:
		return enciphers(op) ? fed : 0;
	case MODE_CBC_PAD:
		if (!enciphers(op))
			return fed ? (fed - 1) / BLOCK * BLOCK : 0;
		return fed / BLOCK * BLOCK;
	case MODE_ECB:
	case MODE_CBC:
	case MODE_NONE:
	case MODE_WRAP:
	case MODE_WRAP_PAD:
		break;
	}
	return fed / BLOCK * BLOCK;
}

/* All that is out at the end; of deciphering, at most. */
static size_t total_of(const struct op *op, size_t fed)
{
	switch (op->mech->mode) {
	case MODE_GCM:
		if (enciphers(op))
			return fed + op->tag_len;
		return fed > op->tag_len ? fed - op->tag_len : 0;
	case MODE_CBC_PAD:
		if (enciphers(op))
			return (fed / BLOCK + 1) * BLOCK;
		return fed ? (fed - 1) / BLOCK * BLOCK + BLOCK : 0;
	case MODE_WRAP:
		return enciphers(op) ? fed + 8 : fed > 8 ? fed - 8 : 0;
	case MODE_WRAP_PAD:
		return enciphers(op) ? (fed + 7) / 8 * 8 + 8 : fed > 8 ? fed - 8 : 0;
	case MODE_ECB:
	case MODE_CBC:
	case MODE_NONE:
		break;
	}
	return fed / BLOCK * BLOCK;
}

size_t op_cipher_next(const struct op *op, size_t len)
{
	return out_of(op, op->fed + len) - op->given;
}

size_t op_cipher_last(const struct op *op, size_t len)
{
	return total_of(op, op->fed + len) - op->given;
}

/* ---- data ---- */

static CK_RV len_range(const struct op *op)
{
	return enciphers(op) ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
}

/* Does the mode take so much? */
static bool fits(const struct op *op)
{
	switch (op->mech->mode) {
	case MODE_GCM:
		return enciphers(op) || op->fed >= op->tag_len;
	case MODE_CBC_PAD:
		return enciphers(op) || (op->fed && op->fed % BLOCK == 0);
	case MODE_WRAP:
		return op->fed % 8 == 0 && op->fed >= (enciphers(op) ? 16u : 24u);
	case MODE_WRAP_PAD:
		return enciphers(op) ? op->fed > 0 : op->fed % 8 == 0 && op->fed >= 16;
	case MODE_ECB:
	case MODE_CBC:
	case MODE_NONE:
		break;
	}
	return op->fed % BLOCK == 0;
}

static CK_RV run(struct op *op, const CK_BYTE *bytes, size_t len, struct blob *out)
{
	const size_t most = (size_t)1 << 20; /* OpenSSL counts with an int */

	for (size_t done = 0; done < len;) {
		size_t step = len - done < most || is_wrap(op) ? len - done : most;
		uint8_t *place = blob_extend(out, step + 2 * BLOCK);
		int got = 0;

		if (!place)
			return CKR_HOST_MEMORY;
		if (EVP_CipherUpdate(op->cipher, place, &got, bytes + done, (int)step) != 1)
			return is_wrap(op) && !enciphers(op) ? CKR_ENCRYPTED_DATA_INVALID
							     : CKR_FUNCTION_FAILED;
		out->len -= step + 2 * BLOCK - (size_t)got;
		op->given += (size_t)got;
		done += step;
	}
	return CKR_OK;
}

CK_RV op_cipher_update(struct op *op, const CK_BYTE *bytes, size_t len, struct blob *out)
{
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (len > GCM_GATHER_MAX || op->fed > SIZE_MAX / 2 ||
		(is_gcm(op) && op->fed + len > GCM_GATHER_MAX))
		return len_range(op);
	op->fed += len;
	if (is_wrap(op) && !fits(op))
		return len_range(op);
	if (is_gcm(op) && !enciphers(op))
		return blob_add(&op->data, bytes, len) ? CKR_OK : CKR_HOST_MEMORY;
	return run(op, bytes, len, out);
}

/* The tag is what ends the gathered data. Nothing comes out unless it is right. */
static CK_RV open_gcm(struct op *op, struct blob *out)
{
	size_t len = op->data.len - op->tag_len;
	int got = 0;
	CK_RV rv = run(op, op->data.bytes, len, out);
	uint8_t none[BLOCK];

	if (rv != CKR_OK)
		return rv;
	if (EVP_CIPHER_CTX_ctrl(op->cipher, EVP_CTRL_AEAD_SET_TAG, (int)op->tag_len,
		    op->data.bytes + len) == 1 &&
		EVP_CipherFinal_ex(op->cipher, none, &got) == 1)
		return CKR_OK;
	blob_clear(out);
	return CKR_ENCRYPTED_DATA_INVALID;
}

static CK_RV seal_gcm(struct op *op, struct blob *out)
{
	uint8_t tag[BLOCK];
	int got = 0;

	if (EVP_CipherFinal_ex(op->cipher, tag, &got) != 1 ||
		EVP_CIPHER_CTX_ctrl(op->cipher, EVP_CTRL_AEAD_GET_TAG, (int)op->tag_len, tag) != 1)
		return CKR_FUNCTION_FAILED;
	return blob_add(out, tag, op->tag_len) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV op_cipher_final(struct op *op, struct blob *out)
{
	uint8_t last[2 * BLOCK];
	int got = 0;
	CK_RV rv;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (!fits(op))
		return len_range(op);
	if (is_gcm(op))
		return enciphers(op) ? seal_gcm(op, out) : open_gcm(op, out);
	if (EVP_CipherFinal_ex(op->cipher, last, &got) != 1)
		return enciphers(op) ? CKR_FUNCTION_FAILED : CKR_ENCRYPTED_DATA_INVALID;
	rv = blob_add(out, last, (size_t)got) ? CKR_OK : CKR_HOST_MEMORY;
	explicit_bzero(last, sizeof(last));
	return rv;
}

CK_RV op_hmac(struct op *op)
{
	uint8_t code[EVP_MAX_MD_SIZE];
	size_t len = 0;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (EVP_MAC_final(op->mac, code, &len, sizeof(code)) != 1)
		return CKR_FUNCTION_FAILED;
	return blob_set(&op->result, code, len) ? CKR_OK : CKR_HOST_MEMORY;
}
