/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys out of templates, and out of the encodings of others. */
#include "private_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "attr.h"
#include "blob.h"
#include "crypto.h"
#include "der.h"
#include "scope.h"
#include "soft_pkcs8.h"

#include "cardos/secret.h"

#define NUMBERS_MAX 8
#define NUMBER_LEN_MAX 1024
#define POINT_MAX 200
#define PKCS8_LEN_MAX 16384

/* The big numbers of one key; all are wiped. */
struct numbers {
	BIGNUM *list[NUMBERS_MAX];
	OSSL_PARAM_BLD *build;
	OSSL_PARAM *params;
	uint8_t point[POINT_MAX]; /* the builder borrows it until it is done */
};

static void numbers_clear(struct numbers *numbers)
{
	for (size_t i = 0; i < NUMBERS_MAX; i++)
		BN_clear_free(numbers->list[i]);
	OSSL_PARAM_BLD_free(numbers->build);
	OSSL_PARAM_free(numbers->params);
}

static void bn_ctx_p(BN_CTX **ctx)
{
	BN_CTX_free(*ctx);
}

static void pkcs8_p(PKCS8_PRIV_KEY_INFO **info)
{
	PKCS8_PRIV_KEY_INFO_free(*info);
}

static void group_p(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void point_p(EC_POINT **point)
{
	EC_POINT_free(*point);
}

/* In a template whose pValue is not const for OpenSSL's sake. NULL: not there, or no number. */
static BIGNUM *read_number(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, CK_RV *rv)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);
	BIGNUM *number;

	if (!attr || !attr->ulValueLen) {
		*rv = CKR_TEMPLATE_INCOMPLETE;
		return NULL;
	}
	if (attr->ulValueLen > NUMBER_LEN_MAX) {
		*rv = CKR_ATTRIBUTE_VALUE_INVALID;
		return NULL;
	}
	number = BN_secure_new();
	if (!number || !BN_bin2bn(attr->pValue, (int)attr->ulValueLen, number)) {
		BN_clear_free(number);
		*rv = CKR_HOST_MEMORY;
		return NULL;
	}
	return number;
}

/* ---- RSA ---- */

enum {
	N,
	E,
	D,
	P,
	Q,
	DP,
	DQ,
	QINV
};

/* What follows from the primes, so that nobody has to give it and nobody can give it wrong. */
static bool complete_rsa(struct numbers *numbers)
{
	CLEANUP(bn_ctx_p) BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM **n = numbers->list;
	BIGNUM *less = BN_secure_new();
	bool done;

	n[DP] = BN_secure_new();
	n[DQ] = BN_secure_new();
	n[QINV] = BN_secure_new();
	done = ctx && less && n[DP] && n[DQ] && n[QINV] && !BN_is_zero(n[P]) && !BN_is_zero(n[Q]) &&
	       BN_sub(less, n[P], BN_value_one()) && !BN_is_zero(less) &&
	       BN_mod(n[DP], n[D], less, ctx) && BN_sub(less, n[Q], BN_value_one()) &&
	       !BN_is_zero(less) && BN_mod(n[DQ], n[D], less, ctx) &&
	       BN_mod_inverse(n[QINV], n[Q], n[P], ctx);
	BN_clear_free(less);
	return done;
}

static CK_RV read_rsa(const CK_ATTRIBUTE *template, CK_ULONG count, struct numbers *numbers)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *name;
	} rows[NUMBERS_MAX] = {
		[N] = { CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N },
		[E] = { CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E },
		[D] = { CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D },
		[P] = { CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1 },
		[Q] = { CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2 },
		[DP] = { CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		[DQ] = { CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
		[QINV] = { CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	CK_RV rv = CKR_OK;

	for (size_t i = N; rv == CKR_OK && i <= Q; i++)
		numbers->list[i] = read_number(template, count, rows[i].type, &rv);
	if (rv != CKR_OK)
		return rv;
	if (!complete_rsa(numbers))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t i = 0; i < NUMBERS_MAX; i++)
		if (!OSSL_PARAM_BLD_push_BN(numbers->build, rows[i].name, numbers->list[i]))
			return CKR_HOST_MEMORY;
	return CKR_OK;
}

/* ---- EC ---- */

/* The public point, which no template of a private key has. */
static bool push_point(struct numbers *numbers, const char *curve)
{
	CLEANUP(group_p) EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve));
	CLEANUP(point_p) EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	size_t len;

	if (!point || BN_is_zero(numbers->list[0]) ||
		BN_cmp(numbers->list[0], EC_GROUP_get0_order(group)) >= 0 ||
		EC_POINT_mul(group, point, numbers->list[0], NULL, NULL, NULL) != 1)
		return false;
	len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, numbers->point,
		sizeof(numbers->point), NULL);
	return len && OSSL_PARAM_BLD_push_octet_string(
			      numbers->build, OSSL_PKEY_PARAM_PUB_KEY, numbers->point, len);
}

