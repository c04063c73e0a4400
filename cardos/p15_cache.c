/* SPDX-License-Identifier: Apache-2.0 */
/* What is public on a card, kept between processes. */
#include "p15_cache.h"

#include "cardos.h"
#include "cleanup.h"
#include "digest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAGIC "twca-p15-cache 1"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define TOKEN_MAX 8192
#define NAME_MAX_LEN 80
#define FLAG_ABSENT 0x01
#define FLAG_RECORDS 0x02

struct entry {
	struct p15_cache_key key;
	bool absent, records;
	uint8_t *bytes; /* owned */
	size_t len;
};

struct p15_cache {
	struct cardos_cache store;
	struct digest *digest; /* borrowed */
	enum p15_belief belief;
	bool keeps; /* what is read now may be kept */
	bool dirty;
	char name[NAME_MAX_LEN];
	struct buf token; /* TokenInfo of the card that the entries are of */
	struct entry entries[P15_CACHE_ENTRIES_MAX];
	size_t count, total; /* total: bytes of all entries */
};

/* Who moves lastUpdate at every write. A mark that another maker's programs may have left alone
 * proves nothing. Source: cardos-facts 7.3. */
static const char *const movers[] = { "OpenSC Project", "twca-pkcs11" };

struct p15_cache *p15_cache_new(const struct cardos_cache *store, struct digest *digest)
{
	struct p15_cache *cache = calloc(1, sizeof(*cache));
	if (!cache)
		return NULL;
	cache->store = *store;
	cache->digest = digest;
	buf_init(&cache->token, TOKEN_MAX);
	return cache;
}

static void forget_entries(struct p15_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		free(cache->entries[i].bytes);
	cache->count = 0;
	cache->total = 0;
	cache->dirty = false;
}

struct p15_cache *p15_cache_free(struct p15_cache *cache)
{
	if (cache) {
		forget_entries(cache);
		buf_done(&cache->token);
	}
	free(cache);
	return NULL;
}

static bool same_key(const struct p15_cache_key *a, const struct p15_cache_key *b)
{
	return a->kind == b->kind && a->offset == b->offset && a->length == b->length &&
	       cos_path_equal(&a->path, &b->path);
}

/* Its place; cache->count: it is not there. */
static size_t find(const struct p15_cache *cache, const struct p15_cache_key *key)
{
	size_t at = 0;
	while (at < cache->count && !same_key(&cache->entries[at].key, key))
		at++;
	return at;
}

static void add(struct p15_cache *cache, const struct p15_cache_key *key,
	const struct p15_cache_value *value)
{
	const size_t at = find(cache, key);
	struct entry *entry = &cache->entries[at];
	uint8_t *copy;
	if (at == P15_CACHE_ENTRIES_MAX || value->len > P15_CACHE_VALUE_MAX ||
		key->offset > UINT16_MAX || key->length > UINT16_MAX ||
		cache->total + value->len > P15_CACHE_MAX / 2)
		return;
	copy = malloc(value->len ? value->len : 1);
	if (!copy)
		return;
	if (value->len > 0)
		memcpy(copy, value->bytes, value->len);
	if (at < cache->count) {
		cache->total -= entry->len;
		free(entry->bytes);
	} else {
		cache->count++;
	}
	*entry = (struct entry){ .key = *key,
		.absent = value->absent,
		.records = value->records,
		.bytes = copy,
		.len = value->len };
	cache->total += value->len;
}

/* One entry of the kept form. false: there is none, or it is none (cursor->bad). */
static bool take_entry(
	struct cursor *cursor, struct p15_cache_key *ret_key, struct p15_cache_value *ret_value)
{
	if (cursor->left == 0)
		return false;
	uint8_t kind = cursor_u8(cursor), flags = cursor_u8(cursor), path_len = cursor_u8(cursor);
	const uint8_t *path = cursor_take(cursor, path_len);
	struct p15_cache_key key = { .kind = kind ? P15_CACHE_VALUE : P15_CACHE_DIRECTORY };
	key.offset = cursor_u16(cursor);
	key.length = cursor_u16(cursor);
	size_t len = cursor_u16(cursor);
	const uint8_t *bytes = cursor_take(cursor, len);
	if (cursor->bad || !path || !cos_path_set(&key.path, path, path_len))
		cursor->bad = true;
	if (cursor->bad)
		return false;
	*ret_key = key;
	*ret_value = (struct p15_cache_value){ .bytes = bytes,
		.len = len,
		.absent = (flags & FLAG_ABSENT) != 0,
		.records = (flags & FLAG_RECORDS) != 0 };
	return true;
}

/* Behind magic and digest: is what follows whole, and of a card that looks like this one? */
static bool begin_kept(struct digest *digest, struct cursor *cursor, const struct buf *token)
{
	uint8_t now[DIGEST_SHA256_LEN];
	const uint8_t *magic = cursor_take(cursor, MAGIC_LEN);
	const uint8_t *then = cursor_take(cursor, DIGEST_SHA256_LEN);
	if (!magic || !then || memcmp(magic, MAGIC, MAGIC_LEN) != 0 ||
		!digest_sha256(digest, cursor->bytes, cursor->left, now) ||
		memcmp(now, then, DIGEST_SHA256_LEN) != 0)
		return false;
	size_t len = cursor_u16(cursor);
	const uint8_t *raw = cursor_take(cursor, len);
	return raw && len == token->len && memcmp(raw, token->bytes, len) == 0;
}

