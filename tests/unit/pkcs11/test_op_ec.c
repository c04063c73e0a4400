/* SPDX-License-Identifier: Apache-2.0 */
/* EC keys: generation, attributes, ECDSA over a digest and with each hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/token.h"

static CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static CK_BYTE p384[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 };
static CK_BYTE p521[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x23 };

struct pair {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public, private;
};

static int ec_setup(void **state)
{
	p11_setup(state);
	fake_set_curves(0, TOKEN_P256 | TOKEN_P384 | TOKEN_P521);
	return 0;
}

static CK_RV generate(struct pair *pair, CK_BYTE *oid, CK_ULONG len)
{
	CK_MECHANISM mech = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_BYTE id = 9;
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, oid, len }, { CKA_ID, &id, 1 } };
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 }, { CKA_ID, &id, 1 } };

	pair->session = p11_user(0);
	return p11->C_GenerateKeyPair(pair->session, &mech, public, len ? 2 : 0, private, 2,
		&pair->public, &pair->private);
}

static void round_trip(const struct pair *pair, CK_MECHANISM_TYPE type, CK_ULONG len, CK_ULONG want)
{
	CK_MECHANISM mech = { type, NULL, 0 };
	CK_BYTE data[64] = "what is signed";
	CK_BYTE signature[140];
	CK_ULONG got = sizeof(signature);

	assert_int_equal(p11->C_SignInit(pair->session, &mech, pair->private), CKR_OK);
	assert_int_equal(p11->C_Sign(pair->session, data, len, signature, &got), CKR_OK);
	assert_int_equal(got, want);
	assert_int_equal(p11->C_VerifyInit(pair->session, &mech, pair->public), CKR_OK);
	assert_int_equal(p11->C_Verify(pair->session, data, len, signature, got), CKR_OK);
	signature[got - 1] ^= 1;
	assert_int_equal(p11->C_VerifyInit(pair->session, &mech, pair->public), CKR_OK);
	assert_int_equal(
		p11->C_Verify(pair->session, data, len, signature, got), CKR_SIGNATURE_INVALID);
	assert_int_equal(p11->C_VerifyInit(pair->session, &mech, pair->public), CKR_OK);
	assert_int_equal(p11->C_Verify(pair->session, data, len, signature, got - 1),
		CKR_SIGNATURE_LEN_RANGE);
}

static void each_curve_signs_with_each_hash(void **state)
{
	static const struct {
		CK_BYTE *oid;
		CK_ULONG len, signature;
	} curves[] = { { p256, sizeof(p256), 64 }, { p384, sizeof(p384), 96 },
		{ p521, sizeof(p521), 132 } };
	static const CK_MECHANISM_TYPE types[] = { CKM_ECDSA_SHA1, CKM_ECDSA_SHA224,
		CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA512, CKM_ECDSA_SHA3_224,
		CKM_ECDSA_SHA3_256, CKM_ECDSA_SHA3_384, CKM_ECDSA_SHA3_512 };

	for (size_t c = 0; c < 3; c++) {
		struct pair pair;

		assert_int_equal(generate(&pair, curves[c].oid, curves[c].len), CKR_OK);
		round_trip(&pair, CKM_ECDSA, 32, curves[c].signature);
		round_trip(&pair, CKM_ECDSA, 64, curves[c].signature); /* cut to the field */
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			round_trip(&pair, types[i], 14, curves[c].signature);
		p11->C_CloseSession(pair.session);
	}
	(void)state;
}

static void attributes_tell_curve_and_point(void **state)
{
	struct pair pair;
	CK_BYTE bytes[140];
	CK_ATTRIBUTE bits = { CKA_MODULUS_BITS, bytes, sizeof(bytes) };

	(void)state;
	assert_int_equal(generate(&pair, p256, sizeof(p256)), CKR_OK);
	assert_int_equal(p11_ulong(pair.session, pair.private, CKA_KEY_TYPE), CKK_EC);
	assert_int_equal(
		p11_ulong(pair.session, pair.private, CKA_KEY_GEN_MECHANISM), CKM_EC_KEY_PAIR_GEN);
	assert_int_equal(p11_bytes(pair.session, pair.private, CKA_EC_PARAMS, bytes, 140), 10);
	assert_memory_equal(bytes, p256, 10);
	assert_int_equal(p11_bytes(pair.session, pair.public, CKA_EC_POINT, bytes, 140), 67);
	assert_memory_equal(bytes, "\x04\x41\x04", 3);
	assert_int_equal(p11->C_GetAttributeValue(pair.session, pair.public, &bits, 1),
		CKR_ATTRIBUTE_TYPE_INVALID);
}

static void wrong_curves_and_keys_are_refused(void **state)
{
	struct pair pair;
	CK_BYTE unknown[] = { 6, 1, 0x2a };
	CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_MECHANISM_INFO info;

	(void)state;
	assert_int_equal(generate(&pair, unknown, sizeof(unknown)), CKR_CURVE_NOT_SUPPORTED);
	p11->C_CloseSession(pair.session);
	assert_int_equal(generate(&pair, NULL, 0), CKR_TEMPLATE_INCOMPLETE);
	p11->C_CloseSession(pair.session);
	assert_int_equal(generate(&pair, p384, sizeof(p384)), CKR_OK);
	assert_int_equal(
		p11->C_SignInit(pair.session, &rsa, pair.private), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_ECDSA, &info), CKR_OK);
	assert_int_equal(info.ulMinKeySize, 256);
	assert_int_equal(info.ulMaxKeySize, 521);
}

static void a_token_without_curves_has_no_ec(void **state)
{
	CK_MECHANISM_INFO info;

	(void)state;
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_ECDSA, &info), CKR_MECHANISM_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ec_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_curve_signs_with_each_hash),
		TEST(attributes_tell_curve_and_point),
		TEST(wrong_curves_and_keys_are_refused),
		cmocka_unit_test_setup_teardown(
			a_token_without_curves_has_no_ec, p11_setup, p11_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
