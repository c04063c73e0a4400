/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in memory: making them, and the private operations. */
#ifndef PKCS11_SOFT_KEY_H
#define PKCS11_SOFT_KEY_H

#include <openssl/types.h>

#include "blob.h"
#include "ck.h"
#include "token.h"

struct crypto;
struct secret;

#define SOFT_RSA_MIN_BITS 2048 /* of keys in files */
#define SOFT_RSA_MAX_BITS 4096

/* bits: what OpenSSL makes; a token may want more. Errors: CKR_KEY_SIZE_RANGE, CKR_FUNCTION_FAILED,
 * CKR_GENERAL_ERROR. */
CK_RV soft_key_rsa(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);
/* bits: 256, 384 or 521, the NIST curves. */
CK_RV soft_key_ec(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);

/* SubjectPublicKeyInfo of the public half. */
CK_RV soft_key_public(const EVP_PKEY *key, struct blob *ret_spki);

/* CKK_RSA, CKK_EC and size of the key in a SubjectPublicKeyInfo; CK_UNAVAILABLE_INFORMATION and 0
 * for others. */
void soft_key_kind(const struct crypto *crypto, const struct blob *spki, CK_KEY_TYPE *ret_type,
	unsigned *ret_bits);

/* RSA: the private operation on one block as long as the modulus, out: TOKEN_RSA_MAX.
 * EC: ECDSA over block as the hash, out: r and s, each as long as the order.
 * Errors: CKR_DATA_LEN_RANGE, CKR_DATA_INVALID, CKR_FUNCTION_FAILED. */
CK_RV soft_key_sign(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len);

/* RSA: the same for a cryptogram. */
CK_RV soft_key_decipher(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	struct secret **ret_plain);

/* EC: the x coordinate of the common point. point: the other's, uncompressed.
 * Errors: CKR_MECHANISM_PARAM_INVALID (no point of this curve), CKR_FUNCTION_FAILED. */
CK_RV soft_key_derive(const struct crypto *crypto, EVP_PKEY *key, struct token_block point,
	struct secret **ret_x);

/* RSA-OAEP with SHA-256 under the public key in spki, and back. */
CK_RV soft_key_seal(const struct crypto *crypto, const struct blob *spki,
	const struct secret *plain, struct blob *ret_sealed);
CK_RV soft_key_unseal(const struct crypto *crypto, EVP_PKEY *key, const struct blob *sealed,
	struct secret **ret_plain);

#endif
