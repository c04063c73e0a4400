/* SPDX-License-Identifier: Apache-2.0 */
/* One row for each version of the card's operating system: what tells it from the others. */
#ifndef VCARD_PERSONALITY_H
#define VCARD_PERSONALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vcard;
struct vc_switches;

struct vc_personality {
	const char *name;                      /* as --card takes it */
	bool v5;                               /* of the V5 family */
	const char *atr;                       /* hex */
	uint16_t version;                      /* GET DATA 0182 */
	const char *text;                      /* GET DATA 0180, without its final 00 */
	const char *serial_head, *serial_tail; /* hex around the six bytes of GET DATA 0181 */
	const char *chip;                      /* hex, GET DATA 0189 */
	const char *packages;        /* hex, GET DATA 0188; V4: the verifyRC package or "" */
	const char *production;      /* V5, hex, GET DATA 018B but for serial and zeros */
	unsigned data_field, eeprom; /* defaults of the switches of these names */
	size_t ec_tail;              /* zeros behind each coordinate of an EC signature */
	unsigned rsa_min, rsa_max;   /* bits */
	unsigned rsa_plain_max;      /* largest size stored as modulus and exponent; above: CRT */
};

/* NULL: no such version. */
const struct vc_personality *vc_personality_find(const char *name);
/* Every switch as a card of this version has it. */
void vc_personality_switches(const struct vc_personality *row, struct vc_switches *switches);
/* Can the card's wrong-PIN counters be asked for (V5, or the verifyRC package)? */
bool vc_tells_tries(const struct vcard *card);
/* In turn, from 0; NULL after the last. */
const struct vc_personality *vc_personality_at(size_t index);

#endif
