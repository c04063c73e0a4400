/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys from a template: numbers that are a key, uses as they were said, nothing made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "p11.h"
#include "pkcs11/token.h"

static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
static const CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC, aes = CKK_AES;
static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static CK_OBJECT_HANDLE made;

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))
#define CREATE(session, ...)                                                                       \
	p11->C_CreateObject(session, (CK_ATTRIBUTE[]){ ATTR(CKA_CLASS, class), __VA_ARGS__ },      \
		sizeof((CK_ATTRIBUTE[]){ ATTR(CKA_CLASS, class), __VA_ARGS__ }) /                  \
			sizeof(CK_ATTRIBUTE),                                                      \
		&made)

static CK_BYTE modulus[256];

static CK_SESSION_HANDLE open_with_modulus(void)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);

	p11_bytes(session, p11_object(session, CKO_PUBLIC_KEY), CKA_MODULUS, modulus,
		sizeof(modulus));
	return session;
}

static void an_rsa_key_is_its_two_numbers(void **state)
{
	static const CK_BYTE f4[] = { 1, 0, 1 };
	CK_SESSION_HANDLE session = open_with_modulus();
	CK_BYTE padded[258] = { 0 };

	(void)state;
	memcpy(padded + 2, modulus, sizeof(modulus));
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_MODULUS, modulus),
				 ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_OK);
	assert_int_equal(p11_ulong(session, made, CKA_MODULUS_BITS), 2048);
	assert_int_equal(p11_bool(session, made, CKA_VERIFY), CK_TRUE);
	assert_int_equal(p11_bool(session, made, CKA_ENCRYPT), CK_TRUE);
	assert_int_equal(p11_bool(session, made, CKA_WRAP), CK_FALSE);
	/* leading zeros are no part of a number */
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_MODULUS, padded),
				 ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_OK);
	assert_int_equal(p11_ulong(session, made, CKA_MODULUS_BITS), 2048);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_MODULUS, modulus)),
		CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), p11_attr(CKA_MODULUS, "", 0),
				 ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_TEMPLATE_INCOMPLETE);
}

/* Longer than any key that the module computes with. */
static void a_modulus_without_end_is_refused(void **state)
{
	static CK_BYTE large[TOKEN_RSA_MAX + 1];
	static const CK_BYTE f4[] = { 1, 0, 1 };
	CK_SESSION_HANDLE session = p11_open(0, 0);

	(void)state;
	memset(large, 0xFF, sizeof(large));
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_MODULUS, large),
				 ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(
		CREATE(session, ATTR(CKA_KEY_TYPE, rsa),
			p11_attr(CKA_MODULUS, large, TOKEN_RSA_MAX), ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_OK);
}

static void an_ec_key_is_a_point_on_its_curve(void **state)
{
	static const CK_BYTE k256[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x0a };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_BYTE point[67] = { 4, 65 };
	size_t len = 0;

	(void)state;
	assert_int_equal(
		EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point + 2, 65, &len), 1);
	assert_int_equal(len, 65);
	EVP_PKEY_free(key);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, p256),
				 ATTR(CKA_EC_POINT, point)),
		CKR_OK);
	assert_int_equal(p11_bool(session, made, CKA_VERIFY), CK_TRUE);
	assert_int_equal(p11_bool(session, made, CKA_ENCRYPT), CK_FALSE);
	/* bare, as some programs give it */
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, p256),
				 p11_attr(CKA_EC_POINT, point + 2, 65)),
		CKR_OK);
	point[40] ^= 1; /* beside the curve */
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, p256),
				 ATTR(CKA_EC_POINT, point)),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, k256),
				 ATTR(CKA_EC_POINT, point)),
		CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, p256),
				 p11_attr(CKA_EC_POINT, point, 20)),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, ec), ATTR(CKA_EC_PARAMS, p256)),
		CKR_TEMPLATE_INCOMPLETE);
}

static void uses_are_as_they_were_said(void **state)
{
	static const CK_BYTE f4[] = { 1, 0, 1 };
	CK_SESSION_HANDLE session = open_with_modulus();

	(void)state;
	assert_int_equal(
		CREATE(session, ATTR(CKA_KEY_TYPE, rsa), ATTR(CKA_MODULUS, modulus),
			ATTR(CKA_PUBLIC_EXPONENT, f4), ATTR(CKA_VERIFY, no), ATTR(CKA_WRAP, yes)),
		CKR_OK);
	assert_int_equal(p11_bool(session, made, CKA_VERIFY), CK_FALSE);
	assert_int_equal(p11_bool(session, made, CKA_ENCRYPT), CK_TRUE);
	assert_int_equal(p11_bool(session, made, CKA_WRAP), CK_TRUE);
	assert_int_equal(CREATE(session, ATTR(CKA_KEY_TYPE, aes), ATTR(CKA_MODULUS, modulus),
				 ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(CREATE(session, ATTR(CKA_MODULUS, modulus), ATTR(CKA_PUBLIC_EXPONENT, f4)),
		CKR_TEMPLATE_INCOMPLETE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_rsa_key_is_its_two_numbers),
		TEST(a_modulus_without_end_is_refused),
		TEST(an_ec_key_is_a_point_on_its_curve),
		TEST(uses_are_as_they_were_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
