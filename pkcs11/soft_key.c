/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in memory: making them, and the private operations. */
#include "soft_key.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"

#include "cardos/secret.h"

#define RSA_BITS_LEAST 512 /* OpenSSL makes none below */

static EVP_PKEY_CTX *ctx_for(const struct crypto *crypto, EVP_PKEY *key)
{
	return EVP_PKEY_CTX_new_from_pkey(crypto_context(crypto), key, NULL);
}

static CK_RV failed(CK_RV rv)
{
	ERR_clear_error();
	return rv;
}

static CK_RV generate(
	const struct crypto *crypto, const char *type, const OSSL_PARAM *params, EVP_PKEY **ret_key)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	ctx = EVP_PKEY_CTX_new_from_name(crypto_context(crypto), type, NULL);
	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_CTX_set_params(ctx, params) != 1 ||
		EVP_PKEY_generate(ctx, ret_key) != 1)
		return failed(CKR_FUNCTION_FAILED);
	return CKR_OK;
}

CK_RV soft_key_rsa(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_BITS, &bits),
		OSSL_PARAM_construct_end(),
	};

	if (bits < RSA_BITS_LEAST || bits > SOFT_RSA_MAX_BITS)
		return CKR_KEY_SIZE_RANGE;
	return generate(crypto, CRYPTO_RSA, params, ret_key);
}

CK_RV soft_key_ec(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key)
{
	char curve[16];

	if (bits != 256 && bits != 384 && bits != 521)
		return CKR_KEY_SIZE_RANGE;
	snprintf(curve, sizeof(curve), "P-%u", bits);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
		OSSL_PARAM_construct_end(),
	};
	return generate(crypto, CRYPTO_EC, params, ret_key);
}

CK_RV soft_key_public(const EVP_PKEY *key, struct blob *ret_spki)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	bool ok = len > 0 && blob_set(ret_spki, der, (size_t)len);

	OPENSSL_free(der);
	return ok ? CKR_OK : CKR_HOST_MEMORY;
}

void soft_key_kind(const struct crypto *crypto, const struct blob *spki, CK_KEY_TYPE *ret_type,
	unsigned *ret_bits)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	const unsigned char *at = spki->bytes;

	*ret_type = CK_UNAVAILABLE_INFORMATION;
	*ret_bits = 0;
	if (!spki->len || !crypto_usable())
		return;
	key = d2i_PUBKEY_ex(NULL, &at, (long)spki->len, crypto_context(crypto), NULL);
	ERR_clear_error();
	if (!key)
		return;
	if (EVP_PKEY_is_a(key, "RSA"))
		*ret_type = CKK_RSA;
	else if (EVP_PKEY_is_a(key, "EC"))
		*ret_type = CKK_EC;
	if (*ret_type != CK_UNAVAILABLE_INFORMATION)
		*ret_bits = (unsigned)EVP_PKEY_get_bits(key);
}

static CK_RV sign_rsa(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	size_t len = TOKEN_RSA_MAX;

	if (EVP_PKEY_get_size(key) > TOKEN_RSA_MAX || block.len != (size_t)EVP_PKEY_get_size(key))
		return CKR_DATA_LEN_RANGE;
	ctx = ctx_for(crypto, key);
	if (!ctx || EVP_PKEY_sign_init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)
		return failed(CKR_FUNCTION_FAILED);
	/* what fails now is a block that is no number below the modulus */
	if (EVP_PKEY_sign(ctx, out, &len, block.bytes, block.len) != 1)
		return failed(CKR_DATA_INVALID);
	*ret_len = len;
	return CKR_OK;
}

/* r and s side by side instead of the DER that OpenSSL speaks. */
static CK_RV flatten(const uint8_t *der, size_t der_len, size_t half, uint8_t *out, size_t *ret_len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
	bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) >= 0 &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) >= 0;

	ECDSA_SIG_free(sig);
	if (!ok)
		return failed(CKR_FUNCTION_FAILED);
	*ret_len = 2 * half;
	return CKR_OK;
}

static CK_RV sign_ec(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	size_t half = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
	uint8_t der[256];
	size_t len = sizeof(der);

	if (half > 66 || !block.len || block.len > 64)
		return CKR_DATA_LEN_RANGE;
	ctx = ctx_for(crypto, key);
	if (!ctx || EVP_PKEY_sign_init(ctx) != 1 ||
		EVP_PKEY_sign(ctx, der, &len, block.bytes, block.len) != 1)
		return failed(CKR_FUNCTION_FAILED);
	return flatten(der, len, half, out, ret_len);
}

