/* SPDX-License-Identifier: Apache-2.0 */
/* What is public on a card, kept between processes: directory files, certificates, public keys, and
 * which of them do not exist. Never what is private, never a PIN. Knows the form of what is kept
 * and whether it is still true, not where it lies (struct cardos_cache). */
#ifndef CARDOS_P15_CACHE_H
#define CARDOS_P15_CACHE_H

#include "buf.h"
#include "cos_file.h"
#include "p15_asn1.h"

struct cardos_cache;
struct digest;
struct p15_cache;

#define P15_CACHE_ENTRIES_MAX 300
#define P15_CACHE_MAX 262144      /* bytes kept of one card */
#define P15_CACHE_VALUE_MAX 16384 /* bytes of one file */
#define P15_CACHE_SETTLED 2       /* seconds: a mark counts them, and may be given twice in one */

/* How much of what is kept may be believed without asking the card. */
enum p15_belief {
	P15_BELIEVE_NOTHING,
	P15_BELIEVE_CONFIRMED, /* a certificate whose beginning the card still shows */
	P15_BELIEVE_ALL,
};

enum p15_cache_kind {
	P15_CACHE_DIRECTORY,
	P15_CACHE_VALUE,
};

struct p15_cache_key {
	enum p15_cache_kind kind;
	struct cos_path path;
	size_t offset, length; /* of a value in its file */
};

struct p15_cache_value {
	const uint8_t *bytes; /* borrowed until the next change of the cache */
	size_t len;
	bool absent;  /* the card has no such file */
	bool records; /* a directory kept as records */
};

/* store: copied; digest: borrowed, must live longer. NULL: no memory. */
struct p15_cache *p15_cache_new(const struct cardos_cache *store, struct digest *digest);
struct p15_cache *p15_cache_free(struct p15_cache *cache);

/* The card is the one with this TokenInfo (raw, len), read at now: takes what was kept of it while
 * it looked the same. cache: NULL is fine here and below. */
void p15_cache_open(struct p15_cache *cache, const struct p15_token *token, const uint8_t *raw,
	size_t len, int64_t now);
/* From now on nothing is believed and nothing kept, until it is opened again. */
void p15_cache_close(struct p15_cache *cache);

enum p15_belief p15_cache_belief(const struct p15_cache *cache);
/* Without regard to belief. */
bool p15_cache_find(const struct p15_cache *cache, const struct p15_cache_key *key,
	struct p15_cache_value *ret_value);
/* Kept in memory; what does not fit is not kept. */
void p15_cache_put(struct p15_cache *cache, const struct p15_cache_key *key,
	const struct p15_cache_value *value);
/* To the store, if there is something new, with what another process kept there meanwhile. */
void p15_cache_save(struct p15_cache *cache);

#endif
