/* SPDX-License-Identifier: Apache-2.0 */
/* The key derivation of PKCS#12 (RFC 7292, appendix B). */
#include "soft_kdf.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "crypto.h"
#include "scope.h"

#include "cardos/secret.h"

/* Two bytes a character and two zeros at the end, as PKCS#12 wants a password. */
static struct secret *widen(const struct secret *password)
{
	unsigned char *wide = NULL;
	int len = 0;
	struct secret *result = NULL;

	if (OPENSSL_utf82uni(
		    (const char *)secret_bytes(password), (int)secret_len(password), &wide, &len))
		result = secret_new(wide, (size_t)len);
	OPENSSL_clear_free(wide, (size_t)len);
	return result;
}

struct work {
	EVP_MD_CTX *ctx;
	const EVP_MD *md;
	size_t block, hash;
	struct secret *input; /* salt and password, each repeated to whole blocks: "I" */
	uint8_t diversifier[EVP_MAX_MD_SIZE * 4];
	uint8_t out[EVP_MAX_MD_SIZE];
};

static void work_clear(struct work *work)
{
	crypto_md_ctx_p(&work->ctx);
	secret_free_p(&work->input);
	explicit_bzero(work, sizeof(*work));
}

static void repeat(uint8_t *to, size_t room, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < room; i++)
		to[i] = from[i % len];
}

static size_t whole(size_t len, size_t block)
{
	return (len + block - 1) / block * block;
}

static bool prepare(struct work *work, const struct soft_kdf *how, const struct secret *password)
{
	CLEANUP(secret_free_p) struct secret *wide = widen(password);
	size_t salt = whole(how->salt_len, work->block);

	if (!wide)
		return false;
	work->input = secret_new_empty(salt + whole(secret_len(wide), work->block));
	if (!work->input)
		return false;
	memset(work->diversifier, (int)how->purpose, work->block);
	repeat(secret_bytes_mut(work->input), salt, how->salt, how->salt_len);
	repeat(secret_bytes_mut(work->input) + salt, secret_len(work->input) - salt,
		secret_bytes(wide), secret_len(wide));
	return true;
}

static bool hash(struct work *work, unsigned rounds)
{
	bool ok = EVP_DigestInit_ex2(work->ctx, work->md, NULL) == 1 &&
		  EVP_DigestUpdate(work->ctx, work->diversifier, work->block) == 1 &&
		  EVP_DigestUpdate(work->ctx, secret_bytes(work->input), secret_len(work->input)) ==
			  1 &&
		  EVP_DigestFinal_ex(work->ctx, work->out, NULL) == 1;

	for (unsigned i = 1; ok && i < rounds; i++)
		ok = EVP_DigestInit_ex2(work->ctx, NULL, NULL) == 1 &&
		     EVP_DigestUpdate(work->ctx, work->out, work->hash) == 1 &&
		     EVP_DigestFinal_ex(work->ctx, work->out, NULL) == 1;
	return ok;
}

/* Each block of the input grows by the hash, repeated to a block, and one. */
static void advance(struct work *work)
{
	uint8_t *bytes = secret_bytes_mut(work->input);

	for (size_t at = 0; at < secret_len(work->input); at += work->block) {
		unsigned carry = 1;

		for (size_t i = work->block; i-- > 0;) {
			carry += bytes[at + i] + work->out[i % work->hash];
			bytes[at + i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
}

static bool fill(struct work *work, unsigned rounds, struct secret *out)
{
	size_t done = 0;

	while (done < secret_len(out)) {
		size_t part = secret_len(out) - done;

		part = part < work->hash ? part : work->hash;
		if (!hash(work, rounds))
			return false;
		memcpy(secret_bytes_mut(out) + done, work->out, part);
		done += part;
		advance(work);
	}
	return true;
}

static bool run(const EVP_MD *md, const struct soft_kdf *how, const struct secret *password,
	struct secret *out)
{
	CLEANUP(work_clear)
	struct work work = { .ctx = EVP_MD_CTX_new(), .md = md };
	int block = EVP_MD_get_block_size(md);
	int len = EVP_MD_get_size(md);

	if (!work.ctx || block <= 0 || len <= 0 || (size_t)block > sizeof(work.diversifier))
		return false;
	work.block = (size_t)block;
	work.hash = (size_t)len;
	return prepare(&work, how, password) && fill(&work, how->rounds, out);
}

struct secret *soft_kdf(const struct crypto *crypto, const struct soft_kdf *how,
	const struct secret *password, size_t len)
{
	CLEANUP(secret_free_p) struct secret *out = NULL;
	EVP_MD *md;
	bool ok;

	if (!crypto_usable())
		return NULL;
	out = secret_new_empty(len);
	md = EVP_MD_fetch(crypto_context(crypto), how->digest, NULL);
	ok = out && md && run(md, how, password, out);
	EVP_MD_free(md);
	return ok ? TAKE(out) : NULL;
}
