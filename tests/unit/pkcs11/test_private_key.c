/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys out of templates: whole ones, and those that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "p11.h"
#include "pkcs11/crypto.h"
#include "pkcs11/private_key.h"

#include "cardos/secret.h"

#define NUMBERS 5

static struct crypto *crypto;
static EVP_PKEY *rsa;
static CK_BYTE numbers[NUMBERS][256];
static CK_ATTRIBUTE rsa_template[NUMBERS + 1];
static const CK_KEY_TYPE rsa_type = CKK_RSA;
static const CK_KEY_TYPE ec_type = CKK_EC;
static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static const CK_BYTE p192[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1 };

static int make(void **state)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *name;
	} rows[NUMBERS] = {
		{ CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N },
		{ CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E },
		{ CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D },
		{ CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2 },
	};

	(void)state;
	crypto = crypto_new();
	rsa = EVP_RSA_gen(1024);
	if (!crypto || !rsa)
		return -1;
	for (int i = 0; i < NUMBERS; i++) {
		BIGNUM *n = NULL;

		EVP_PKEY_get_bn_param(rsa, rows[i].name, &n);
		rsa_template[i] = p11_attr(rows[i].type, numbers[i], (CK_ULONG)BN_num_bytes(n));
		BN_bn2bin(n, numbers[i]);
		BN_free(n);
	}
	rsa_template[NUMBERS] = p11_attr(CKA_KEY_TYPE, &rsa_type, sizeof(rsa_type));
	return 0;
}

static int clear(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	crypto_free(crypto);
	return 0;
}

/* The answer; whole keys are compared with key (may be NULL). */
static CK_RV read_key(
	const CK_ATTRIBUTE *template, CK_ULONG count, const EVP_PKEY *key, unsigned want_bits)
{
	struct secret *secret = NULL;
	unsigned bits = 0;
	CK_RV rv = private_key_read(crypto, template, count, &bits, &secret);

	if (rv == CKR_OK) {
		const unsigned char *p = secret_bytes(secret);
		EVP_PKEY *got = d2i_AutoPrivateKey(NULL, &p, (long)secret_len(secret));

		assert_non_null(got);
		assert_int_equal(bits, want_bits);
		if (key)
			assert_int_equal(EVP_PKEY_eq(got, key), 1);
		EVP_PKEY_free(got);
	} else {
		assert_null(secret);
	}
	secret_free(secret);
	return rv;
}

static void an_rsa_key_comes_from_its_numbers(void **state)
{
	(void)state;
	assert_int_equal(read_key(rsa_template, NUMBERS + 1, rsa, 1024), CKR_OK);
	/* each number is needed */
	for (int i = 0; i < NUMBERS; i++) {
		CK_ATTRIBUTE less[NUMBERS + 1];

		memcpy(less, rsa_template, sizeof(less));
		less[i].type = CKA_LABEL;
		assert_int_equal(read_key(less, NUMBERS + 1, NULL, 0), CKR_TEMPLATE_INCOMPLETE);
	}
}

static void numbers_that_do_not_fit_are_no_key(void **state)
{
	(void)state;
	for (int i = 0; i < NUMBERS; i++) {
		CK_ATTRIBUTE bad[NUMBERS + 1];
		CK_BYTE wrong[256];
		CK_BYTE zero = 0;

		memcpy(bad, rsa_template, sizeof(bad));
		memcpy(wrong, numbers[i], sizeof(wrong));
		wrong[bad[i].ulValueLen - 1] ^= 2;
		bad[i].pValue = wrong;
		assert_int_equal(read_key(bad, NUMBERS + 1, NULL, 0), CKR_ATTRIBUTE_VALUE_INVALID);
		bad[i] = p11_attr(bad[i].type, &zero, 1);
		assert_int_equal(read_key(bad, NUMBERS + 1, NULL, 0), CKR_ATTRIBUTE_VALUE_INVALID);
	}
}

static void an_ec_key_comes_from_curve_and_number(void **state)
{
	CK_BYTE value[33] = { [31] = 7 };
	CK_ATTRIBUTE template[] = {
		p11_attr(CKA_KEY_TYPE, &ec_type, sizeof(ec_type)),
		p11_attr(CKA_EC_PARAMS, p256, sizeof(p256)),
		p11_attr(CKA_VALUE, value, 32),
	};

	(void)state;
	assert_int_equal(read_key(template, 3, NULL, 256), CKR_OK);
	assert_int_equal(read_key(template, 2, NULL, 0), CKR_TEMPLATE_INCOMPLETE);
	value[31] = 0;
	assert_int_equal(read_key(template, 3, NULL, 0), CKR_ATTRIBUTE_VALUE_INVALID);
	memset(value, 0xFF, sizeof(value)); /* beyond the order */
	assert_int_equal(read_key(template, 3, NULL, 0), CKR_ATTRIBUTE_VALUE_INVALID);
	value[0] = 1;
	template[1] = p11_attr(CKA_EC_PARAMS, p192, sizeof(p192));
	assert_int_equal(read_key(template, 3, NULL, 0), CKR_CURVE_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_rsa_key_comes_from_its_numbers),
		cmocka_unit_test(numbers_that_do_not_fit_are_no_key),
		cmocka_unit_test(an_ec_key_comes_from_curve_and_number),
	};

	return cmocka_run_group_tests(tests, make, clear);
}
