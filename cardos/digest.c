/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, computed apart from what the program around us made of OpenSSL. */
#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "cleanup.h"

OSSL_LIB_CTX *digest_context(void)
{
	return OPENSSL_init_crypto(0, NULL) == 1 ? OSSL_LIB_CTX_new() : NULL;
}

void digest_context_p(OSSL_LIB_CTX **context)
{
	OSSL_LIB_CTX_free(*context);
}

static void md_p(EVP_MD **md)
{
	EVP_MD_free(*md);
}

static bool compute(const char *name, const uint8_t *bytes, size_t len, uint8_t *out)
{
	CLEANUP(digest_context_p) OSSL_LIB_CTX *context = digest_context();
	CLEANUP(md_p) EVP_MD *md = context ? EVP_MD_fetch(context, name, NULL) : NULL;

	return md && EVP_Digest(bytes, len, out, NULL, md, NULL) == 1;
}

bool digest_sha1(const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA1_LEN])
{
	return compute("SHA1", bytes, len, out);
}

bool digest_sha256(const uint8_t *bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN])
{
	return compute("SHA2-256", bytes, len, out);
}
