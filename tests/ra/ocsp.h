/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP (RFC 6960): from a request's bytes to the bytes of a signed answer. */
#ifndef RA_OCSP_H
#define RA_OCSP_H

#include "ca.h"

struct ocsp_state {
	bool known;   /* issued here */
	bool revoked; /* or suspended */
	int64_t when;
	int reason; /* CRLReason; 0: none is given */
};

/* Tells what is known of a serial number (hexadecimal, lower case). */
typedef struct ocsp_state ocsp_lookup_fn(void *user, const char *serial);

/* DER of the answer, also to what is no request (malformedRequest); NULL: OpenSSL failed. The
 * caller frees. */
unsigned char *ocsp_answer(const struct ca *ca, const void *request, size_t request_len,
	int64_t now, ocsp_lookup_fn *lookup, void *user, size_t *ret_len);

#endif
