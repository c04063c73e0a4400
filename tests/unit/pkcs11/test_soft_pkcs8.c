/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_pkcs8.c: keys go to PrivateKeyInfo and back, as OpenSSL would have them. */
#include "soft_pkcs8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"

static int setup(void **state)
{
	*state = crypto_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	crypto_free(*state);
	return 0;
}

static EVP_PKEY *make(const struct crypto *crypto, const char *type, const char *detail)
{
	EVP_PKEY *key =
		strcmp(type, "RSA") == 0
			? EVP_PKEY_Q_keygen(crypto_context(crypto), NULL, type, (size_t)2048)
			: EVP_PKEY_Q_keygen(crypto_context(crypto), NULL, type, detail);

	assert_non_null(key);
	return key;
}

static EVP_PKEY *make_with(const struct crypto *crypto, const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(crypto_context(crypto), type, NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_params(ctx, params), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static int encode(const PKCS8_PRIV_KEY_INFO *info, unsigned char **ret_der)
{
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, ret_der);

	assert_true(len > 0);
	return len;
}

/* Byte for byte what OpenSSL writes; and what is read is the same pair. */
static void there_and_back(const struct crypto *crypto, EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *theirs = EVP_PKEY2PKCS8(key);
	PKCS8_PRIV_KEY_INFO *ours = soft_pkcs8_of(key);
	unsigned char *theirs_der = NULL;
	unsigned char *ours_der = NULL;
	EVP_PKEY *back;
	int len;

	assert_non_null(ours);
	len = encode(theirs, &theirs_der);
	assert_int_equal(encode(ours, &ours_der), len);
	assert_memory_equal(ours_der, theirs_der, (size_t)len);
	back = soft_pkcs8_open(crypto, theirs);
	assert_non_null(back);
	assert_int_equal(EVP_PKEY_eq(back, key), 1);
	EVP_PKEY_free(back);
	EVP_PKEY_free(key);
	OPENSSL_free(theirs_der);
	OPENSSL_free(ours_der);
	PKCS8_PRIV_KEY_INFO_free(theirs);
	PKCS8_PRIV_KEY_INFO_free(ours);
}

static void usual_keys_go_there_and_back(void **state)
{
	there_and_back(*state, make(*state, "RSA", NULL));
	there_and_back(*state, make(*state, "EC", "P-256"));
	there_and_back(*state, make(*state, "EC", "P-384"));
	there_and_back(*state, make(*state, "EC", "P-521"));
	there_and_back(*state, make(*state, "EC", "secp256k1"));
}

/* A scalar that begins with zeros keeps its length. */
static void short_scalars_keep_their_length(void **state)
{
	static const uint8_t der[] = { 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 };
	PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
	unsigned char *copy = OPENSSL_memdup(der, sizeof(der));

	assert_int_equal(
		PKCS8_pkey_set0(info, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), 0, V_ASN1_OBJECT,
			OBJ_nid2obj(NID_X9_62_prime256v1), copy, sizeof(der)),
		1);
	there_and_back(*state, soft_pkcs8_open(*state, info));
	PKCS8_PRIV_KEY_INFO_free(info);
}

static void other_keys_go_openssls_way(void **state)
{
	size_t bits = 2048;
	size_t primes = 3;
	char group[] = "P-256";
	char encoding[] = OSSL_PKEY_EC_ENCODING_EXPLICIT;
	OSSL_PARAM three[] = {
		OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits),
		OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_PRIMES, &primes),
		OSSL_PARAM_construct_end(),
	};
	OSSL_PARAM spelled_out[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, encoding, 0),
		OSSL_PARAM_construct_end(),
	};
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *key;

	there_and_back(*state, make(*state, "ED25519", NULL));
	there_and_back(*state, make_with(*state, "RSA", three));
	/* it is a curve with a name all the same, and comes back as such */
	key = make_with(*state, "EC", spelled_out);
	info = EVP_PKEY2PKCS8(key);
	EVP_PKEY *back = soft_pkcs8_open(*state, info);
	assert_non_null(back);
	assert_int_equal(EVP_PKEY_eq(back, key), 1);
	EVP_PKEY_free(back);
	EVP_PKEY_free(key);
	PKCS8_PRIV_KEY_INFO_free(info);
}

/* Every cut and every changed byte of an EC key: a key, or none; no byte beyond is read. */
static void broken_ec_keys_do_no_harm(void **state)
{
	EVP_PKEY *key = make(*state, "EC", "P-256");
	PKCS8_PRIV_KEY_INFO *info = soft_pkcs8_of(key);
	const unsigned char *der = NULL;
	int len = 0;

	assert_int_equal(PKCS8_pkey_get0(NULL, &der, &len, NULL, info), 1);
	for (int i = 0; i < 2 * len; i++) {
		int cut = i < len ? i : len;
		unsigned char *part = OPENSSL_memdup(der, cut ? (size_t)cut : 1);
		PKCS8_PRIV_KEY_INFO *broken = PKCS8_PRIV_KEY_INFO_new();

		if (i >= len)
			part[i - len] ^= 0x81;
		assert_int_equal(
			PKCS8_pkey_set0(broken, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), 0,
				V_ASN1_OBJECT, OBJ_nid2obj(NID_X9_62_prime256v1), part, cut),
			1);
		EVP_PKEY_free(soft_pkcs8_open(*state, broken));
		PKCS8_PRIV_KEY_INFO_free(broken);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
}

/* Zero, and the order of the curve. */
static void scalars_out_of_range_are_no_keys(void **state)
{
	static const uint8_t order[32] = { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3,
		0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51 };
	static const uint8_t head[] = { 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20 };

	for (int i = 0; i < 2; i++) {
		PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
		unsigned char *der = OPENSSL_zalloc(sizeof(head) + sizeof(order));

		memcpy(der, head, sizeof(head));
		if (i)
			memcpy(der + sizeof(head), order, sizeof(order));
		assert_int_equal(PKCS8_pkey_set0(info, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), 0,
					 V_ASN1_OBJECT, OBJ_nid2obj(NID_X9_62_prime256v1), der,
					 sizeof(head) + sizeof(order)),
			1);
		assert_null(soft_pkcs8_open(*state, info));
		PKCS8_PRIV_KEY_INFO_free(info);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_keys_go_there_and_back),
		cmocka_unit_test(short_scalars_keep_their_length),
		cmocka_unit_test(other_keys_go_openssls_way),
		cmocka_unit_test(broken_ec_keys_do_no_harm),
		cmocka_unit_test(scalars_out_of_range_are_no_keys),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
