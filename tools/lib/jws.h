/* SPDX-License-Identifier: Apache-2.0 */
/* Flattened JSON Web Signatures (RFC 7515) by a key that only its token can use. */
#ifndef TWCA_TOOLS_JWS_H
#define TWCA_TOOLS_JWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

#define JWS_SHA256_LEN 32

/* The protected header; its algorithm is RS256. */
struct jws_header {
	const char *nonce;
	const char *url;
	uint8_t certificate[JWS_SHA256_LEN]; /* SHA-256 of the signer's */
};

/* Sign payload. The caller frees *ret, the JSON text. Errors: those of sign, MEMORY. */
bool jws_make(const struct jws_header *header, const char *payload, request_sign_fn *sign,
	void *arg, char **ret, struct fail *fail);

#endif
