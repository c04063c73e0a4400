/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes on the heap with their length, wiped when released. */
#include "blob.h"

#include <stdlib.h>
#include <string.h>

#include "scope.h"

void free_p(void *pointer)
{
	void **place = pointer;

	free(*place);
	*place = NULL;
}

void blob_clear(struct blob *blob)
{
	if (blob->bytes) {
		explicit_bzero(blob->bytes, blob->cap);
		free(blob->bytes);
	}
	*blob = (struct blob){ 0 };
}

static bool blob_reserve(struct blob *blob, size_t cap)
{
	uint8_t *bytes;

	if (blob->bytes && cap <= blob->cap)
		return true;
	bytes = malloc(cap ? cap : 1);
	if (!bytes)
		return false;
	if (blob->len)
		memcpy(bytes, blob->bytes, blob->len);
	if (blob->bytes) {
		explicit_bzero(blob->bytes, blob->cap);
		free(blob->bytes);
	}
	blob->bytes = bytes;
	blob->cap = cap ? cap : 1;
	return true;
}

bool blob_set(struct blob *blob, const void *bytes, size_t len)
{
	struct blob fresh = { 0 };

	if (!blob_reserve(&fresh, len))
		return false;
	if (len)
		memcpy(fresh.bytes, bytes, len);
	fresh.len = len;
	blob_clear(blob);
	*blob = fresh;
	return true;
}

static bool blob_more(struct blob *blob, size_t len)
{
	size_t need;

	if (__builtin_add_overflow(blob->len, len, &need))
		return false;
	if (need > blob->cap && need < SIZE_MAX / 2)
		need += need / 2;
	return blob_reserve(blob, need);
}

uint8_t *blob_extend(struct blob *blob, size_t len)
{
	if (!blob_more(blob, len))
		return NULL;
	if (len)
		memset(blob->bytes + blob->len, 0, len);
	blob->len += len;
	return blob->bytes + (blob->len - len);
}

bool blob_add(struct blob *blob, const void *bytes, size_t len)
{
	if (!blob_more(blob, len))
		return false;
	if (len)
		memcpy(blob->bytes + blob->len, bytes, len);
	blob->len += len;
	return true;
}

bool blob_equal(const struct blob *blob, const void *bytes, size_t len)
{
	return blob->bytes && blob->len == len && (!len || memcmp(blob->bytes, bytes, len) == 0);
}
