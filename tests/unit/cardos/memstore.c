/* SPDX-License-Identifier: Apache-2.0 */
/* A struct cardos_cache in memory, and the age of a memcard's mark. */
#include "memstore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "memcard.h"

#define MAGIC_LEN 16 /* "twca-p15-cache 1", written before the digest */
#define DIGEST_LEN 32

static uint8_t *load(void *at, const char *name, size_t *ret_len)
{
	const struct memstore *store = at;
	if (store->len == 0 || strcmp(name, store->name) != 0)
		return NULL;
	uint8_t *copy = malloc(store->len);
	assert_non_null(copy);
	memcpy(copy, store->bytes, store->len);
	*ret_len = store->len;
	return copy;
}

static void save(void *at, const char *name, const uint8_t *bytes, size_t len)
{
	struct memstore *store = at;
	assert_true(len > 0 && len <= sizeof(store->bytes));
	assert_true(strlen(name) < sizeof(store->name));
	strcpy(store->name, name);
	memcpy(store->bytes, bytes, len);
	store->len = len;
	store->saves++;
}

struct cardos_cache memstore_cache(struct memstore *store)
{
	return (struct cardos_cache){ .at = store, .load = load, .save = save };
}

bool memstore_holds(const struct memstore *store, const void *bytes, size_t len)
{
	return memmem(store->bytes, store->len, bytes, len) != NULL;
}

void memstore_seal(struct memstore *store)
{
	const size_t head = MAGIC_LEN + DIGEST_LEN;
	assert_true(store->len >= head);
	assert_int_equal(EVP_Digest(store->bytes + head, store->len - head,
				 store->bytes + MAGIC_LEN, NULL, EVP_sha256(), NULL),
		1);
}

void memcard_age(struct memcard *card)
{
	static const uint8_t header[4] = { 0xA5, 0x11, 0x18, 0x0F };
	struct memcard_file *file = memcard_file(card, 0x5015, 0x5032);
	assert_non_null(file);
	uint8_t *at = memmem(file->bytes, file->size, header, sizeof(header));
	assert_non_null(at);
	memcpy(at + sizeof(header), "20200101000000Z", 15);
}
