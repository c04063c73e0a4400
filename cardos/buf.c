/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded reading and writing of bytes. */
#include "buf.h"

#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 64

void cursor_init(struct cursor *cursor, const uint8_t *bytes, size_t len)
{
	*cursor = (struct cursor){ .bytes = bytes, .left = len };
}

const uint8_t *cursor_take(struct cursor *cursor, size_t len)
{
	if (cursor->bad || len > cursor->left) {
		cursor->bad = true;
		return NULL;
	}
	const uint8_t *taken = cursor->bytes;
	if (len > 0)
		cursor->bytes += len;
	cursor->left -= len;
	return taken;
}

uint8_t cursor_u8(struct cursor *cursor)
{
	const uint8_t *byte = cursor_take(cursor, 1);
	return byte ? *byte : 0;
}

uint16_t cursor_u16(struct cursor *cursor)
{
	const uint8_t *two = cursor_take(cursor, 2);
	return two ? (uint16_t)(two[0] << 8 | two[1]) : 0;
}

void buf_init(struct buf *buf, size_t limit)
{
	*buf = (struct buf){ .limit = limit };
}

/* Room for len more bytes; what moves is wiped where it was. */
static bool buf_reserve(struct buf *buf, size_t len)
{
	if (buf->bad || len > buf->limit - buf->len) {
		buf->bad = true;
		return false;
	}
	if (len <= buf->cap - buf->len)
		return true;
	size_t cap = buf->cap ? buf->cap : BUF_FIRST;
	while (cap < buf->len + len)
		cap *= 2;
	uint8_t *bytes = malloc(cap);
	if (!bytes) {
		buf->bad = true;
		return false;
	}
	if (buf->len > 0)
		memcpy(bytes, buf->bytes, buf->len);
	if (buf->bytes)
		explicit_bzero(buf->bytes, buf->cap);
	free(buf->bytes);
	buf->bytes = bytes;
	buf->cap = cap;
	return true;
}

void buf_put(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !buf_reserve(buf, len))
		return;
	memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
}

void buf_fill(struct buf *buf, uint8_t value, size_t len)
{
	if (len == 0 || !buf_reserve(buf, len))
		return;
	memset(buf->bytes + buf->len, value, len);
	buf->len += len;
}

void buf_u8(struct buf *buf, uint8_t value)
{
	buf_put(buf, &value, 1);
}

void buf_u16(struct buf *buf, uint16_t value)
{
	const uint8_t two[2] = { (uint8_t)(value >> 8), (uint8_t)value };
	buf_put(buf, two, sizeof(two));
}

void buf_done(struct buf *buf)
{
	if (buf->bytes)
		explicit_bzero(buf->bytes, buf->cap);
	free(buf->bytes);
	*buf = (struct buf){ .limit = buf->limit };
}
