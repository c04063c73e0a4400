/* SPDX-License-Identifier: Apache-2.0 */
/* The module's own OpenSSL library context, and what is safe after the host's OPENSSL_cleanup().
 * Why an own one: docs/decisions, "own OpenSSL context". */
#ifndef PKCS11_CRYPTO_H
#define PKCS11_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

struct blob;
struct crypto;
struct secret;

#define CRYPTO_KEY_LEN 32

/* NULL: no memory, or OpenSSL was already cleaned up by the host. */
struct crypto *crypto_new(void);
/* One more owner; crypto_free() is called once by each. Thread-safe. */
struct crypto *crypto_ref(struct crypto *crypto);
struct crypto *crypto_free(struct crypto *crypto);

/* false after the host called OPENSSL_cleanup(): no OpenSSL function may be called any more. */
bool crypto_usable(void);

OSSL_LIB_CTX *crypto_context(const struct crypto *crypto);

/* CRYPTO_KEY_LEN random bytes, fixed for the life of crypto: the key of implicit rejection. */
const uint8_t *crypto_rejection_key(const struct crypto *crypto);

/* out: EVP_MAX_MD_SIZE bytes. */
bool crypto_digest(const struct crypto *crypto, const char *name, const struct blob *bytes,
	uint8_t *out, size_t *ret_len);

/* The first three bytes of a block of zeros enciphered with an AES key, or of another key's SHA-1:
 * CKA_CHECK_VALUE. out: 3 bytes. */
bool crypto_check_value(
	const struct crypto *crypto, bool aes, const struct secret *key, uint8_t *out);

/* Random bytes, and more to stir into their generator. false: OpenSSL failed or is gone. */
bool crypto_random(const struct crypto *crypto, void *out, size_t len);
bool crypto_seed(const struct crypto *crypto, const void *seed, size_t len);

/* For CLEANUP; they leak by intention when crypto_usable() is false. */
void crypto_md_ctx_p(EVP_MD_CTX **ctx);
void crypto_mac_ctx_p(EVP_MAC_CTX **ctx);
void crypto_cipher_ctx_p(EVP_CIPHER_CTX **ctx);
void crypto_pkey_p(EVP_PKEY **pkey);
void crypto_pkey_ctx_p(EVP_PKEY_CTX **ctx);

/* Key types for EVP_PKEY_CTX_new_from_name(). By these names OpenSSL's own code is found even where
 * an engine, such as the one that uses this module, is the default for "RSA" and "EC". */
#define CRYPTO_RSA "1.2.840.113549.1.1.1"
#define CRYPTO_EC "1.2.840.10045.2.1"

/* The public key of a SubjectPublicKeyInfo. NULL: it does not parse. */
EVP_PKEY *crypto_spki(const struct crypto *crypto, const struct blob *spki);

/* The public key of these two big-endian numbers. NULL: OpenSSL does not take it. */
EVP_PKEY *crypto_rsa(
	const struct crypto *crypto, const struct blob *modulus, const struct blob *exponent);

/* The public key of this point (04 X Y) on a curve that OpenSSL knows by this name. NULL: the same,
 * or it is not on the curve. */
EVP_PKEY *crypto_ec(const struct crypto *crypto, const char *curve, const struct blob *point);

#endif
