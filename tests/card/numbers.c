/* SPDX-License-Identifier: Apache-2.0 */
/* What RSA is on every card: the private operation on a key's numbers, and the padding of type 2.
 */
#include "numbers.h"

#include <openssl/bn.h>

static void ctx_free(BN_CTX **ctx)
{
	BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

static BIGNUM *load(BN_CTX *ctx, const struct vc_number *number)
{
	BIGNUM *value = BN_CTX_get(ctx);

	return value && number->bytes ? BN_bin2bn(number->bytes, (int)number->len, value) : NULL;
}

static enum vc_sw plain(BN_CTX *ctx, const struct vc_numbers *key, BIGNUM *number)
{
	const BIGNUM *n = load(ctx, &key->modulus), *d = load(ctx, &key->exponent);

	if (!n || !d || !BN_is_odd(n) || BN_is_zero(d) || BN_cmp(d, n) >= 0)
		return SW_OBJECT_INVALID;
	if (BN_cmp(number, n) >= 0)
		return SW_DATA;
	return BN_mod_exp(number, number, d, n, ctx) ? SW_OK : SW_TECHNICAL;
}

static enum vc_sw by_factors(BN_CTX *ctx, const struct vc_numbers *key, BIGNUM *number)
{
	const BIGNUM *p = load(ctx, &key->p), *q = load(ctx, &key->q);
	const BIGNUM *dp = load(ctx, &key->dp), *dq = load(ctx, &key->dq);
	const BIGNUM *inverse = load(ctx, &key->inverse);
	BIGNUM *n = BN_CTX_get(ctx), *check = BN_CTX_get(ctx);
	BIGNUM *m1 = BN_CTX_get(ctx), *m2 = BN_CTX_get(ctx);

	if (!p || !q || !dp || !dq || !inverse || !m2 || !BN_is_odd(p) || !BN_is_odd(q) ||
		BN_is_one(p) || BN_is_one(q) || (key->q_above_p && BN_cmp(q, p) <= 0))
		return SW_OBJECT_INVALID;
	if (!BN_mod_mul(check, q, inverse, p, ctx) || !BN_is_one(check) || !BN_mul(n, p, q, ctx))
		return SW_OBJECT_INVALID;
	if (BN_cmp(number, n) >= 0)
		return SW_DATA;
	if (!BN_mod_exp(m1, number, dp, p, ctx) || !BN_mod_exp(m2, number, dq, q, ctx) ||
		!BN_mod_sub(m1, m1, m2, p, ctx) || !BN_mod_mul(m1, m1, inverse, p, ctx) ||
		!BN_mul(m1, m1, q, ctx) || !BN_add(number, m1, m2))
		return SW_TECHNICAL;
	return SW_OK;
}

enum vc_sw vc_numbers_private(
	const struct vc_numbers *key, const uint8_t *in, uint8_t *out, size_t len)
{
	CLEANUP(ctx_free) BN_CTX *ctx = BN_CTX_secure_new();

	BN_CTX_start(ctx);
	BIGNUM *number = BN_CTX_get(ctx);

	if (!number || !BN_bin2bn(in, (int)len, number))
		return SW_TECHNICAL;
	enum vc_sw sw = key->modulus.bytes ? plain(ctx, key, number) : by_factors(ctx, key, number);

	if (sw != SW_OK)
		return sw;
	return BN_bn2binpad(number, out, (int)len) == (int)len ? SW_OK : SW_TECHNICAL;
}

const uint8_t *vc_unpad(const uint8_t *block, size_t len)
{
	size_t at = 2;

	if (block[0] != 0x00 || block[1] != 0x02)
		return NULL;
	while (at < len && block[at])
		at++;
	return at < len && at >= 10 ? block + at + 1 : NULL;
}
