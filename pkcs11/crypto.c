/* SPDX-License-Identifier: Apache-2.0 */
/* The module's own OpenSSL library context, and what is safe after the host's OPENSSL_cleanup(). */
#include "crypto.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "blob.h"
#include "scope.h"

#include "cardos/secret.h"

#define CHECK_BLOCK 16

struct crypto {
	atomic_uint owners;
	OSSL_LIB_CTX *context;
	uint8_t rejection_key[CRYPTO_KEY_LEN];
};

/* OpenSSL keeps random generators for each thread that used a context, and touches the context when
 * that thread ends: who frees it before crashes that thread. So it lives as long as the process. */
struct shared {
	pid_t pid;
	OSSL_LIB_CTX *context;
	struct shared *inherited; /* of the parent process: its locks may be held for ever */
};

static _Atomic(struct shared *) shared;

static OSSL_LIB_CTX *shared_context(void)
{
	struct shared *old = atomic_load(&shared);
	struct shared *fresh;

	if (old && old->pid == getpid())
		return old->context;
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return NULL;
	*fresh = (struct shared){ getpid(), OSSL_LIB_CTX_new(), old };
	if (fresh->context && atomic_compare_exchange_strong(&shared, &old, fresh))
		return fresh->context;
	old = fresh->context ? old : NULL; /* another thread was first */
	OSSL_LIB_CTX_free(fresh->context);
	free(fresh);
	return old ? old->context : NULL;
}

bool crypto_usable(void)
{
	/* documented to fail once OPENSSL_cleanup() ran, and to answer 1 before */
	return OPENSSL_init_crypto(0, NULL) == 1;
}

struct crypto *crypto_new(void)
{
	struct crypto *crypto;

	if (!crypto_usable())
		return NULL;
	crypto = calloc(1, sizeof(*crypto));
	if (!crypto)
		return NULL;
	atomic_init(&crypto->owners, 1);
	crypto->context = shared_context();
	if (!crypto->context ||
		RAND_bytes_ex(crypto->context, crypto->rejection_key, CRYPTO_KEY_LEN, 0) != 1)
		return crypto_free(crypto);
	return crypto;
}

struct crypto *crypto_ref(struct crypto *crypto)
{
	atomic_fetch_add(&crypto->owners, 1);
	return crypto;
}

struct crypto *crypto_free(struct crypto *crypto)
{
	if (crypto && atomic_fetch_sub(&crypto->owners, 1) == 1) {
		explicit_bzero(crypto, sizeof(*crypto));
		free(crypto);
	}
	return NULL;
}

OSSL_LIB_CTX *crypto_context(const struct crypto *crypto)
{
	return crypto->context;
}

const uint8_t *crypto_rejection_key(const struct crypto *crypto)
{
	return crypto->rejection_key;
}

static void cipher_p(EVP_CIPHER **cipher)
{
	EVP_CIPHER_free(*cipher);
}

static bool encipher_zeros(const struct crypto *crypto, const struct secret *key, uint8_t *out)
{
	static const uint8_t zeros[CHECK_BLOCK];
	CLEANUP(cipher_p) EVP_CIPHER *cipher = NULL;
	CLEANUP(crypto_cipher_ctx_p) EVP_CIPHER_CTX *ctx = NULL;
	char name[24];
	int len = 0;

	snprintf(name, sizeof(name), "AES-%zu-ECB", secret_len(key) * 8);
	cipher = EVP_CIPHER_fetch(crypto->context, name, NULL);
	ctx = EVP_CIPHER_CTX_new();
	return cipher && ctx &&
	       EVP_EncryptInit_ex2(ctx, cipher, secret_bytes(key), NULL, NULL) == 1 &&
	       EVP_EncryptUpdate(ctx, out, &len, zeros, sizeof(zeros)) == 1 && len == CHECK_BLOCK;
}

