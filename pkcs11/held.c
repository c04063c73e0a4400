/* SPDX-License-Identifier: Apache-2.0 */
/* A secret that is kept from one call to the next: masked by a stream made of a pad of
 * random bytes. Both lie in memory that core dumps leave out; who gets one of them, or part of the
 * pad, has nothing. */
#include "held.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "scope.h"

#include "cardos/secret.h"

#define PAD_LEN 2048

struct held {
	struct secret *pad;
	struct secret *masked;
};

static bool stream(const struct crypto *crypto, const struct secret *pad, struct secret *out)
{
	CLEANUP(crypto_md_ctx_p) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_MD *md = EVP_MD_fetch(crypto_context(crypto), "SHAKE256", NULL);
	bool ok = ctx && md && EVP_DigestInit_ex2(ctx, md, NULL) == 1 &&
		  EVP_DigestUpdate(ctx, secret_bytes(pad), secret_len(pad)) == 1 &&
		  EVP_DigestFinalXOF(ctx, secret_bytes_mut(out), secret_len(out)) == 1;

	EVP_MD_free(md);
	return ok;
}

/* Masks and unmasks. NULL: no memory, or OpenSSL refuses. */
static struct secret *turn(
	const struct crypto *crypto, const struct secret *pad, const struct secret *bytes)
{
	CLEANUP(secret_free_p) struct secret *out = secret_new_empty(secret_len(bytes));

	if (!out || !crypto_usable() || (secret_len(out) && !stream(crypto, pad, out)))
		return NULL;
	for (size_t i = 0; i < secret_len(bytes); i++)
		secret_bytes_mut(out)[i] ^= secret_bytes(bytes)[i];
	return TAKE(out);
}

struct held *held_new(const struct crypto *crypto, const struct secret *secret)
{
	CLEANUP(held_free_p) struct held *held = calloc(1, sizeof(*held));

	if (!held)
		return NULL;
	held->pad = secret_new_empty(PAD_LEN);
	if (!held->pad || !crypto_random(crypto, secret_bytes_mut(held->pad), PAD_LEN))
		return NULL;
	held->masked = turn(crypto, held->pad, secret);
	return held->masked ? TAKE(held) : NULL;
}

struct held *held_free(struct held *held)
{
	if (held) {
		secret_free(held->pad);
		secret_free(held->masked);
		free(held);
	}
	return NULL;
}

struct secret *held_open(const struct crypto *crypto, const struct held *held)
{
	return held ? turn(crypto, held->pad, held->masked) : NULL;
}

bool held_is(const struct crypto *crypto, const struct held *held, const struct secret *secret)
{
	CLEANUP(secret_free_p) struct secret *mine = NULL;

	if (!held || secret_len(held->masked) != secret_len(secret))
		return false;
	mine = held_open(crypto, held);
	return mine && secret_equal(mine, secret);
}

void held_free_p(struct held **held)
{
	*held = held_free(*held);
}
