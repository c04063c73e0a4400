/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libpcsclite: one reader with a virtual card in this process, between which and the
 * module somebody may sit who changes answers. */
#ifndef TESTS_FUZZ_STAND_IN_H
#define TESTS_FUZZ_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <winscard.h>

struct vcard;

struct reader_reply {
	LONG code;      /* of SCardTransmit() or SCardControl() */
	uint8_t *bytes; /* cap bytes, the caller's */
	size_t len, cap;
};

struct reader {
	struct vcard *card; /* borrowed */
	uint16_t event;     /* insertions and removals */
	bool empty;
	size_t transmits;
	size_t connects, disconnects;
	DWORD disposition; /* of the last SCardDisconnect() */
	/* May change what the card said; NULL: nobody does. */
	void (*meddle)(void *at, struct reader_reply *reply);
	void *at;
	const uint8_t *features, *properties; /* PC/SC part 10; NULL: it has none */
	size_t features_len, properties_len;
};

extern struct reader reader;

#endif
