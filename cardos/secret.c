/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for PINs, PUKs and decrypted bytes. */
#include "secret.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The head of the mapping; the bytes follow. */
struct secret {
	size_t mapped;
	size_t len;
	uint8_t bytes[];
};

struct secret *secret_new_empty(size_t len)
{
	if (len > SECRET_MAX)
		return NULL;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (sizeof(struct secret) + len + page - 1) / page * page;
	struct secret *secret =
		mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		return NULL;
	/* All three are best effort: a small RLIMIT_MEMLOCK must not make PINs impossible. */
	(void)mlock(secret, mapped);
	(void)madvise(secret, mapped, MADV_DONTDUMP);
	(void)madvise(secret, mapped, MADV_WIPEONFORK);
	secret->mapped = mapped;
	secret->len = len;
	return secret;
}

struct secret *secret_new(const void *bytes, size_t len)
{
	struct secret *secret = secret_new_empty(len);
	if (secret && len > 0)
		memcpy(secret->bytes, bytes, len);
	return secret;
}

struct secret *secret_free(struct secret *secret)
{
	/* In a forked child the mapping reads as zeros: nothing secret is left in it, and its size
	 * is unknown, so it stays mapped. */
	if (secret && secret->mapped > 0) {
		size_t mapped = secret->mapped;
		explicit_bzero(secret, mapped);
		(void)munmap(secret, mapped);
	}
	return NULL;
}

const uint8_t *secret_bytes(const struct secret *secret)
{
	return secret->bytes;
}

uint8_t *secret_bytes_mut(struct secret *secret)
{
	return secret->bytes;
}

size_t secret_len(const struct secret *secret)
{
	return secret->len;
}

bool secret_shorten(struct secret *secret, size_t len)
{
	if (len > secret->len)
		return false;
	explicit_bzero(secret->bytes + len, secret->len - len);
	secret->len = len;
	return true;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0;
}

void secret_free_p(struct secret **secret)
{
	*secret = secret_free(*secret);
}
