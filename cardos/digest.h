/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, computed apart from what the program around us made of OpenSSL. */
#ifndef CARDOS_DIGEST_H
#define CARDOS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#define DIGEST_SHA1_LEN 20
#define DIGEST_SHA256_LEN 32

/* A library context of OpenSSL for one piece of work (some tenths of a millisecond): no engine,
 * provider or setting of the host has a say in it, and nothing stays behind. Released by
 * digest_context_p(), in the same thread: random numbers and keys leave something in the threads
 * that used a context. NULL: no memory, or the host has called OPENSSL_cleanup(). */
OSSL_LIB_CTX *digest_context(void);
void digest_context_p(OSSL_LIB_CTX **context);

/* One for a card, in one thread at a time. All zero is ready: a context of its own is made for it
 * when first needed. Only digests are computed in that, which leave nothing in any thread. */
struct digest {
	OSSL_LIB_CTX *context;
};

/* false: no memory, or the host has called OPENSSL_cleanup(). */
bool digest_sha1(
	struct digest *digest, const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA1_LEN]);
bool digest_sha256(
	struct digest *digest, const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN]);
void digest_done(struct digest *digest);

#endif
