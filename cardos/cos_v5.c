/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to CardOS V5: the environment of a key. Bytes: cardos-facts 6.2. Its objects
 * are made by the makers of the cards, not here. */
#include "cos_internal.h"

static size_t mse(uint8_t *out, const struct cos_key *key)
{
	uint8_t high = key->reference & 0xF0;
	size_t n = 0;
	out[n++] = 0x84;
	out[n++] = 0x01;
	out[n++] = key->reference & 0x0F;
	out[n++] = 0x95;
	out[n++] = 0x01;
	out[n++] = 0x40;
	/* A reference with a high nibble carries its algorithm there. */
	if (high || key->algorithm) {
		out[n++] = 0x80;
		out[n++] = 0x01;
		out[n++] = high ? high : (uint8_t)key->algorithm;
	}
	return n;
}

const struct cos_ops cos_ops_v5 = { .mse = mse };
