/* SPDX-License-Identifier: Apache-2.0 */
/* One row for each version of the card's operating system: what tells it from the others. */
#ifndef VCARD_PERSONALITY_H
#define VCARD_PERSONALITY_H

#include <stddef.h>
#include <stdint.h>

struct vc_personality {
	const char *name;                      /* as --card takes it */
	const char *atr;                       /* hex */
	uint16_t version;                      /* GET DATA 0182 */
	const char *text;                      /* GET DATA 0180, without its final 00 */
	const char *serial_head, *serial_tail; /* hex around the six bytes of GET DATA 0181 */
	const char *chip;                      /* hex, GET DATA 0189 */
	const char *verifyrc;                  /* hex, GET DATA 0188 with that package */
	unsigned rsa_min, rsa_max;             /* bits */
	unsigned rsa_plain_max; /* largest size stored as modulus and exponent; above: CRT */
};

/* NULL: no such version. */
const struct vc_personality *vc_personality_find(const char *name);
/* In turn, from 0; NULL after the last. */
const struct vc_personality *vc_personality_at(size_t index);

#endif
