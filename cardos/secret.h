/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for PINs, PUKs and decrypted bytes: its own mapping, locked where the system lets us, left
 * out of core dumps and of forked children, wiped when freed. */
#ifndef CARDOS_SECRET_H
#define CARDOS_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secret;

#define SECRET_MAX ((size_t)1 << 20) /* bytes of one */

/* Copy len bytes (0 is allowed). NULL: no memory, or more than SECRET_MAX. The caller frees the
 * result and wipes its own copy. */
struct secret *secret_new(const void *bytes, size_t len);

/* len zero bytes to be filled through secret_bytes_mut(). NULL as above. */
struct secret *secret_new_empty(size_t len);

/* Wipes and frees; NULL is fine. Always returns NULL. */
struct secret *secret_free(struct secret *secret);

/* Borrowed until secret_free(). */
const uint8_t *secret_bytes(const struct secret *secret);
uint8_t *secret_bytes_mut(struct secret *secret);
size_t secret_len(const struct secret *secret);

/* Shorten; what is cut off is wiped. Longer than now: no effect, returns false. */
bool secret_shorten(struct secret *secret, size_t len);

/* Constant-time comparison of contents. Lengths are not secret. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* For __attribute__((cleanup)). */
void secret_free_p(struct secret **secret);

#endif
