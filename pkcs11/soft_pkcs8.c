/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys from and to PrivateKeyInfo (PKCS#8): RSAPrivateKey of RFC 8017, ECPrivateKey of
 * RFC 5915. Others go OpenSSL's way. */
#include "soft_pkcs8.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"

#include "cardos/secret.h"

#define NUMBER_MAX 2048 /* bytes of the largest number in a key */
#define SCALAR_MAX 66   /* bytes, P-521 */
#define POINT_MAX (1 + 2 * SCALAR_MAX)
#define GROUP_NAME_MAX 64

static void bn_p(BIGNUM **bn)
{
	BN_clear_free(*bn);
}

static void info_p(PKCS8_PRIV_KEY_INFO **info)
{
	PKCS8_PRIV_KEY_INFO_free(*info);
}

static void group_p(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void point_p(EC_POINT **point)
{
	EC_POINT_clear_free(*point);
}

/* ---- reading an EC key ---- */

/* The contents of the next element; *at is set behind it. NULL: it is another one. */
static const uint8_t *next(const uint8_t **at, const uint8_t *end, int wanted, long *ret_len)
{
	const uint8_t *body = *at;
	int tag;
	int class;
	int form = ASN1_get_object(&body, ret_len, &tag, &class, end - *at);

	if ((form & ~V_ASN1_CONSTRUCTED) || class != V_ASN1_UNIVERSAL || tag != wanted)
		return NULL;
	*at = body + *ret_len;
	return body;
}

/* The scalar of an ECPrivateKey, where it lies. */
static const uint8_t *find_scalar(const uint8_t *der, long len, long *ret_len)
{
	const uint8_t *end = der + len;
	const uint8_t *at = next(&der, end, V_ASN1_SEQUENCE, &len);
	const uint8_t *version;

	if (!at)
		return NULL;
	end = at + len;
	version = next(&at, end, V_ASN1_INTEGER, &len);
	if (!version || len != 1 || *version != 1)
		return NULL;
	at = next(&at, end, V_ASN1_OCTET_STRING, ret_len);
	return at && *ret_len <= SCALAR_MAX ? at : NULL;
}

static bool point_of(
	const EC_GROUP *group, const BIGNUM *scalar, uint8_t *ret_point, size_t *ret_len)
{
	CLEANUP(point_p) EC_POINT *point = EC_POINT_new(group);

	if (!point || BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0 ||
		EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) != 1)
		return false;
	*ret_len = EC_POINT_point2oct(
		group, point, POINT_CONVERSION_UNCOMPRESSED, ret_point, POINT_MAX, NULL);
	return *ret_len > 0;
}

static EVP_PKEY *build_ec(const struct crypto *crypto, const EC_GROUP *group, const BIGNUM *scalar)
{
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(secret_free_p) struct secret *native = secret_new_empty(SCALAR_MAX);
	char name[GROUP_NAME_MAX];
	uint8_t point[POINT_MAX];
	size_t len = 0;
	EVP_PKEY *key = NULL;

	if (!native || !point_of(group, scalar, point, &len) ||
		BN_bn2nativepad(scalar, secret_bytes_mut(native), SCALAR_MAX) < 0)
		return NULL;
	snprintf(name, sizeof(name), "%s", OBJ_nid2sn(EC_GROUP_get_curve_name(group)));
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
		OSSL_PARAM_construct_BN(
			OSSL_PKEY_PARAM_PRIV_KEY, secret_bytes_mut(native), SCALAR_MAX),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, len),
		OSSL_PARAM_construct_end(),
	};
	ctx = EVP_PKEY_CTX_new_from_name(crypto_context(crypto), CRYPTO_EC, NULL);
	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	return key;
}