static CK_RV read_ec(const CK_ATTRIBUTE *template, CK_ULONG count, struct numbers *numbers)
{
	CLEANUP(blob_clear) struct blob params = { 0 };
	const char *curve;
	CK_RV rv = attr_get_blob(template, count, CKA_EC_PARAMS, &params);

	if (rv == CKR_OK)
		numbers->list[0] = read_number(template, count, CKA_VALUE, &rv);
	if (rv != CKR_OK)
		return rv;
	curve = der_ec_curve(&params);
	if (!curve)
		return CKR_CURVE_NOT_SUPPORTED;
	if (!OSSL_PARAM_BLD_push_utf8_string(
		    numbers->build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) ||
		!OSSL_PARAM_BLD_push_BN(numbers->build, OSSL_PKEY_PARAM_PRIV_KEY, numbers->list[0]))
		return CKR_HOST_MEMORY;
	return push_point(numbers, curve) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* ---- both ---- */

/* A key whose halves do not belong together is none. */
static bool is_whole(const struct crypto *crypto, EVP_PKEY *key)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *check = NULL;

	check = EVP_PKEY_CTX_new_from_pkey(crypto_context(crypto), key, NULL);
	return check && EVP_PKEY_pairwise_check(check) == 1;
}

static EVP_PKEY *make_key(const struct crypto *crypto, const char *name, OSSL_PARAM *params)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;

	ctx = EVP_PKEY_CTX_new_from_name(crypto_context(crypto), name, NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		return NULL;
	if (!is_whole(crypto, key))
		crypto_pkey_p(&key);
	return key;
}

CK_RV private_key_read(const struct crypto *crypto, const CK_ATTRIBUTE *template, CK_ULONG count,
	unsigned *ret_bits, struct secret **ret_key)
{
	CLEANUP(numbers_clear) struct numbers numbers = { 0 };
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	CK_ULONG type = CK_UNAVAILABLE_INFORMATION;
	struct secret *secret;
	CK_RV rv = attr_get_ulong(template, count, CKA_KEY_TYPE, &type);

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	numbers.build = OSSL_PARAM_BLD_new();
	if (rv == CKR_OK && !numbers.build)
		rv = CKR_HOST_MEMORY;
	if (rv == CKR_OK)
		rv = type == CKK_RSA ? read_rsa(template, count, &numbers)
				     : read_ec(template, count, &numbers);
	if (rv != CKR_OK)
		return rv;
	numbers.params = OSSL_PARAM_BLD_to_param(numbers.build);
	key = numbers.params
		      ? make_key(crypto, type == CKK_RSA ? CRYPTO_RSA : CRYPTO_EC, numbers.params)
		      : NULL;
	if (!key)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	secret = soft_pkcs8_bytes(key);
	if (!secret)
		return CKR_HOST_MEMORY;
	*ret_bits = (unsigned)EVP_PKEY_get_bits(key);
	*ret_key = secret;
	return CKR_OK;
}

/* ---- of somebody else's ---- */

/* NULL: it does not parse, or something follows it that is no fill. */
static EVP_PKEY *decode(const struct crypto *crypto, const struct secret *bytes, size_t fill)
{
	CLEANUP(pkcs8_p) PKCS8_PRIV_KEY_INFO *info = NULL;
	const unsigned char *end = secret_bytes(bytes) + secret_len(bytes);
	const unsigned char *p = secret_bytes(bytes);

	if (secret_len(bytes) > PKCS8_LEN_MAX)
		return NULL;
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)secret_len(bytes));
	if (!info || (size_t)(end - p) >= fill)
		return NULL;
	for (; p < end; p++)
		if (*p)
			return NULL;
	return EVP_PKCS82PKEY_ex(info, crypto_context(crypto), NULL);
}

/* Two primes, or a curve that has a name here. */
static CK_RV check_kind(const EVP_PKEY *key, CK_KEY_TYPE type)
{
	char name[40];
	size_t len = 0;
	BIGNUM *third = NULL;

	if (!EVP_PKEY_is_a(key, type == CKK_RSA ? "RSA" : "EC"))
		return CKR_TEMPLATE_INCONSISTENT;
	if (type == CKK_RSA) {
		bool more = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR3, &third) == 1;

		BN_clear_free(third);
		return more ? CKR_WRAPPED_KEY_INVALID : CKR_OK;
	}
	if (EVP_PKEY_get_group_name(key, name, sizeof(name), &len) != 1 ||
		!der_curve_known(OBJ_sn2nid(name)))
		return CKR_CURVE_NOT_SUPPORTED;
	return CKR_OK;
}

CK_RV private_key_decode(const struct crypto *crypto, const struct secret *bytes, size_t fill,
	CK_KEY_TYPE type, unsigned *ret_bits, struct secret **ret_key)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	struct secret *secret;
	CK_RV rv;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	key = decode(crypto, bytes, fill);
	if (!key)
		return CKR_WRAPPED_KEY_INVALID;
	rv = check_kind(key, type);
	if (rv == CKR_OK && !is_whole(crypto, key))
		rv = CKR_WRAPPED_KEY_INVALID;
	if (rv != CKR_OK)
		return rv;
	secret = soft_pkcs8_bytes(key);
	if (!secret)
		return CKR_HOST_MEMORY;
	*ret_bits = (unsigned)EVP_PKEY_get_bits(key);
	*ret_key = secret;
	return CKR_OK;
}
