/* SPDX-License-Identifier: Apache-2.0 */
/* A small CardOS V4.4 in memory, for tests of what several commands do together: files with access
 * bytes, PINs, keys of senseless value. Any command can be the one at which the card is pulled. */
#ifndef TESTS_UNIT_CARDOS_MEMCARD_H
#define TESTS_UNIT_CARDOS_MEMCARD_H

#include "transport.h"

struct cos_card;
struct p15;

#define MEMCARD_FILES 40
#define MEMCARD_FILE_MAX 2048
#define MEMCARD_OBJECTS 16

struct memcard_file {
	bool used;
	uint16_t parent, fid;
	uint8_t kind; /* enum iso_file_kind */
	uint8_t ac[9];
	uint8_t bytes[MEMCARD_FILE_MAX]; /* a record file: its records one behind the other */
	size_t size;
};

struct memcard_pin {
	bool used, verified;
	uint8_t value[8];
	uint8_t tries, tries_max, unblock;
};

struct memcard_key {
	bool used, generated;
	size_t modulus_len;
};

/* Plain: a copy is a snapshot. */
struct memcard {
	struct transport transport;
	struct memcard_file files[MEMCARD_FILES];
	struct memcard_pin pins[MEMCARD_OBJECTS];
	struct memcard_key keys[MEMCARD_OBJECTS]; /* of references 10 to 1F */
	uint16_t df, ef;
	uint8_t key; /* by MSE */
	bool administration;
	unsigned generations;
	/* what the test wants, and what it learns */
	size_t count, verifies; /* commands and VERIFYs so far */
	size_t cut_at;          /* at this command the card goes; 0: never */
	bool cut_after;         /* ... after it was executed */
	bool gone;
	size_t room; /* bytes files may still take */
};

/* A formatted card without PKCS#15. */
struct transport *memcard_start(struct memcard *card);
/* Put back: volatile state is lost, nothing is cut any more. */
struct transport *memcard_insert(struct memcard *card);

/* NULL: no such file. */
struct memcard_file *memcard_file(struct memcard *card, uint16_t parent, uint16_t fid);

/* Make it a PKCS#15 card with a user PIN (123456), through p15_init.c. The caller frees device and
 * ends p15. */
void memcard_personalise(struct memcard *card, struct cos_card **ret_device, struct p15 *p15);

#endif
