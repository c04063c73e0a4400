/* SPDX-License-Identifier: Apache-2.0 */
/* A struct cardos_cache in memory, and the age of a memcard's mark. */
#ifndef TESTS_UNIT_CARDOS_MEMSTORE_H
#define TESTS_UNIT_CARDOS_MEMSTORE_H

#include "cardos.h"

struct memcard;

#define MEMSTORE_MAX 65536

struct memstore {
	char name[80];
	uint8_t bytes[MEMSTORE_MAX];
	size_t len; /* 0: nothing is kept */
	size_t saves;
};

struct cardos_cache memstore_cache(struct memstore *store);

/* Does what is kept hold these bytes anywhere? */
bool memstore_holds(const struct memstore *store, const void *bytes, size_t len);

/* The digest over what is kept, after a test has changed it. */
void memstore_seal(struct memstore *store);

/* lastUpdate of TokenInfo becomes that of 2020, long enough ago to be kept. */
void memcard_age(struct memcard *card);

#endif
