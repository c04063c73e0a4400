/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that people's keys make over texts. */
#include "signature.h"

#include <openssl/evp.h>
#include <string.h>

static const EVP_MD *rsa_digest(const char *alg)
{
	if (strcmp(alg, "RS256") == 0)
		return EVP_sha256();
	if (strcmp(alg, "RS384") == 0)
		return EVP_sha384();
	return strcmp(alg, "RS512") == 0 ? EVP_sha512() : NULL;
}

bool signature_alg(const char *alg)
{
	return rsa_digest(alg) != NULL;
}

bool signature_verifies(const X509 *cert, const char *alg, const char *text,
	const unsigned char *signature, size_t len)
{
	const EVP_MD *md = rsa_digest(alg);
	EVP_MD_CTX *ctx = md ? EVP_MD_CTX_new() : NULL;
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, md, NULL, X509_get0_pubkey(cert)) == 1 &&
		  EVP_DigestVerify(
			  ctx, signature, len, (const unsigned char *)text, strlen(text)) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}