/* false: not a key on a curve with a name. *ret_key may still be NULL: it is no good one. */
static bool open_ec(
	const struct crypto *crypto, const PKCS8_PRIV_KEY_INFO *info, EVP_PKEY **ret_key)
{
	CLEANUP(group_p) EC_GROUP *group = NULL;
	CLEANUP(bn_p) BIGNUM *scalar = BN_secure_new();
	const ASN1_OBJECT *kind = NULL;
	const X509_ALGOR *algorithm = NULL;
	const void *curve = NULL;
	const unsigned char *der = NULL;
	int type = V_ASN1_UNDEF;
	int der_len = 0;
	long len = 0;

	if (PKCS8_pkey_get0(&kind, &der, &der_len, &algorithm, info) != 1 ||
		OBJ_obj2nid(kind) != NID_X9_62_id_ecPublicKey)
		return false;
	X509_ALGOR_get0(NULL, &type, &curve, algorithm);
	der = find_scalar(der, der_len, &len);
	if (!scalar || !der || type != V_ASN1_OBJECT || !BN_bin2bn(der, (int)len, scalar))
		return false;
	group = EC_GROUP_new_by_curve_name_ex(crypto_context(crypto), NULL, OBJ_obj2nid(curve));
	if (group)
		*ret_key = build_ec(crypto, group, scalar);
	return group != NULL;
}

EVP_PKEY *soft_pkcs8_open(const struct crypto *crypto, const PKCS8_PRIV_KEY_INFO *info)
{
	EVP_PKEY *key = NULL;

	if (!open_ec(crypto, info, &key))
		key = EVP_PKCS82PKEY_ex(info, crypto_context(crypto), NULL);
	return key;
}

/* ---- writing ---- */

BIGNUM *soft_pkcs8_number(const EVP_PKEY *key, const char *name)
{
	CLEANUP(secret_free_p) struct secret *native = secret_new_empty(NUMBER_MAX);
	BIGNUM *number = BN_secure_new();

	if (!native || !number)
		return NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_BN(name, secret_bytes_mut(native), NUMBER_MAX),
		OSSL_PARAM_construct_end(),
	};
	if (EVP_PKEY_get_params(key, params) == 1 && OSSL_PARAM_modified(params) &&
		BN_native2bn(secret_bytes(native), (int)params[0].return_size, number))
		return number;
	BN_clear_free(number);
	return NULL;
}

static int integer_len(const BIGNUM *number)
{
	return BN_num_bits(number) / 8 + 1; /* the first bit is the sign's */
}

static void put_integer(unsigned char **at, const BIGNUM *number)
{
	int len = integer_len(number);

	ASN1_put_object(at, 0, len, V_ASN1_INTEGER, V_ASN1_UNIVERSAL);
	(void)BN_bn2binpad(number, *at, len);
	*at += len;
}

