/* SPDX-License-Identifier: Apache-2.0 */
/* A secret that is kept from one call to the next: never as itself, so that memory that is read or
 * dumped between calls does not show it. docs/decisions/0213. */
#ifndef PKCS11_HELD_H
#define PKCS11_HELD_H

#include <stdbool.h>

struct crypto;
struct held;
struct secret;

/* The caller frees the result, and keeps its own copy no longer than it needs. NULL: no memory, or
 * OpenSSL is gone. */
struct held *held_new(const struct crypto *crypto, const struct secret *secret);

/* Wipes and frees; NULL is fine; returns NULL. */
struct held *held_free(struct held *held);

/* The secret itself, for one use: the caller frees it. NULL: as above, or nothing is held. */
struct secret *held_open(const struct crypto *crypto, const struct held *held);

/* Is it this one? In constant time. false too: nothing is held. */
bool held_is(const struct crypto *crypto, const struct held *held, const struct secret *secret);

/* For CLEANUP. */
void held_free_p(struct held **held);

#endif
