/* SPDX-License-Identifier: Apache-2.0 */
/* The MAC of a PFX file (RFC 7292, section 5.1): what tells a right password from a wrong one. */
#ifndef PKCS11_SOFT_MAC_H
#define PKCS11_SOFT_MAC_H

#include <stdbool.h>

#include "blob.h"
#include "ck.h"

struct crypto;
struct secret;

/* Errors: CKR_PIN_INCORRECT (or the file was changed), CKR_DATA_INVALID (none, malformed, or costs
 * beyond SOFT_ROUNDS_MAX), CKR_HOST_MEMORY. */
CK_RV soft_mac_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password);

/* file: a PFX without a MAC, which gets one (SHA-256). */
CK_RV soft_mac_add(
	const struct crypto *crypto, const struct secret *password, int rounds, struct blob *file);

#endif
