/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of sessions: kept as PrivateKeyInfo (PKCS#8) in memory for secrets, opened for the
 * length of a use. Knows no objects. docs/decisions/0215. */
#ifndef PKCS11_SESSION_KEY_H
#define PKCS11_SESSION_KEY_H

#include "ck.h"

struct blob;
struct crypto;
struct secret;
struct token_key;

/* The numbers of an RSA key that are secrets; an EC key has the first alone. */
enum session_number {
	SESSION_KEY_D,
	SESSION_KEY_P,
	SESSION_KEY_Q,
	SESSION_KEY_DP,
	SESSION_KEY_DQ,
	SESSION_KEY_QINV,
	SESSION_KEY_NUMBERS
};

/* A new key. type: CKK_RSA or CKK_EC; bits: of the modulus, or 256, 384, 521. The caller frees.
 * Without any lock. Errors: CKR_KEY_SIZE_RANGE, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY. */
CK_RV session_key_make(
	const struct crypto *crypto, CK_KEY_TYPE type, unsigned bits, struct secret **ret_key);

/* SubjectPublicKeyInfo of its public half. */
CK_RV session_key_public(
	const struct crypto *crypto, const struct secret *key, struct blob *ret_spki);

/* For one use; the caller gives it back. */
CK_RV session_key_lend(struct crypto *crypto, const struct secret *key, struct token_key **ret_key);

/* Big-endian, an EC key's as long as its field; those that there are not stay NULL. The caller
 * frees each. */
CK_RV session_key_numbers(const struct crypto *crypto, const struct secret *key,
	struct secret *ret_numbers[SESSION_KEY_NUMBERS]);

#endif
