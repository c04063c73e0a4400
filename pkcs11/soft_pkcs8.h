/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys from and to PrivateKeyInfo (PKCS#8). What OpenSSL does by itself for RSA and EC keys
 * leaves copies of them in memory that it gives back unwiped: docs/decisions/0213. */
#ifndef PKCS11_SOFT_PKCS8_H
#define PKCS11_SOFT_PKCS8_H

#include <openssl/types.h>

struct crypto;
struct secret;

/* NULL: it is no key that OpenSSL knows, or no memory. */
EVP_PKEY *soft_pkcs8_open(const struct crypto *crypto, const PKCS8_PRIV_KEY_INFO *info);

/* The caller frees the result, which wipes it. NULL: no memory. */
PKCS8_PRIV_KEY_INFO *soft_pkcs8_of(const EVP_PKEY *key);

/* Both as bytes; the caller frees the result. NULL: as above. */
EVP_PKEY *soft_pkcs8_read(const struct crypto *crypto, const struct secret *bytes);
struct secret *soft_pkcs8_bytes(const EVP_PKEY *key);

/* A secret number of a key by OpenSSL's name; the caller clears and frees it. NULL: the key has no
 * such number, or no memory. */
BIGNUM *soft_pkcs8_number(const EVP_PKEY *key, const char *name);

#endif
