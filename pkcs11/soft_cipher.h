/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by password, as far as files of others may use it. */
#ifndef PKCS11_SOFT_CIPHER_H
#define PKCS11_SOFT_CIPHER_H

#include <stdbool.h>

#include <openssl/types.h>

struct crypto;
struct secret;

enum soft_cipher {
	SOFT_CIPHER_GOOD,    /* PBES2 with PBKDF2 and AES */
	SOFT_CIPHER_WEAK,    /* RC2 and 3DES, known to be old */
	SOFT_CIPHER_REFUSED, /* unknown, malformed, or costs beyond SOFT_ROUNDS_MAX */
};

enum soft_cipher soft_cipher_judge(const X509_ALGOR *algorithm);

/* RC2 and 3DES as PKCS#12 itself has them: not within PBES2. */
bool soft_cipher_is_old(const X509_ALGOR *algorithm);

/* What is encrypted like that; the caller frees it. NULL: no memory, wrong password, damaged, or
 * OpenSSL has no such cipher (any more). */
struct secret *soft_cipher_open_old(const struct crypto *crypto, const X509_ALGOR *algorithm,
	const struct secret *password, const ASN1_OCTET_STRING *sealed);

/* The old ciphers are available in this context, where OpenSSL has them at all, until
 * soft_cipher_old_p(). NULL is no error: 3DES is there anyway. */
OSSL_PROVIDER *soft_cipher_allow_old(const struct crypto *crypto);
/* For CLEANUP. */
void soft_cipher_old_p(OSSL_PROVIDER **old);

#endif
