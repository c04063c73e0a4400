/* SPDX-License-Identifier: Apache-2.0 */
/* The key derivation of PKCS#12 (RFC 7292, appendix B). OpenSSL's own leaves the password behind in
 * memory that it gives back unwiped: docs/decisions/0213. */
#ifndef PKCS11_SOFT_KDF_H
#define PKCS11_SOFT_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crypto;
struct secret;

enum soft_kdf_purpose {
	SOFT_KDF_KEY = 1,
	SOFT_KDF_IV = 2,
	SOFT_KDF_MAC = 3,
};

struct soft_kdf {
	const char *digest; /* as OpenSSL names it */
	enum soft_kdf_purpose purpose;
	const uint8_t *salt;
	size_t salt_len;
	unsigned rounds;
};

/* len bytes, which the caller frees. password: UTF-8. NULL: no memory, or no such digest. */
struct secret *soft_kdf(const struct crypto *crypto, const struct soft_kdf *how,
	const struct secret *password, size_t len);

#endif
