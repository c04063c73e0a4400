/* SPDX-License-Identifier: Apache-2.0 */
/* A door of cardos/ without a room behind it: every call of cardos.h that the module makes answers
 * what the test says, and what it was given is kept. */
#ifndef TESTS_PKCS11_DOOR_H
#define TESTS_PKCS11_DOOR_H

#include "cardos/cardos.h"

#define DOOR_OBJECTS 4

extern struct door {
	enum cardos_err err; /* of every call but those below */
	enum cardos_err pin_err, readers_err, wait_err, layout_err, context_err;
	struct cardos_token token;
	struct cardos_pin pin;
	struct cardos_object objects[DOOR_OBJECTS];
	size_t object_count;
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t reader_count;
	int tries_left;
	/* what was said */
	unsigned opened, closed, waits, contexts;
	char reader[CARDOS_READER_NAME_MAX];
	enum cardos_pin_role role;
	uint32_t number;
	size_t len; /* of the bytes that were given */
	struct cardos_key_params key;
	struct cardos_store store;
	char label[64];
	struct cardos_dates dates;
	char cache[64];    /* the folder that the card was given */
	char layouts[512]; /* the texts, one behind the other */
} door;

/* Everything succeeds; one card with a PIN, a PUK and no objects. */
void door_reset(void);

#endif
