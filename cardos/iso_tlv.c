/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV of ISO/IEC 7816-4. */
#include "iso_tlv.h"

#define TAG_BYTES_MAX 3

/* Tag and length. false and *ret_bad: not BER-TLV; false alone: too few bytes. */
static bool read_header(struct cursor *cursor, uint32_t *ret_tag, size_t *ret_len, bool *ret_bad)
{
	uint32_t tag = cursor_u8(cursor);
	if ((tag & 0x1F) == 0x1F) {
		uint8_t next = 0x80;
		for (int i = 1; i < TAG_BYTES_MAX && (next & 0x80); i++) {
			next = cursor_u8(cursor);
			tag = tag << 8 | next;
		}
		*ret_bad = !cursor->bad && (next & 0x80);
		if (*ret_bad)
			return false;
	}
	size_t len = cursor_u8(cursor);
	if (len == 0x81) {
		len = cursor_u8(cursor);
	} else if (len == 0x82) {
		len = cursor_u16(cursor);
	} else if (len >= 0x80) {
		*ret_bad = !cursor->bad;
		return false;
	}
	*ret_tag = tag;
	*ret_len = len;
	return !cursor->bad;
}

bool iso_tlv_next(struct cursor *cursor, struct iso_tlv *ret_tlv)
{
	if (cursor->bad || cursor->left == 0)
		return false;
	struct iso_tlv tlv = { 0 };
	size_t before = cursor->left;
	bool bad = false;
	if (!read_header(cursor, &tlv.tag, &tlv.len, &bad)) {
		cursor->bad = true;
		return false;
	}
	tlv.value = cursor_take(cursor, tlv.len);
	if (!tlv.value)
		return false;
	tlv.whole = before - cursor->left;
	*ret_tlv = tlv;
	return true;
}

bool iso_tlv_find(const uint8_t *bytes, size_t len, uint32_t tag, struct iso_tlv *ret_tlv)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	cursor_init(&cursor, bytes, len);
	while (iso_tlv_next(&cursor, &tlv)) {
		if (tlv.tag == tag) {
			*ret_tlv = tlv;
			return true;
		}
	}
	return false;
}

size_t iso_tlv_peek(const uint8_t *bytes, size_t len, bool *ret_bad)
{
	struct cursor cursor;
	uint32_t tag = 0;
	size_t value_len = 0;
	cursor_init(&cursor, bytes, len);
	*ret_bad = false;
	if (!read_header(&cursor, &tag, &value_len, ret_bad))
		return 0;
	return len - cursor.left + value_len;
}

void iso_tlv_put_header(struct buf *buf, uint32_t tag, size_t len)
{
	if (tag > 0xFFFF)
		buf_u8(buf, (uint8_t)(tag >> 16));
	if (tag > 0xFF)
		buf_u8(buf, (uint8_t)(tag >> 8));
	buf_u8(buf, (uint8_t)tag);
	if (len > 0xFFFF) {
		buf->bad = true;
	} else if (len > 0xFF) {
		buf_u8(buf, 0x82);
		buf_u16(buf, (uint16_t)len);
	} else {
		if (len > 0x7F)
			buf_u8(buf, 0x81);
		buf_u8(buf, (uint8_t)len);
	}
}

void iso_tlv_put(struct buf *buf, uint32_t tag, const void *value, size_t len)
{
	iso_tlv_put_header(buf, tag, len);
	buf_put(buf, value, len);
}
