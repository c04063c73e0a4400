/* SPDX-License-Identifier: Apache-2.0 */
/* Finds messages in deciphered RSA blocks in constant time.
 *
 * CT: no branch and no address depends on the bytes of a block, nor on what was found, until the
 * function has returned. tests/unit/pkcs11/test_mech_ct.c lets valgrind prove it of the compiled
 * code. */
#ifndef PKCS11_MECH_CT_H
#define PKCS11_MECH_CT_H

#include <stddef.h>
#include <stdint.h>

/* The lengths that a message may have; count 0: any. */
struct pad_lengths {
	size_t count;
	size_t lens[3];
};

struct ct_message {
	uint32_t right; /* all ones: the block is well formed; else zero */
	uint32_t start; /* in the block */
	uint32_t len;
};

/* a where mask is all ones, b where it is zero. CT. */
uint32_t ct_select(uint32_t mask, uint32_t a, uint32_t b);

/* Block type 2 of PKCS#1 v1.5, len bytes (11 or more). A wrong block, or a message of a length that
 * it may not have (lengths may be NULL), gives other_len bytes at the end of the block. */
void ct_type2(const uint8_t *block, uint32_t len, uint32_t other_len,
	const struct pad_lengths *lengths, struct ct_message *ret);

/* OAEP, both masks taken off: 00, a seed of h bytes, the h bytes of label, zeros, 01, message. Of a
 * wrong block start and len mean nothing. len: 2 h + 2 or more. */
void ct_oaep(
	const uint8_t *em, uint32_t len, const uint8_t *label, uint32_t h, struct ct_message *ret);

#endif
