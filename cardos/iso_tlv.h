/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV of ISO/IEC 7816-4: tags of one to three bytes, definite lengths up to 65535. */
#ifndef CARDOS_ISO_TLV_H
#define CARDOS_ISO_TLV_H

#include "buf.h"

struct iso_tlv {
	uint32_t tag;         /* as its bytes, 0x7F49 */
	const uint8_t *value; /* borrowed */
	size_t len;
	size_t whole; /* bytes of tag, length and value */
};

/* The next object. false at the end, and when the bytes do not parse (cursor->bad). */
bool iso_tlv_next(struct cursor *cursor, struct iso_tlv *ret_tlv);

/* The first object of that tag on this level. */
bool iso_tlv_find(const uint8_t *bytes, size_t len, uint32_t tag, struct iso_tlv *ret_tlv);

/* Bytes of the whole object that begins here, also if it is longer than len; 0: cannot be told from
 * these bytes (too few, or no BER-TLV: then *ret_bad). */
size_t iso_tlv_peek(const uint8_t *bytes, size_t len, bool *ret_bad);

/* Append tag and BER length. */
void iso_tlv_put_header(struct buf *buf, uint32_t tag, size_t len);
void iso_tlv_put(struct buf *buf, uint32_t tag, const void *value, size_t len);

#endif
