/* SPDX-License-Identifier: Apache-2.0 */
/* What takes long with passwords and keys, put off: a call of the token that misses a result notes
 * what it wants and answers TOKEN_LATER; that is computed without the token, and the call made
 * again finds it (docs/decisions/0216). A result counts for the same bytes, items and passwords
 * only, so that what changed meanwhile is computed anew. */
#ifndef PKCS11_SOFT_SLOW_H
#define PKCS11_SOFT_SLOW_H

#include "soft_pfx.h"

struct crypto;
struct soft_slow;

/* NULL: no memory. The caller frees it, which wipes; NULL is fine. */
struct soft_slow *soft_slow_new(struct crypto *crypto);
struct soft_slow *soft_slow_free(struct soft_slow *slow);

/* Everything that was wanted. Needs no lock, but nobody else uses slow meanwhile. */
void soft_slow_compute(struct soft_slow *slow);

/* The functions of soft_pfx.h and soft_key.h of these names, or TOKEN_LATER. slow NULL: computed at
 * once. */
CK_RV soft_slow_check(struct soft_slow *slow, const struct crypto *crypto, const struct blob *file,
	const struct secret *password);
CK_RV soft_slow_open(struct soft_slow *slow, const struct crypto *crypto, const struct blob *file,
	const struct soft_open *how, struct soft_pfx *ret_pfx);
/* With SOFT_ROUNDS. */
CK_RV soft_slow_write(struct soft_slow *slow, const struct crypto *crypto,
	const struct soft_pfx *pfx, const struct secret *password, struct blob *ret_file);
CK_RV soft_slow_key(struct soft_slow *slow, const struct crypto *crypto, CK_KEY_TYPE type,
	unsigned bits, EVP_PKEY **ret_key);

#endif
