/* SPDX-License-Identifier: Apache-2.0 */
/* Byte strings of the virtual card: owned copies, a growing buffer, a one-level TLV reader, hex.
 *
 * Running out of memory ends the program: this is a test device, a half-made card helps nobody. */
#ifndef VCARD_BYTES_H
#define VCARD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLEANUP(f) __attribute__((cleanup(f)))

/* Owned bytes. {NULL, 0} is the empty string. */
struct vc_bytes {
	uint8_t *data;
	size_t len;
};

/* A growing buffer. {0} is empty. */
struct vc_buf {
	uint8_t *data;
	size_t len, cap;
};

/* Zeroed memory, never NULL. */
void *vc_alloc(size_t size);

/* Replace what bytes holds by a copy; the old content is wiped. */
void vc_bytes_set(struct vc_bytes *bytes, const uint8_t *data, size_t len);
void vc_bytes_clear(struct vc_bytes *bytes);

void vc_buf_add(struct vc_buf *buf, const void *data, size_t len);
void vc_buf_byte(struct vc_buf *buf, unsigned value);
void vc_buf_u16(struct vc_buf *buf, size_t value);
/* The hex digits of a constant text; blanks are skipped. */
void vc_buf_hex(struct vc_buf *buf, const char *hex);
/* Tag (one or two bytes), length in BER, value. */
void vc_buf_tlv(struct vc_buf *buf, unsigned tag, const void *data, size_t len);
/* Wipes and frees. */
void vc_buf_clear(struct vc_buf *buf);

/* A reader of TLVs with one-byte tags and one raw length byte, as V4 objects and FCPs have them;
 * or with BER lengths, as V5 has them. */
struct vc_tlv {
	bool ber;
	const uint8_t *next, *end;
	uint8_t tag;
	const uint8_t *value; /* borrowed from the bytes given at the start */
	size_t len;
	bool broken; /* a length ran over the end */
};

void vc_tlv_start(struct vc_tlv *tlv, const uint8_t *data, size_t len);
void vc_ber_start(struct vc_tlv *tlv, const uint8_t *data, size_t len);
/* The first BER TLV of this tag, or NULL. */
const uint8_t *vc_ber_find(const uint8_t *data, size_t len, unsigned tag, size_t *ret_len);
/* false at the end, or if broken. */
bool vc_tlv_next(struct vc_tlv *tlv);

/* Decode text into out (cap bytes). Returns the length, or -1: no hex, odd, or too long. */
long vc_hex_decode(const char *text, uint8_t *out, size_t cap);

static inline unsigned vc_u16(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

#endif
