/* SPDX-License-Identifier: Apache-2.0 */
/* Readers with keys of their own (PC/SC part 10): what they can do, and how they are asked. Sends
 * nothing itself. */
#ifndef CARDOS_PCSC_PINPAD_H
#define CARDOS_PCSC_PINPAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport_entry;

struct pcsc_features {
	uint32_t verify, modify, properties; /* control codes; 0: the reader has it not */
};

/* The answer to CM_IOCTL_GET_FEATURE_REQUEST: tag, length 4, code. */
void pcsc_features_parse(const uint8_t *bytes, size_t len, struct pcsc_features *ret_features);

struct pcsc_properties {
	size_t apdu_max;          /* bytes; 0: not told */
	bool apdu_known;          /* it says so, of whatever length */
	uint8_t min_len, max_len; /* of a PIN that can be typed; 0: not told */
};

/* The answer to the TLV properties: tag, length, value in little endian. */
void pcsc_properties_parse(
	const uint8_t *bytes, size_t len, struct pcsc_properties *ret_properties);

/* PIN_VERIFY_STRUCTURE or PIN_MODIFY_STRUCTURE. 0: it cannot be said in one, or cap is too small.
 */
size_t pcsc_pinpad_encode(const struct transport_entry *entry, uint8_t *out, size_t cap);

#endif