bool crypto_check_value(
	const struct crypto *crypto, bool aes, const struct secret *key, uint8_t *out)
{
	uint8_t long_one[EVP_MAX_MD_SIZE] = { 0 };
	bool ok = crypto_usable();

	if (ok && aes)
		ok = encipher_zeros(crypto, key, long_one);
	else if (ok)
		ok = EVP_Q_digest(crypto->context, "SHA1", NULL, secret_bytes(key), secret_len(key),
			     long_one, NULL) == 1;
	if (ok)
		memcpy(out, long_one, 3);
	explicit_bzero(long_one, sizeof(long_one));
	return ok;
}

bool crypto_random(const struct crypto *crypto, void *out, size_t len)
{
	return crypto_usable() && RAND_bytes_ex(crypto->context, out, len, 0) == 1;
}

bool crypto_seed(const struct crypto *crypto, const void *seed, size_t len)
{
	EVP_RAND_CTX *random = crypto_usable() ? RAND_get0_public(crypto->context) : NULL;

	return random && EVP_RAND_reseed(random, 0, NULL, 0, seed, len) == 1;
}

void crypto_md_ctx_p(EVP_MD_CTX **ctx)
{
	if (*ctx && crypto_usable())
		EVP_MD_CTX_free(*ctx);
	*ctx = NULL;
}

void crypto_mac_ctx_p(EVP_MAC_CTX **ctx)
{
	if (*ctx && crypto_usable())
		EVP_MAC_CTX_free(*ctx);
	*ctx = NULL;
}

void crypto_cipher_ctx_p(EVP_CIPHER_CTX **ctx)
{
	if (*ctx && crypto_usable())
		EVP_CIPHER_CTX_free(*ctx);
	*ctx = NULL;
}

void crypto_pkey_p(EVP_PKEY **pkey)
{
	if (*pkey && crypto_usable())
		EVP_PKEY_free(*pkey);
	*pkey = NULL;
}

void crypto_pkey_ctx_p(EVP_PKEY_CTX **ctx)
{
	if (*ctx && crypto_usable())
		EVP_PKEY_CTX_free(*ctx);
	*ctx = NULL;
}

bool crypto_digest(const struct crypto *crypto, const char *name, const struct blob *bytes,
	uint8_t *out, size_t *ret_len)
{
	return EVP_Q_digest(crypto->context, name, NULL, bytes->bytes, bytes->len, out, ret_len) ==
	       1;
}

static OSSL_PARAM *rsa_params(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;

	if (build && n && e && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		params = OSSL_PARAM_BLD_to_param(build);
	OSSL_PARAM_BLD_free(build);
	return params;
}

EVP_PKEY *crypto_spki(const struct crypto *crypto, const struct blob *spki)
{
	const unsigned char *p = spki->bytes;

	return d2i_PUBKEY_ex(NULL, &p, (long)spki->len, crypto->context, NULL);
}

EVP_PKEY *crypto_rsa(
	const struct crypto *crypto, const struct blob *modulus, const struct blob *exponent)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	BIGNUM *n = BN_bin2bn(modulus->bytes, (int)modulus->len, NULL);
	BIGNUM *e = BN_bin2bn(exponent->bytes, (int)exponent->len, NULL);
	OSSL_PARAM *params = rsa_params(n, e);
	EVP_PKEY *pkey = NULL;

	ctx = EVP_PKEY_CTX_new_from_name(crypto->context, CRYPTO_RSA, NULL);
	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	BN_free(n);
	BN_free(e);
	return pkey;
}

EVP_PKEY *crypto_ec(const struct crypto *crypto, const char *curve, const struct blob *point)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) &&
		OSSL_PARAM_BLD_push_octet_string(
			build, OSSL_PKEY_PARAM_PUB_KEY, point->bytes, point->len))
		params = OSSL_PARAM_BLD_to_param(build);
	ctx = EVP_PKEY_CTX_new_from_name(crypto->context, CRYPTO_EC, NULL);
	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}
