/* SPDX-License-Identifier: Apache-2.0 */
/* The file in which a card's public parts are kept, as somebody may have changed it who also made
 * the digest over it right.
 *
 * Input: the file, behind magic and digest. It begins with TokenInfo, which the card has too. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cardos.h"
#include "digest.h"
#include "p15_cache.h"

#define MAGIC "twca-p15-cache 1"
#define HEAD (sizeof(MAGIC) - 1 + DIGEST_SHA256_LEN)
#define NOW 1800000000

struct input {
	const uint8_t *bytes;
	size_t len;
	struct digest *digest;
};

static void must(bool true_here)
{
	if (!true_here)
		abort();
}

static uint8_t *load(void *at, const char *name, size_t *ret_len)
{
	const struct input *input = at;
	uint8_t *file = malloc(HEAD + input->len);

	must(file && strcmp(name, "card-01") == 0);
	memcpy(file, MAGIC, sizeof(MAGIC) - 1);
	must(digest_sha256(input->digest, input->bytes, input->len, file + sizeof(MAGIC) - 1));
	if (input->len)
		memcpy(file + HEAD, input->bytes, input->len);
	*ret_len = HEAD + input->len;
	return file;
}

static void save(void *at, const char *name, const uint8_t *bytes, size_t len)
{
	(void)at, (void)name;
	must(len > HEAD && len <= P15_CACHE_MAX && memcmp(bytes, MAGIC, sizeof(MAGIC) - 1) == 0);
}

static volatile uint8_t looked_at; /* so that every byte is read */

static void look(const struct p15_cache *cache, enum p15_cache_kind kind)
{
	struct p15_cache_key key = { .kind = kind, .path = { .bytes = { 0x50, 0x15, 0x44, 0 } } };
	struct p15_cache_value value;

	key.path.len = 4;
	for (unsigned fid = 0; fid < 0x10; fid++) {
		key.path.bytes[3] = (uint8_t)fid;
		if (!p15_cache_find(cache, &key, &value))
			continue;
		must(value.len <= P15_CACHE_VALUE_MAX);
		for (size_t i = 0; i < value.len; i++)
			looked_at ^= value.bytes[i];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct digest digest;
	struct input input = { bytes, len, &digest };
	const struct cardos_cache store = { .at = &input, .load = load, .save = save };
	const struct p15_token token = { .serial = { 1 },
		.serial_len = 1,
		.manufacturer = "twca-pkcs11",
		.last_update = "20200101000000Z" };
	const struct p15_cache_key key = { .kind = P15_CACHE_VALUE };
	const struct p15_cache_value value = { .bytes = (const uint8_t *)"new", .len = 3 };
	const size_t told = len >= 2 ? (size_t)bytes[0] << 8 | bytes[1] : 0;
	struct p15_cache *cache = p15_cache_new(&store, &digest);

	must(cache);
	if (told > 0 && told <= len - 2)
		p15_cache_open(cache, &token, bytes + 2, told, NOW);
	else
		p15_cache_open(cache, &token, (const uint8_t *)"\x30", 1, NOW);
	look(cache, P15_CACHE_DIRECTORY);
	look(cache, P15_CACHE_VALUE);
	p15_cache_put(cache, &key, &value);
	p15_cache_save(cache);
	(void)p15_cache_free(cache);
	return 0;
}
