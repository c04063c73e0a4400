/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that people's keys make over texts. */
#ifndef RA_SIGNATURE_H
#define RA_SIGNATURE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

/* Is alg (a JWA name) one that this RA takes? */
bool signature_alg(const char *alg);

/* Does the certificate's key confirm len bytes of signature over text? */
bool signature_verifies(const X509 *cert, const char *alg, const char *text,
	const unsigned char *signature, size_t len);

#endif
