/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys out of templates, and out of the encodings of others. */
#ifndef PKCS11_PRIVATE_KEY_H
#define PKCS11_PRIVATE_KEY_H

#include <stddef.h>

#include "ck.h"

struct crypto;
struct secret;

/* PrivateKeyInfo (PKCS#8) from CKA_KEY_TYPE and its numbers: RSA by modulus, both exponents and
 * both primes (what follows from them may be left out), EC by curve and CKA_VALUE. Errors:
 * CKR_TEMPLATE_INCOMPLETE, CKR_ATTRIBUTE_VALUE_INVALID (no key), CKR_CURVE_NOT_SUPPORTED,
 * CKR_HOST_MEMORY. */
CK_RV private_key_read(const struct crypto *crypto, const CK_ATTRIBUTE *template, CK_ULONG count,
	unsigned *ret_bits, struct secret **ret_key);

/* The same from a PrivateKeyInfo of somebody else's, followed by fewer than fill bytes 00 (of a
 * mechanism without padding; 1: by none). Errors: CKR_WRAPPED_KEY_INVALID (no key, or its halves do
 * not belong together), CKR_TEMPLATE_INCONSISTENT (of another type), CKR_CURVE_NOT_SUPPORTED,
 * CKR_HOST_MEMORY. */
CK_RV private_key_decode(const struct crypto *crypto, const struct secret *bytes, size_t fill,
	CK_KEY_TYPE type, unsigned *ret_bits, struct secret **ret_key);

#endif
