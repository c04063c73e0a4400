/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libpcsclite in a test program: one reader whose answers a test sets. */
#ifndef TESTS_UNIT_CARDOS_FAKE_PCSC_H
#define TESTS_UNIT_CARDOS_FAKE_PCSC_H

#include <stdbool.h>
#include <stdint.h>
#include <winscard.h>

#define FAKE_READER "Reader One"

struct fake_pcsc {
	/* what each function answers next; 0 is SCARD_S_SUCCESS */
	LONG establish, list, status_change, connect, reconnect, transmit;
	LONG begin[4]; /* of successive calls; the last one stays */
	bool no_reader;
	const char *reader; /* its name, FAKE_READER at first */
	bool present;
	bool mute;
	uint16_t event;
	bool context_valid;
	const uint8_t *features, *properties;
	DWORD features_len, properties_len;
	uint32_t properties_code; /* under which the reader takes GET_TLV_PROPERTIES */
	const uint8_t *reply;
	DWORD reply_len;
	/* what happened */
	int contexts, establishes, begins, ends, transmits, reconnects, disconnects, resets,
		cancels;
};

extern struct fake_pcsc fake_pcsc;

/* A card in the reader, everything in order. */
void fake_pcsc_reset(void);

#endif
