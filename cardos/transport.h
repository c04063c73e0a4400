/* SPDX-License-Identifier: Apache-2.0 */
/* The seam: what a card needs from below. Filled by pcsc_card.c and by the scripted transport of
 * the tests. An implementer has struct transport as its first member. */
#ifndef CARDOS_TRANSPORT_H
#define CARDOS_TRANSPORT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport;

/* A PIN to be typed at the reader: the command it goes into, and where. */
struct transport_entry {
	uint8_t header[4]; /* CLA INS P1 P2 */
	size_t block_len;  /* bytes that a PIN takes in the data field, filled with pad */
	uint8_t pad;
	uint8_t min_len, max_len; /* of what may be typed */
	bool modify; /* two blocks: the value that allows it, and the new one (typed twice) */
};

struct transport_ops {
	/* One command, one answer with its status word (at least 2 bytes).
	 * Errors: REMOVED, RESET, MUTE, COMM, NO_SERVICE, LENGTH (the reader cannot carry it). */
	enum cardos_err (*transmit)(struct transport *transport, const uint8_t *command,
		size_t command_len, uint8_t *reply, size_t reply_cap, size_t *ret_len);
	/* *ret_reset: the card lost power or was reset since the last end(). */
	enum cardos_err (*begin)(struct transport *transport, bool *ret_reset);
	void (*end)(struct transport *transport);
	/* A reader's own command (PC/SC part 10). Errors: NOT_SUPPORTED and those of transmit. */
	enum cardos_err (*control)(struct transport *transport, uint32_t code, const uint8_t *in,
		size_t in_len, uint8_t *out, size_t out_cap, size_t *ret_len);
	/* A PIN typed at the reader, which sends the command itself; the answer is the card's, or
	 * the reader's (iso_sw.h: ISO_SW_PAD). NULL, or NOT_SUPPORTED: not this reader. */
	enum cardos_err (*enter)(struct transport *transport, const struct transport_entry *entry,
		uint8_t *reply, size_t reply_cap, size_t *ret_len);
	/* Borrowed as long as the transport lives. */
	const uint8_t *(*atr)(struct transport *transport, size_t *ret_len);
	/* Still the same card in the same insertion? Sends nothing to it. */
	bool (*alive)(struct transport *transport);
	/* Was it reset since the last end()? Sends nothing to it, waits for nobody; false if that
	 * is not to be known now. NULL: never to be known. */
	bool (*was_reset)(struct transport *transport);
	void (*free)(struct transport *transport);
};

struct transport {
	const struct transport_ops *ops;
	size_t apdu_max; /* bytes of the longest command the reader promises; 0: it does not say */
	bool short_only; /* an extended APDU must not be sent, whatever the card takes */
	bool enters;     /* the reader has keys, and takes PINs for VERIFY and for changes */
	uint8_t enter_min, enter_max; /* characters it takes; 0: it does not say */
};

#endif