/* OpenSSL's own memory, as PKCS8_pkey_set0() wants it. */
static unsigned char *put_head(int body, int *ret_len, unsigned char **ret_at)
{
	unsigned char *der;

	*ret_len = ASN1_object_size(1, body, V_ASN1_SEQUENCE);
	der = *ret_len > 0 ? OPENSSL_malloc((size_t)*ret_len) : NULL;
	*ret_at = der;
	if (der)
		ASN1_put_object(ret_at, 1, body, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	return der;
}

static PKCS8_PRIV_KEY_INFO *wrap(
	int nid, int parameter_type, void *parameter, unsigned char *der, int len)
{
	PKCS8_PRIV_KEY_INFO *info = der ? PKCS8_PRIV_KEY_INFO_new() : NULL;

	if (info && PKCS8_pkey_set0(
			    info, OBJ_nid2obj(nid), 0, parameter_type, parameter, der, len) == 1)
		return info;
	OPENSSL_clear_free(der, der ? (size_t)len : 0);
	PKCS8_PRIV_KEY_INFO_free(info);
	return NULL;
}

#define RSA_NUMBERS 8

static PKCS8_PRIV_KEY_INFO *rsa_info(BIGNUM *const numbers[RSA_NUMBERS])
{
	CLEANUP(bn_p) BIGNUM *version = BN_new();
	unsigned char *der;
	unsigned char *at;
	int body = 3;
	int len;

	if (!version)
		return NULL;
	for (int i = 0; i < RSA_NUMBERS; i++)
		body += ASN1_object_size(0, integer_len(numbers[i]), V_ASN1_INTEGER);
	der = put_head(body, &len, &at);
	if (der)
		put_integer(&at, version);
	for (int i = 0; der && i < RSA_NUMBERS; i++)
		put_integer(&at, numbers[i]);
	return wrap(NID_rsaEncryption, V_ASN1_NULL, NULL, der, len);
}

/* NULL: no plain RSA key of two primes. */
static PKCS8_PRIV_KEY_INFO *rsa_of(const EVP_PKEY *key)
{
	static const char *const names[RSA_NUMBERS] = { OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	CLEANUP(bn_p) BIGNUM *third = soft_pkcs8_number(key, OSSL_PKEY_PARAM_RSA_FACTOR3);
	BIGNUM *numbers[RSA_NUMBERS] = { 0 };
	PKCS8_PRIV_KEY_INFO *info;
	bool whole = !third;

	for (int i = 0; whole && i < RSA_NUMBERS; i++)
		whole = (numbers[i] = soft_pkcs8_number(key, names[i])) != NULL;
	info = whole ? rsa_info(numbers) : NULL;
	for (int i = 0; i < RSA_NUMBERS; i++)
		BN_clear_free(numbers[i]);
	return info;
}

static PKCS8_PRIV_KEY_INFO *ec_info(
	int curve, const BIGNUM *scalar, int scalar_len, const uint8_t *point, int point_len)
{
	int bits = ASN1_object_size(0, 1 + point_len, V_ASN1_BIT_STRING);
	int body = 3 + ASN1_object_size(0, scalar_len, V_ASN1_OCTET_STRING) +
		   ASN1_object_size(1, bits, 1);
	unsigned char *at;
	int len;
	unsigned char *der = put_head(body, &len, &at);

	if (!der)
		return NULL;
	put_integer(&at, BN_value_one());
	ASN1_put_object(&at, 0, scalar_len, V_ASN1_OCTET_STRING, V_ASN1_UNIVERSAL);
	(void)BN_bn2binpad(scalar, at, scalar_len);
	at += scalar_len;
	ASN1_put_object(&at, 1, bits, 1, V_ASN1_CONTEXT_SPECIFIC);
	ASN1_put_object(&at, 0, 1 + point_len, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL);
	*at++ = 0; /* bits unused at the end */
	memcpy(at, point, (size_t)point_len);
	return wrap(NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, OBJ_nid2obj(curve), der, len);
}

/* NULL: no EC key on a curve with a name. */
static PKCS8_PRIV_KEY_INFO *ec_of(const EVP_PKEY *key)
{
	CLEANUP(bn_p) BIGNUM *scalar = soft_pkcs8_number(key, OSSL_PKEY_PARAM_PRIV_KEY);
	int scalar_len = (EVP_PKEY_get_bits(key) + 7) / 8;
	char name[GROUP_NAME_MAX];
	uint8_t point[POINT_MAX];
	size_t len = 0;
	int curve;

	if (!scalar || EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1 ||
		EVP_PKEY_get_octet_string_param(
			key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len) != 1)
		return NULL;
	curve = OBJ_txt2nid(name);
	return curve != NID_undef && BN_num_bytes(scalar) <= scalar_len
		       ? ec_info(curve, scalar, scalar_len, point, (int)len)
		       : NULL;
}

PKCS8_PRIV_KEY_INFO *soft_pkcs8_of(const EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY_is_a(key, "RSA")  ? rsa_of(key)
				    : EVP_PKEY_is_a(key, "EC") ? ec_of(key)
							       : NULL;

	return info ? info : EVP_PKEY2PKCS8(key);
}

EVP_PKEY *soft_pkcs8_read(const struct crypto *crypto, const struct secret *bytes)
{
	CLEANUP(info_p) PKCS8_PRIV_KEY_INFO *info = NULL;
	const unsigned char *p = secret_bytes(bytes);

	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)secret_len(bytes));
	return info ? soft_pkcs8_open(crypto, info) : NULL;
}

struct secret *soft_pkcs8_bytes(const EVP_PKEY *key)
{
	CLEANUP(info_p) PKCS8_PRIV_KEY_INFO *info = soft_pkcs8_of(key);
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
	struct secret *bytes = len > 0 ? secret_new_empty((size_t)len) : NULL;
	unsigned char *p = bytes ? secret_bytes_mut(bytes) : NULL;

	if (bytes && i2d_PKCS8_PRIV_KEY_INFO(info, &p) != len)
		bytes = secret_free(bytes);
	return bytes;
}
