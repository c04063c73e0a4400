/* SPDX-License-Identifier: Apache-2.0 */
/* RSA of V5: values in BER, plain or by its factors, and new keys of both kinds. */
#include "key5.h"

#include "ec5.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

static void ctx_free(BN_CTX **ctx)
{
	BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

static void pkey_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bn_free(BIGNUM **number)
{
	BN_clear_free(*number);
}

static const uint8_t *value(const struct vc_object *key, unsigned tag, size_t *ret_len)
{
	return vc_ber_find(key->body.data, key->body.len, tag, ret_len);
}

bool vc_key5_is_rsa(const struct vc_object *key)
{
	return vc_u16(key->param + VC_P5_ALGORITHM) == VC_KEY5_RSA;
}

size_t vc_key5_len(const struct vc_object *key)
{
	size_t len = 0, second = 0;

	if (!vc_key5_is_rsa(key))
		return vc_ec5_len(key);
	if (value(key, 0x81, &len))
		return len;
	if (value(key, 0x92, &len) && value(key, 0x93, &second) && len == second)
		return 2 * len;
	return 0;
}

static BIGNUM *load(BN_CTX *ctx, const struct vc_object *key, unsigned tag)
{
	size_t len = 0;
	const uint8_t *bytes = value(key, tag, &len);
	BIGNUM *number = BN_CTX_get(ctx);

	return bytes && number ? BN_bin2bn(bytes, (int)len, number) : NULL;
}

static enum vc_sw plain(BN_CTX *ctx, const struct vc_object *key, BIGNUM *number)
{
	const BIGNUM *n = load(ctx, key, 0x81), *d = load(ctx, key, 0x82);

	if (!n || !d || !BN_is_odd(n) || BN_is_zero(d) || BN_cmp(d, n) >= 0)
		return SW_OBJECT_INVALID;
	if (BN_cmp(number, n) >= 0)
		return SW_DATA;
	return BN_mod_exp(number, number, d, n, ctx) ? SW_OK : SW_TECHNICAL;
}

/* The card wants q above p, and the inverse of q. */
static enum vc_sw crt(BN_CTX *ctx, const struct vc_object *key, BIGNUM *number)
{
	const BIGNUM *p = load(ctx, key, 0x92), *q = load(ctx, key, 0x93);
	const BIGNUM *inverse = load(ctx, key, 0x94);
	const BIGNUM *dp = load(ctx, key, 0x95), *dq = load(ctx, key, 0x96);
	BIGNUM *n = BN_CTX_get(ctx), *check = BN_CTX_get(ctx);
	BIGNUM *m1 = BN_CTX_get(ctx), *m2 = BN_CTX_get(ctx);

	if (!p || !q || !inverse || !dp || !dq || !m2 || !BN_is_odd(p) || !BN_is_odd(q) ||
		BN_is_one(p) || BN_cmp(q, p) <= 0)
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

enum vc_sw vc_key5_rsa(const struct vc_object *key, const uint8_t *in, uint8_t *out, size_t len)
{
	CLEANUP(ctx_free) BN_CTX *ctx = BN_CTX_secure_new();
	size_t ignored;

	BN_CTX_start(ctx);
	BIGNUM *number = BN_CTX_get(ctx);

	if (!number || !BN_bin2bn(in, (int)len, number))
		return SW_TECHNICAL;
	enum vc_sw sw =
		value(key, 0x81, &ignored) ? plain(ctx, key, number) : crt(ctx, key, number);

	if (sw != SW_OK)
		return sw;
	return BN_bn2binpad(number, out, (int)len) == (int)len ? SW_OK : SW_TECHNICAL;
}

static bool print_number(
	const EVP_PKEY *key, const char *name, unsigned tag, size_t len, struct vc_buf *out)
{
	CLEANUP(bn_free) BIGNUM *number = NULL;
	uint8_t bytes[VC_KEY5_MAX];

	if (!EVP_PKEY_get_bn_param(key, name, &number) ||
		BN_bn2binpad(number, bytes, (int)len) != (int)len)
		return false;
	vc_buf_tlv(out, tag, bytes, len);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

enum vc_sw vc_key5_generate(
	const struct vc_object *key, struct vc_bytes *ret_private, struct vc_bytes *ret_public)
{
	CLEANUP(vc_buf_clear) struct vc_buf secret = { 0 }, open = { 0 };
	size_t len = vc_key5_len(key);

	if (!vc_key5_is_rsa(key))
		return vc_ec5_generate(key, ret_private, ret_public);
	if (len < 64 || len > VC_KEY5_MAX)
		return SW_OBJECT_INVALID;
	CLEANUP(pkey_free) EVP_PKEY *fresh = EVP_RSA_gen(len * 8);

	if (!fresh || !print_number(fresh, OSSL_PKEY_PARAM_RSA_N, 0x81, len, &secret) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_D, 0x82, len, &secret) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_N, 0x81, len, &open) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_E, 0x82, 3, &open))
		return SW_TECHNICAL;
	vc_bytes_set(ret_private, secret.data, secret.len);
	vc_bytes_set(ret_public, open.data, open.len);
	return SW_OK;
}

enum vc_sw vc_key5_export(const struct vc_object *key, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	size_t len = 0;

	if (!vc_key5_is_rsa(key)) {
		if (!vc_ec5_export(key, &body))
			return SW_OBJECT_INVALID;
	} else {
		const uint8_t *bytes = value(key, 0x81, &len);

		if (!bytes)
			return SW_OBJECT_INVALID;
		vc_buf_tlv(&body, 0x81, bytes, len);
		bytes = value(key, 0x82, &len);
		if (!bytes)
			return SW_OBJECT_INVALID;
		vc_buf_tlv(&body, 0x82, bytes, len);
	}
	vc_buf_tlv(out, 0x7F49, body.data, body.len);
	return SW_OK;
}
