/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of one identity's keys: files of others often all say the same (01, or nothing), and a token
 * whose keys share an id gives out the wrong certificate. */
#include "soft_store.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "der.h"
#include "scope.h"

/* A key, in the order of files. */
struct named {
	struct soft_item *item;
	size_t order;
};

static int compare_ids(const struct soft_item *a, const struct soft_item *b)
{
	size_t len = a->id_len < b->id_len ? a->id_len : b->id_len;
	int differs = len ? memcmp(a->id, b->id, len) : 0;

	return differs ? differs : (a->id_len > b->id_len) - (a->id_len < b->id_len);
}

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	int differs = compare_ids(x->item, y->item);

	return differs ? differs : (x->order > y->order) - (x->order < y->order);
}

static bool is_key(const struct soft_item *item)
{
	return (item->kind == SOFT_KEY || item->kind == SOFT_PUBLIC) && item->value.len;
}

static bool same_key(const struct soft_item *a, const struct blob *spki)
{
	return blob_equal(spki, a->value.bytes, a->value.len);
}

static CK_RV name_by_key(
	const struct soft_store *store, struct soft_item *item, const struct blob *spki)
{
	uint8_t digest[64]; /* EVP_MAX_MD_SIZE */
	size_t len = 0;

	if (!crypto_digest(store->crypto, "SHA1", spki, digest, &len) || len != SOFT_OWN_ID_LEN)
		return CKR_FUNCTION_FAILED;
	memcpy(item->own_id, digest, len);
	item->has_own_id = true;
	return CKR_OK;
}

/* The first of those with this id, or NULL; keys are sorted. */
static const struct named *first_with(
	const struct named *keys, size_t count, const struct soft_item *item)
{
	size_t low = 0;

	while (count > 0) {
		size_t half = count / 2;

		if (compare_ids(keys[low + half].item, item) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return &keys[low];
}

/* Of keys with one id the first keeps it. */
static CK_RV name_keys(
	const struct soft_store *store, struct named *keys, size_t count, bool *ret_shared)
{
	const struct named *first = keys;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < count; i++) {
		struct soft_item *item = keys[i].item;

		if (compare_ids(first->item, item) != 0)
			first = &keys[i];
		if (item->id_len && same_key(item, &first->item->value))
			continue;
		rv = name_by_key(store, item, &item->value);
		*ret_shared = true;
	}
	return rv;
}

/* A certificate goes with its key, if that is one of several with its id. */
static CK_RV name_certificate(const struct soft_store *store, const struct named *keys,
	size_t count, struct soft_item *item)
{
	CLEANUP(der_parts_clear) struct der_parts parts = { 0 };
	const struct named *end = keys + count;
	const struct named *key = first_with(keys, count, item);
	bool first = true;

	if (key == end || compare_ids(key->item, item) != 0)
		return CKR_OK;
	(void)der_certificate(store->crypto, &item->value, &parts);
	for (; key < end && compare_ids(key->item, item) == 0; key++, first = false)
		if (parts.spki.len && same_key(key->item, &parts.spki))
			return first && item->id_len ? CKR_OK
						     : name_by_key(store, item, &parts.spki);
	return CKR_OK;
}

static size_t gather(struct soft_store *store, struct named *keys)
{
	size_t count = 0;

	for (size_t i = 0; i < store->count; i++)
		for (size_t j = 0; j < store->files[i].pfx.count; j++) {
			struct soft_item *item = &store->files[i].pfx.items[j];

			item->has_own_id = false;
			if (is_key(item)) {
				keys[count] = (struct named){ item, count };
				count++;
			}
		}
	return count;
}

CK_RV soft_store_name(struct soft_store *store)
{
	CLEANUP(free_p) struct named *keys = calloc(store->ref_count + 1, sizeof(*keys));
	size_t count = keys ? gather(store, keys) : 0;
	bool shared = false;
	CK_RV rv;

	if (!keys)
		return CKR_HOST_MEMORY;
	qsort(keys, count, sizeof(*keys), compare_named);
	rv = name_keys(store, keys, count, &shared);
	for (size_t i = 0; shared && i < store->count; i++)
		for (size_t j = 0; rv == CKR_OK && j < store->files[i].pfx.count; j++)
			if (store->files[i].pfx.items[j].kind == SOFT_CERTIFICATE)
				rv = name_certificate(
					store, keys, count, &store->files[i].pfx.items[j]);
	return rv;
}
