/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, computed apart from what the program around us made of OpenSSL. */
#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "cleanup.h"

/* Documented to fail once OPENSSL_cleanup() ran, and to answer 1 before. */
static bool usable(void)
{
	return OPENSSL_init_crypto(0, NULL) == 1;
}

OSSL_LIB_CTX *digest_context(void)
{
	return usable() ? OSSL_LIB_CTX_new() : NULL;
}

void digest_context_p(OSSL_LIB_CTX **context)
{
	OSSL_LIB_CTX_free(*context);
}

static void md_p(EVP_MD **md)
{
	EVP_MD_free(*md);
}

static bool compute(
	struct digest *digest, const char *name, const uint8_t *bytes, size_t len, uint8_t *out)
{
	CLEANUP(md_p) EVP_MD *md = NULL;

	if (!usable())
		return false;
	if (!digest->context)
		digest->context = OSSL_LIB_CTX_new();
	if (digest->context)
		md = EVP_MD_fetch(digest->context, name, NULL);
	return md && EVP_Digest(bytes, len, out, NULL, md, NULL) == 1;
}

bool digest_sha1(
	struct digest *digest, const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA1_LEN])
{
	return compute(digest, "SHA1", bytes, len, out);
}

bool digest_sha256(
	struct digest *digest, const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN])
{
	return compute(digest, "SHA2-256", bytes, len, out);
}

void digest_done(struct digest *digest)
{
	/* what OPENSSL_cleanup() left of it is not to be touched any more */
	if (usable())
		OSSL_LIB_CTX_free(digest->context);
	digest->context = NULL;
}
