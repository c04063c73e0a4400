/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes on the heap with their length, wiped when released. */
#ifndef PKCS11_BLOB_H
#define PKCS11_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty blob. bytes is NULL exactly when nothing was ever stored. */
struct blob {
	uint8_t *bytes;
	size_t len;
	size_t cap;
};

/* Replace the contents by a copy. bytes must not point into blob. false: no memory, unchanged. */
bool blob_set(struct blob *blob, const void *bytes, size_t len);

/* Append a copy. Growth wipes the old place. false: no memory, unchanged. */
bool blob_add(struct blob *blob, const void *bytes, size_t len);

/* Append len zero bytes; returns where they are, borrowed until the blob changes. NULL: no memory,
 * unchanged. */
uint8_t *blob_extend(struct blob *blob, size_t len);

/* Wipe and free; the blob is empty afterwards. */
void blob_clear(struct blob *blob);

bool blob_equal(const struct blob *blob, const void *bytes, size_t len);

#endif