CK_RV soft_key_sign(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len)
{
	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (EVP_PKEY_is_a(key, "RSA"))
		return sign_rsa(crypto, key, block, out, ret_len);
	if (EVP_PKEY_is_a(key, "EC"))
		return sign_ec(crypto, key, block, out, ret_len);
	return CKR_KEY_TYPE_INCONSISTENT;
}

CK_RV soft_key_decipher(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	struct secret **ret_plain)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(secret_free_p) struct secret *plain = NULL;
	size_t len;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (!EVP_PKEY_is_a(key, "RSA"))
		return CKR_KEY_TYPE_INCONSISTENT;
	len = (size_t)EVP_PKEY_get_size(key);
	if (block.len != len)
		return CKR_DATA_LEN_RANGE;
	plain = secret_new_empty(len);
	if (!plain)
		return CKR_HOST_MEMORY;
	ctx = ctx_for(crypto, key);
	if (!ctx || EVP_PKEY_decrypt_init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)
		return failed(CKR_FUNCTION_FAILED);
	if (EVP_PKEY_decrypt(ctx, secret_bytes_mut(plain), &len, block.bytes, block.len) != 1)
		return failed(CKR_DATA_INVALID);
	*ret_plain = TAKE(plain);
	return CKR_OK;
}

/* The other's point as a key on the curve of ours; OpenSSL checks that it is on it. */
static EVP_PKEY *peer_of(EVP_PKEY *key, struct token_block point)
{
	EVP_PKEY *peer = EVP_PKEY_new();

	if (!peer || EVP_PKEY_copy_parameters(peer, key) != 1 ||
		EVP_PKEY_set1_encoded_public_key(peer, point.bytes, point.len) != 1) {
		EVP_PKEY_free(peer);
		return NULL;
	}
	return peer;
}

CK_RV soft_key_derive(
	const struct crypto *crypto, EVP_PKEY *key, struct token_block point, struct secret **ret_x)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(crypto_pkey_p) EVP_PKEY *peer = NULL;
	CLEANUP(secret_free_p) struct secret *x = NULL;
	size_t len;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	if (!EVP_PKEY_is_a(key, "EC"))
		return CKR_KEY_TYPE_INCONSISTENT;
	len = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
	/* only uncompressed: what other software sends, and one form is one check */
	if (point.len != 1 + 2 * len || point.bytes[0] != 4)
		return CKR_MECHANISM_PARAM_INVALID;
	peer = peer_of(key, point);
	if (!peer)
		return failed(CKR_MECHANISM_PARAM_INVALID);
	x = secret_new_empty(len);
	if (!x)
		return CKR_HOST_MEMORY;
	ctx = ctx_for(crypto, key);
	if (!ctx || EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, peer) != 1)
		return failed(CKR_MECHANISM_PARAM_INVALID);
	if (EVP_PKEY_derive(ctx, secret_bytes_mut(x), &len) != 1)
		return failed(CKR_FUNCTION_FAILED);
	*ret_x = TAKE(x);
	return CKR_OK;
}

static bool set_oaep(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, "SHA256", NULL) == 1;
}

CK_RV soft_key_seal(const struct crypto *crypto, const struct blob *spki,
	const struct secret *plain, struct blob *ret_sealed)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	const unsigned char *at = spki->bytes;
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = sizeof(out);

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	key = d2i_PUBKEY_ex(NULL, &at, (long)spki->len, crypto_context(crypto), NULL);
	ctx = key ? ctx_for(crypto, key) : NULL;
	if (!ctx || EVP_PKEY_encrypt_init(ctx) != 1 || !set_oaep(ctx) ||
		EVP_PKEY_encrypt(ctx, out, &len, secret_bytes(plain), secret_len(plain)) != 1)
		return failed(CKR_FUNCTION_FAILED);
	return blob_set(ret_sealed, out, len) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV soft_key_unseal(const struct crypto *crypto, EVP_PKEY *key, const struct blob *sealed,
	struct secret **ret_plain)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(secret_free_p) struct secret *plain = secret_new_empty(TOKEN_RSA_MAX);
	size_t len = TOKEN_RSA_MAX;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	ctx = ctx_for(crypto, key);
	if (!plain || !ctx || EVP_PKEY_decrypt_init(ctx) != 1 || !set_oaep(ctx) ||
		EVP_PKEY_decrypt(ctx, secret_bytes_mut(plain), &len, sealed->bytes, sealed->len) !=
			1)
		return failed(CKR_FUNCTION_FAILED);
	if (!secret_shorten(plain, len))
		return CKR_FUNCTION_FAILED;
	*ret_plain = TAKE(plain);
	return CKR_OK;
}
