/* SPDX-License-Identifier: Apache-2.0 */
/* What RSA is on every card: the private operation on a key's numbers, and the padding of type 2.
 */
#ifndef VC_NUMBERS_H
#define VC_NUMBERS_H

#include "bytes.h"
#include "sw.h"

/* By the factors if there is no modulus. A number that is not there is NULL. */
struct vc_numbers {
	struct vc_number {
		const uint8_t *bytes;
		size_t len;
	} modulus, exponent;
	struct vc_number p, q, dp, dq, inverse; /* inverse: of q, modulo p */
	bool q_above_p;                         /* the card wants it so */
};

/* in and out: len bytes, as long as the modulus. */
enum vc_sw vc_numbers_private(
	const struct vc_numbers *key, const uint8_t *in, uint8_t *out, size_t len);

/* The message behind a type 2 padding, or NULL. */
const uint8_t *vc_unpad(const uint8_t *block, size_t len);

#endif
