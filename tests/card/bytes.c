/* SPDX-License-Identifier: Apache-2.0 */
/* Byte strings, buffers, TLV and hex of the virtual card. */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *vc_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory) {
		fputs("twca-vcard: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void vc_bytes_clear(struct vc_bytes *bytes)
{
	if (bytes->data)
		explicit_bzero(bytes->data, bytes->len);
	free(bytes->data);
	*bytes = (struct vc_bytes){ 0 };
}

void vc_bytes_set(struct vc_bytes *bytes, const uint8_t *data, size_t len)
{
	uint8_t *copy = vc_alloc(len);

	if (len)
		memcpy(copy, data, len);
	vc_bytes_clear(bytes);
	*bytes = (struct vc_bytes){ .data = copy, .len = len };
}

void vc_buf_clear(struct vc_buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->cap);
	free(buf->data);
	*buf = (struct vc_buf){ 0 };
}

void vc_buf_add(struct vc_buf *buf, const void *data, size_t len)
{
	if (buf->len + len > buf->cap) {
		struct vc_buf grown = { .len = buf->len, .cap = 2 * (buf->len + len) + 64 };

		grown.data = vc_alloc(grown.cap);
		if (buf->len)
			memcpy(grown.data, buf->data, buf->len);
		vc_buf_clear(buf);
		*buf = grown;
	}
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
}

void vc_buf_byte(struct vc_buf *buf, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	vc_buf_add(buf, &byte, 1);
}

void vc_buf_u16(struct vc_buf *buf, size_t value)
{
	vc_buf_byte(buf, (unsigned)(value >> 8) & 0xFF);
	vc_buf_byte(buf, (unsigned)value & 0xFF);
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

void vc_buf_hex(struct vc_buf *buf, const char *hex)
{
	int high = -1;

	for (; *hex; hex++) {
		int digit = hex_digit(*hex);

		if (digit < 0)
			continue;
		if (high < 0) {
			high = digit;
			continue;
		}
		vc_buf_byte(buf, (unsigned)(high << 4 | digit));
		high = -1;
	}
}

void vc_buf_tlv(struct vc_buf *buf, unsigned tag, const void *data, size_t len)
{
	if (tag > 0xFF)
		vc_buf_byte(buf, tag >> 8);
	vc_buf_byte(buf, tag & 0xFF);
	if (len > 0xFF) {
		vc_buf_byte(buf, 0x82);
		vc_buf_u16(buf, len);
	} else {
		if (len > 0x7F)
			vc_buf_byte(buf, 0x81);
		vc_buf_byte(buf, (unsigned)len);
	}
	vc_buf_add(buf, data, len);
}

void vc_tlv_start(struct vc_tlv *tlv, const uint8_t *data, size_t len)
{
	*tlv = (struct vc_tlv){ .next = data, .end = len ? data + len : data };
}

void vc_ber_start(struct vc_tlv *tlv, const uint8_t *data, size_t len)
{
	vc_tlv_start(tlv, data, len);
	tlv->ber = true;
}

/* The length field at at, left bytes before the end. Returns its own size; 0: broken. */
static size_t read_length(bool ber, const uint8_t *at, size_t left, size_t *ret_len)
{
	*ret_len = left ? at[0] : 0;
	if (!left)
		return 0;
	if (!ber || at[0] < 0x80)
		return 1;
	if (at[0] == 0x81 && left >= 2) {
		*ret_len = at[1];
		return 2;
	}
	if (at[0] == 0x82 && left >= 3) {
		*ret_len = vc_u16(at + 1);
		return 3;
	}
	return 0;
}

bool vc_tlv_next(struct vc_tlv *tlv)
{
	size_t left = (size_t)(tlv->end - tlv->next), len, header;

	if (!left || tlv->broken)
		return false;
	header = read_length(tlv->ber, tlv->next + 1, left - 1, &len);
	if (!header || len > left - 1 - header) {
		tlv->broken = true;
		return false;
	}
	tlv->tag = tlv->next[0];
	tlv->len = len;
	tlv->value = tlv->next + 1 + header;
	tlv->next = tlv->value + len;
	return true;
}

const uint8_t *vc_ber_find(const uint8_t *data, size_t len, unsigned tag, size_t *ret_len)
{
	struct vc_tlv tlv;

	vc_ber_start(&tlv, data, len);
	while (vc_tlv_next(&tlv)) {
		if (tlv.tag == tag) {
			*ret_len = tlv.len;
			return tlv.value;
		}
	}
	*ret_len = 0;
	return NULL;
}

long vc_hex_decode(const char *text, uint8_t *out, size_t cap)
{
	size_t len = strlen(text);

	if (len % 2 || len / 2 > cap)
		return -1;
	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (long)(len / 2);
}
