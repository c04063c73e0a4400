/* SPDX-License-Identifier: Apache-2.0 */
/* New RSA keys of the card: two random primes, and what follows from them. */
#include "rsa_make.h"

#include "card.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#define EXPONENT 65537
#define SIEVE 6500 /* primes below it are divided by */
#define SPAN 2048  /* a random start is followed so far */
#define BASES 4

static const unsigned bases[BASES] = { 2, 3, 5, 7 };

/* In the order in which OpenSSL's parameters are named below. */
enum {
	KEY_N,
	KEY_E,
	KEY_D,
	KEY_P,
	KEY_Q,
	KEY_DP,
	KEY_DQ,
	KEY_INVERSE,
	KEY_NUMBERS
};

static void ctx_free(BN_CTX **ctx)
{
	BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

/* Marks each offset from start at which a small prime, or the exponent in p - 1, divides. */
static void sieve(const BIGNUM *start, bool bad[SPAN])
{
	for (unsigned prime = 3; prime < SIEVE; prime += 2) {
		bool composite = false;

		for (unsigned i = 3; i * i <= prime && !composite; i += 2)
			composite = prime % i == 0;
		if (composite)
			continue;
		unsigned rest = (unsigned)BN_mod_word(start, prime);

		for (unsigned at = (prime - rest) % prime; at < SPAN; at += prime)
			bad[at] = true;
	}
	unsigned one = (EXPONENT + 1 - (unsigned)BN_mod_word(start, EXPONENT)) % EXPONENT;

	if (one < SPAN)
		bad[one] = true;
}

/* Fermat's test: a random number that passes is not prime less often than a computer errs. */
static bool is_prime(const BIGNUM *number, BIGNUM *base, BIGNUM *less, BIGNUM *rest, BN_CTX *ctx)
{
	bool ok = BN_copy(less, number) && BN_sub_word(less, 1);

	for (size_t i = 0; ok && i < BASES; i++)
		ok = BN_set_word(base, bases[i]) && BN_mod_exp(rest, base, less, number, ctx) &&
		     BN_is_one(rest);
	return ok;
}

/* A prime of so many bits, the two highest of them set. */
static bool make_prime(BIGNUM *prime, int bits, BN_CTX *ctx)
{
	BN_CTX_start(ctx);
	BIGNUM *base = BN_CTX_get(ctx), *less = BN_CTX_get(ctx), *rest = BN_CTX_get(ctx);
	bool found = false;

	while (rest && !found) {
		bool bad[SPAN] = { false };

		if (!BN_priv_rand(prime, bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD))
			break;
		sieve(prime, bad);
		for (unsigned at = 0; at < SPAN && !found; at += 2) {
			found = !bad[at] && BN_num_bits(prime) == bits &&
				is_prime(prime, base, less, rest, ctx);
			if (!found && !BN_add_word(prime, 2))
				break;
		}
	}
	BN_CTX_end(ctx);
	return found;
}

/* All that follows from the primes. */
static bool complete(BIGNUM *number[KEY_NUMBERS], BN_CTX *ctx)
{
	BIGNUM *p = BN_CTX_get(ctx), *q = BN_CTX_get(ctx), *product = BN_CTX_get(ctx);

	return product && BN_copy(p, number[KEY_P]) && BN_sub_word(p, 1) &&
	       BN_copy(q, number[KEY_Q]) && BN_sub_word(q, 1) && BN_mul(product, p, q, ctx) &&
	       BN_set_word(number[KEY_E], EXPONENT) &&
	       BN_mod_inverse(number[KEY_D], number[KEY_E], product, ctx) &&
	       BN_mod(number[KEY_DP], number[KEY_D], p, ctx) &&
	       BN_mod(number[KEY_DQ], number[KEY_D], q, ctx) &&
	       BN_mod_inverse(number[KEY_INVERSE], number[KEY_Q], number[KEY_P], ctx) &&
	       BN_mul(number[KEY_N], number[KEY_P], number[KEY_Q], ctx);
}

static EVP_PKEY *wrap(BIGNUM *number[KEY_NUMBERS])
{
	static const char *const names[KEY_NUMBERS] = { OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	bool ok = build && ctx;

	for (int i = 0; ok && i < KEY_NUMBERS; i++)
		ok = OSSL_PARAM_BLD_push_BN(build, names[i], number[i]) == 1;
	params = ok ? OSSL_PARAM_BLD_to_param(build) : NULL;
	if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *vc_rsa_make(unsigned bits)
{
	CLEANUP(ctx_free) BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *number[KEY_NUMBERS];
	bool ok = bits >= 512;

	BN_CTX_start(ctx);
	for (int i = 0; i < KEY_NUMBERS; i++)
		ok &= (number[i] = BN_CTX_get(ctx)) != NULL;
	if (!ok || !make_prime(number[KEY_P], (int)(bits - bits / 2), ctx))
		return NULL;
	do
		ok = make_prime(number[KEY_Q], (int)(bits / 2), ctx);
	while (ok && BN_cmp(number[KEY_P], number[KEY_Q]) == 0);
	if (BN_cmp(number[KEY_P], number[KEY_Q]) < 0)
		BN_swap(number[KEY_P], number[KEY_Q]);
	return ok && complete(number, ctx) ? wrap(number) : NULL;
}
