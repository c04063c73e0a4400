/* SPDX-License-Identifier: Apache-2.0 */
/* Flattened JWS (RFC 7515), as an old key signs a renewal. */
#ifndef RA_JWS_H
#define RA_JWS_H

#include <jansson.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct jws {
	json_t *header, *payload; /* owned */
	char *signed_text;        /* owned: protected.payload */
	unsigned char *signature; /* owned */
	size_t signature_len;
	const char *alg, *nonce, *url; /* of the header */
	char sha256[65];               /* of the certificate named by x5t#S256, hexadecimal */
};

/* NULL: ret is filled; else what is wrong with it. The caller clears ret in both cases. */
const char *jws_parse(json_t *body, struct jws *ret);
void jws_clear(struct jws *jws);
bool jws_verifies(const struct jws *jws, const X509 *cert);

#endif
