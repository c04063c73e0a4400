/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded reading and writing of bytes: a cursor over foreign bytes and a buffer that grows up to a
 * limit. Both fail stickily, so that a caller checks once at the end. */
#ifndef CARDOS_BUF_H
#define CARDOS_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *bytes; /* borrowed, next byte to read */
	size_t left;
	bool bad; /* somebody asked for more than there was; all later reads give zeros */
};

void cursor_init(struct cursor *cursor, const uint8_t *bytes, size_t len);
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor); /* big endian */
/* len bytes, borrowed from what the cursor reads; NULL (and bad) if they are not there. */
const uint8_t *cursor_take(struct cursor *cursor, size_t len);

struct buf {
	uint8_t *bytes; /* owned */
	size_t len, cap;
	size_t limit; /* more than this many bytes never fit */
	bool bad;     /* limit or memory ran out; nothing was added since */
};

/* limit: a named constant of the caller. No memory is taken yet. */
void buf_init(struct buf *buf, size_t limit);
void buf_u8(struct buf *buf, uint8_t value);
void buf_u16(struct buf *buf, uint16_t value); /* big endian */
void buf_put(struct buf *buf, const void *bytes, size_t len);
void buf_fill(struct buf *buf, uint8_t value, size_t len);
/* Wipes and frees; the buffer is empty afterwards. For __attribute__((cleanup)) too. */
void buf_done(struct buf *buf);

#endif
