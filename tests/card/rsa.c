/* SPDX-License-Identifier: Apache-2.0 */
/* RSA of the card: the private operation on stored components, and new keys. */
#include "rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#define PREFIX 2 /* components of the short form begin with length + 1 and 00 */

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

static const struct vc_object *component(const struct vc_file *df, unsigned id, unsigned number)
{
	return vc_object_find(df, VC_PSO | number, id);
}

/* Components from 0 on without a gap; the last of them must announce no other. */
static unsigned component_count(const struct vc_file *df, unsigned id)
{
	const struct vc_object *last = NULL;
	unsigned count = 0;

	for (const struct vc_object *part; (part = component(df, id, count)); count++)
		last = part;
	return last && !(last->param[0] & VC_OPTION_MORE) ? count : 0;
}

size_t vc_rsa_len(const struct vc_file *df, unsigned id)
{
	unsigned count = component_count(df, id);

	if (!count)
		return 0;
	size_t first = component(df, id, 0)->body.len;

	if (count == VC_COMPONENTS)
		return 2 * first;
	return count == 2 && first > PREFIX ? first - PREFIX : 0;
}

static BIGNUM *load(BN_CTX *ctx, const struct vc_file *df, unsigned id, unsigned number)
{
	const struct vc_bytes *body = &component(df, id, number)->body;
	size_t skip = component_count(df, id) == 2 ? PREFIX : 0;
	BIGNUM *value = BN_CTX_get(ctx);

	if (!value || body->len <= skip)
		return NULL;
	return BN_bin2bn(body->data + skip, (int)(body->len - skip), value);
}

static enum vc_sw plain(BN_CTX *ctx, const struct vc_file *df, unsigned id, BIGNUM *number)
{
	const BIGNUM *n = load(ctx, df, id, 0), *d = load(ctx, df, id, 1);

	if (!n || !d || !BN_is_odd(n) || BN_is_zero(d) || BN_cmp(d, n) >= 0)
		return SW_OBJECT_INVALID;
	if (BN_cmp(number, n) >= 0)
		return SW_DATA;
	return BN_mod_exp(number, number, d, n, ctx) ? SW_OK : SW_TECHNICAL;
}

static enum vc_sw crt(BN_CTX *ctx, const struct vc_file *df, unsigned id, BIGNUM *number)
{
	BIGNUM *part[VC_COMPONENTS], *n = BN_CTX_get(ctx), *check = BN_CTX_get(ctx);
	BIGNUM *m1 = BN_CTX_get(ctx), *m2 = BN_CTX_get(ctx);

	for (unsigned i = 0; i < VC_COMPONENTS; i++) {
		part[i] = load(ctx, df, id, i);
		if (!part[i])
			return SW_OBJECT_INVALID;
	}
	const BIGNUM *p = part[0], *q = part[1], *dp = part[2], *dq = part[3], *iqmp = part[4];

	if (!m2 || !BN_is_odd(p) || !BN_is_odd(q) || BN_is_one(p) || BN_is_one(q))
		return SW_OBJECT_INVALID;
	if (!BN_mod_mul(check, q, iqmp, p, ctx) || !BN_is_one(check) || !BN_mul(n, p, q, ctx))
		return SW_OBJECT_INVALID;
	if (BN_cmp(number, n) >= 0)
		return SW_DATA;
	if (!BN_mod_exp(m1, number, dp, p, ctx) || !BN_mod_exp(m2, number, dq, q, ctx) ||
		!BN_mod_sub(m1, m1, m2, p, ctx) || !BN_mod_mul(m1, m1, iqmp, p, ctx) ||
		!BN_mul(m1, m1, q, ctx) || !BN_add(number, m1, m2))
		return SW_TECHNICAL;
	return SW_OK;
}

enum vc_sw vc_rsa_private(
	const struct vc_file *df, unsigned id, const uint8_t *in, uint8_t *out, size_t len)
{
	CLEANUP(ctx_free) BN_CTX *ctx = BN_CTX_secure_new();

	BN_CTX_start(ctx);
	BIGNUM *number = BN_CTX_get(ctx);

	if (!number || !BN_bin2bn(in, (int)len, number))
		return SW_TECHNICAL;
	enum vc_sw sw = component_count(df, id) == 2 ? plain(ctx, df, id, number)
						     : crt(ctx, df, id, number);

	if (sw != SW_OK)
		return sw;
	return BN_bn2binpad(number, out, (int)len) == (int)len ? SW_OK : SW_TECHNICAL;
}

static bool export(const EVP_PKEY *key, const char *name, size_t len, size_t prefix,
	struct vc_bytes *ret_value)
{
	CLEANUP(bn_free) BIGNUM *number = NULL;
	uint8_t *value = vc_alloc(prefix + len);

	*ret_value = (struct vc_bytes){ value, prefix + len };
	if (prefix)
		value[0] = (uint8_t)(len + 1);
	return EVP_PKEY_get_bn_param(key, name, &number) &&
	       BN_bn2binpad(number, value + prefix, (int)len) == (int)len;
}

bool vc_rsa_generate(
	unsigned bits, unsigned count, struct vc_bytes *components, struct vc_bytes *ret_modulus)
{
	static const char *const crt_names[VC_COMPONENTS] = { OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	static const char *const plain_names[2] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_D };
	CLEANUP(pkey_free) EVP_PKEY *key = EVP_RSA_gen(bits);
	size_t len = bits / 8;
	bool ok = key && export(key, OSSL_PKEY_PARAM_RSA_N, len, 0, ret_modulus);

	for (unsigned i = 0; ok && i < count; i++) {
		ok = count == VC_COMPONENTS
			     ? export(key, crt_names[i], len / 2, 0, &components[i])
			     : export(key, plain_names[i], len, PREFIX, &components[i]);
	}
	return ok;
}