/* What is in the store and not in memory yet. Something broken or of another state counts as
 * nothing. */
static void take_kept(struct p15_cache *cache)
{
	CLEANUP(free_p) uint8_t *bytes = NULL;
	size_t len = 0;
	struct cursor cursor;
	struct p15_cache_key key;
	struct p15_cache_value value;
	bytes = cache->store.load(cache->store.at, cache->name, &len);
	if (!bytes || len > P15_CACHE_MAX)
		return;
	cursor_init(&cursor, bytes, len);
	if (!begin_kept(cache->digest, &cursor, &cache->token))
		return;
	while (take_entry(&cursor, &key, &value)) {
		if (find(cache, &key) == cache->count)
			add(cache, &key, &value);
	}
	if (cursor.bad)
		forget_entries(cache);
}

/* Seconds since 1970 of lastUpdate. false: none, or not in the form that is written. */
static bool mark_time(const char *mark, int64_t *ret_time)
{
	struct tm tm = { 0 };
	const char *end = mark[0] ? strptime(mark, "%Y%m%d%H%M%SZ", &tm) : NULL;
	if (!end || *end)
		return false;
	*ret_time = timegm(&tm);
	return true;
}

static bool moves_marks(const char *manufacturer)
{
	for (size_t i = 0; i < sizeof(movers) / sizeof(movers[0]); i++) {
		if (strcmp(manufacturer, movers[i]) == 0)
			return true;
	}
	return false;
}

void p15_cache_open(struct p15_cache *cache, const struct p15_token *token, const uint8_t *raw,
	size_t len, int64_t now)
{
	int64_t marked = 0;
	if (!cache)
		return;
	p15_cache_close(cache);
	if (token->serial_len == 0 || len == 0)
		return;
	buf_put(&cache->token, raw, len);
	if (cache->token.bad)
		return;
	int at = snprintf(cache->name, sizeof(cache->name), "card-");
	for (size_t i = 0; i < token->serial_len; i++)
		at += snprintf(cache->name + at, sizeof(cache->name) - (size_t)at, "%02x",
			token->serial[i]);
	cache->belief = P15_BELIEVE_CONFIRMED;
	cache->keeps = true;
	if (mark_time(token->last_update, &marked) && moves_marks(token->manufacturer)) {
		cache->belief = P15_BELIEVE_ALL;
		/* Another write in this second would leave the mark as it is. */
		cache->keeps = now - marked >= P15_CACHE_SETTLED;
	}
	take_kept(cache);
}

void p15_cache_close(struct p15_cache *cache)
{
	if (!cache)
		return;
	forget_entries(cache);
	buf_done(&cache->token);
	buf_init(&cache->token, TOKEN_MAX);
	cache->belief = P15_BELIEVE_NOTHING;
	cache->keeps = false;
}

enum p15_belief p15_cache_belief(const struct p15_cache *cache)
{
	return cache ? cache->belief : P15_BELIEVE_NOTHING;
}

bool p15_cache_find(const struct p15_cache *cache, const struct p15_cache_key *key,
	struct p15_cache_value *ret_value)
{
	const size_t at = cache ? find(cache, key) : 0;
	if (!cache || at == cache->count)
		return false;
	const struct entry *entry = &cache->entries[at];
	*ret_value = (struct p15_cache_value){ .bytes = entry->bytes,
		.len = entry->len,
		.absent = entry->absent,
		.records = entry->records };
	return true;
}

void p15_cache_put(struct p15_cache *cache, const struct p15_cache_key *key,
	const struct p15_cache_value *value)
{
	if (!cache || !cache->keeps)
		return;
	add(cache, key, value);
	cache->dirty = true;
}

static void put_entry(struct buf *buf, const struct entry *entry)
{
	buf_u8(buf, entry->key.kind == P15_CACHE_VALUE);
	buf_u8(buf,
		(uint8_t)((entry->absent ? FLAG_ABSENT : 0) | (entry->records ? FLAG_RECORDS : 0)));
	buf_u8(buf, (uint8_t)entry->key.path.len);
	buf_put(buf, entry->key.path.bytes, entry->key.path.len);
	buf_u16(buf, (uint16_t)entry->key.offset);
	buf_u16(buf, (uint16_t)entry->key.length);
	buf_u16(buf, (uint16_t)entry->len);
	buf_put(buf, entry->bytes, entry->len);
}

void p15_cache_save(struct p15_cache *cache)
{
	CLEANUP(buf_done) struct buf body = { 0 }, whole = { 0 };
	uint8_t sum[DIGEST_SHA256_LEN];
	if (!cache || !cache->dirty)
		return;
	cache->dirty = false;
	take_kept(cache);
	buf_init(&body, P15_CACHE_MAX);
	buf_init(&whole, P15_CACHE_MAX);
	buf_u16(&body, (uint16_t)cache->token.len);
	buf_put(&body, cache->token.bytes, cache->token.len);
	for (size_t i = 0; i < cache->count; i++)
		put_entry(&body, &cache->entries[i]);
	if (body.bad || !digest_sha256(cache->digest, body.bytes, body.len, sum))
		return;
	buf_put(&whole, MAGIC, MAGIC_LEN);
	buf_put(&whole, sum, sizeof(sum));
	buf_put(&whole, body.bytes, body.len);
	if (!whole.bad)
		cache->store.save(cache->store.at, cache->name, whole.bytes, whole.len);
}
