/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs from two templates: sizes, curves, names and uses, and each thing that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/token.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const CK_ULONG bits_1024 = 1024;
static CK_OBJECT_HANDLE public_key, private_key;

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))
#define MORE 3

struct wish {
	CK_MECHANISM_TYPE mechanism;
	CK_ATTRIBUTE public[MORE], private[MORE + 1]; /* the last says that it is the token's */
};

static CK_ULONG count(const CK_ATTRIBUTE *attrs)
{
	CK_ULONG n = 0;

	while (n < MORE && (attrs[n].type || attrs[n].pValue))
		n++;
	return n;
}

static CK_RV generate(CK_SESSION_HANDLE session, struct wish wish)
{
	CK_MECHANISM mech = { wish.mechanism, NULL, 0 };
	CK_ULONG more = count(wish.private);

	wish.private[more] = ATTR(CKA_TOKEN, yes);
	return p11->C_GenerateKeyPair(session, &mech, wish.public, count(wish.public), wish.private,
		more + 1, &public_key, &private_key);
}

#define RSA(...) generate(session, (struct wish){ CKM_RSA_PKCS_KEY_PAIR_GEN, __VA_ARGS__ })
#define EC(...) generate(session, (struct wish){ CKM_EC_KEY_PAIR_GEN, __VA_ARGS__ })
#define BITS ATTR(CKA_MODULUS_BITS, bits_1024)

static void sizes_at_and_beyond_the_tokens_limits(void **state)
{
	static const struct {
		CK_ULONG bits;
		CK_RV rv;
	} rows[] = { { 511, CKR_KEY_SIZE_RANGE }, { 512, CKR_OK }, { 2049, CKR_KEY_SIZE_RANGE },
		{ 0, CKR_KEY_SIZE_RANGE }, { ~0UL, CKR_KEY_SIZE_RANGE } };
	CK_SESSION_HANDLE session = p11_user(0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			RSA({ ATTR(CKA_MODULUS_BITS, rows[i].bits) }, { { 0 } }), rows[i].rv);
	assert_int_equal(RSA({ { 0 } }, { { 0 } }), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(RSA({ p11_attr(CKA_MODULUS_BITS, "\x04", 1) }, { { 0 } }),
		CKR_ATTRIBUTE_VALUE_INVALID);
}

static void only_the_usual_exponent(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);

	(void)state;
	assert_int_equal(
		RSA({ BITS, p11_attr(CKA_PUBLIC_EXPONENT, "\x01\x00\x01", 3) }, { { 0 } }), CKR_OK);
	assert_int_equal(RSA({ BITS, p11_attr(CKA_PUBLIC_EXPONENT, "\x03", 1) }, { { 0 } }),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(RSA({ BITS, p11_attr(CKA_PUBLIC_EXPONENT, "\x01\x00\x03", 3) }, { { 0 } }),
		CKR_ATTRIBUTE_VALUE_INVALID);
}

static void curves_are_those_of_the_token(void **state)
{
	static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	static const CK_BYTE p384[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 };
	static const CK_BYTE k256[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x0a };
	CK_SESSION_HANDLE session;

	(void)state;
	fake_set_curves(0, TOKEN_P256);
	session = p11_user(0);
	assert_int_equal(EC({ ATTR(CKA_EC_PARAMS, p256) }, { { 0 } }), CKR_OK);
	assert_int_equal(p11_bool(session, private_key, CKA_SIGN), CK_TRUE);
	assert_int_equal(p11_bool(session, private_key, CKA_DECRYPT), CK_FALSE);
	assert_int_equal(EC({ ATTR(CKA_EC_PARAMS, p384) }, { { 0 } }), CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(EC({ ATTR(CKA_EC_PARAMS, k256) }, { { 0 } }), CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(EC({ p11_attr(CKA_EC_PARAMS, p256, sizeof(p256) - 1) }, { { 0 } }),
		CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(
		EC({ p11_attr(CKA_EC_PARAMS, "", 0) }, { { 0 } }), CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(EC({ { 0 } }, { { 0 } }), CKR_TEMPLATE_INCOMPLETE);
}

static void names_come_from_either_template(void **state)
{
	static CK_BYTE id[TOKEN_ID_MAX + 1];
	static char label[TOKEN_LABEL_MAX + 2];
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE read[512];

	(void)state;
	memset(label, 'l', sizeof(label) - 1);
	memset(id, 'i', sizeof(id));
	assert_int_equal(RSA({ BITS, p11_attr(CKA_LABEL, "pub", 3), p11_attr(CKA_ID, "\x01", 1) },
				 { p11_attr(CKA_LABEL, "priv", 4), p11_attr(CKA_ID, "", 0) }),
		CKR_OK);
	assert_int_equal(p11_bytes(session, private_key, CKA_LABEL, read, sizeof(read)), 4);
	assert_int_equal(p11_bytes(session, public_key, CKA_ID, read, sizeof(read)), 1);
	assert_int_equal(RSA({ BITS }, { p11_attr(CKA_ID, id, TOKEN_ID_MAX + 1) }),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(RSA({ BITS }, { p11_attr(CKA_LABEL, label, TOKEN_LABEL_MAX + 1) }),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(
		RSA({ BITS }, { p11_attr(CKA_LABEL, "a\0b", 3) }), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(RSA({ BITS }, { p11_attr(CKA_ID, id, TOKEN_ID_MAX),
					       p11_attr(CKA_LABEL, label, TOKEN_LABEL_MAX) }),
		CKR_OK);
}

static void dates_are_kept_and_changed(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ATTRIBUTE later[] = { p11_attr(CKA_END_DATE, "20290630", 8),
		p11_attr(CKA_LABEL, "later", 5) };
	CK_ATTRIBUTE none = p11_attr(CKA_START_DATE, "", 0);
	CK_ATTRIBUTE bad[] = { p11_attr(CKA_END_DATE, "20291301", 8),
		p11_attr(CKA_END_DATE, "20290132", 8), p11_attr(CKA_END_DATE, "2029-1-1", 8),
		p11_attr(CKA_END_DATE, "2029", 4) };
	char read[16];

	(void)state;
	assert_int_equal(RSA({ BITS, p11_attr(CKA_END_DATE, "20281231", 8) },
				 { p11_attr(CKA_START_DATE, "20260101", 8),
					 p11_attr(CKA_END_DATE, "20271231", 8) }),
		CKR_OK);
	assert_int_equal(p11_bytes(session, private_key, CKA_START_DATE, read, 16), 8);
	assert_memory_equal(read, "20260101", 8);
	assert_int_equal(p11_bytes(session, public_key, CKA_START_DATE, read, 16), 0);
	assert_int_equal(p11_bytes(session, public_key, CKA_END_DATE, read, 16), 8);
	assert_memory_equal(read, "20281231", 8);
	assert_int_equal(p11->C_SetAttributeValue(session, private_key, later, 2), CKR_OK);
	assert_int_equal(p11_bytes(session, private_key, CKA_END_DATE, read, 16), 8);
	assert_memory_equal(read, "20290630", 8);
	assert_int_equal(p11_bytes(session, private_key, CKA_START_DATE, read, 16), 8);
	assert_int_equal(p11->C_SetAttributeValue(session, private_key, &none, 1), CKR_OK);
	assert_int_equal(p11_bytes(session, private_key, CKA_START_DATE, read, 16), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(p11->C_SetAttributeValue(session, private_key, &bad[i], 1),
			CKR_ATTRIBUTE_VALUE_INVALID);
		assert_int_equal(RSA({ BITS }, { bad[i] }), CKR_ATTRIBUTE_VALUE_INVALID);
	}
}

static void what_a_key_on_a_token_cannot_be_is_refused(void **state)
{
	static const CK_OBJECT_CLASS data = CKO_DATA;
	static const CK_KEY_TYPE ec = CKK_EC;
	CK_SESSION_HANDLE session = p11_user(0);

	(void)state;
	assert_int_equal(RSA({ BITS }, { ATTR(CKA_SENSITIVE, no) }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(RSA({ BITS }, { ATTR(CKA_EXTRACTABLE, yes) }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(
		RSA({ BITS, ATTR(CKA_CLASS, data) }, { { 0 } }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(RSA({ BITS }, { ATTR(CKA_KEY_TYPE, ec) }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(RSA({ BITS }, { ATTR(CKA_LOCAL, yes) }), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(
		RSA({ BITS }, { p11_attr(CKA_SIGN, "\x01\x01", 2) }), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(RSA({ BITS }, { p11_attr(0x4711, "x", 1) }), CKR_ATTRIBUTE_TYPE_INVALID);
}

static void a_card_pulled_out_meanwhile_is_told(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);

	(void)state;
	fake_fault(0, 2, false);
	CK_RV rv = RSA({ BITS }, { { 0 } });
	assert_true(rv == CKR_DEVICE_REMOVED || rv == CKR_DEVICE_ERROR);
	CK_SESSION_INFO info;
	assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sizes_at_and_beyond_the_tokens_limits),
		TEST(only_the_usual_exponent),
		TEST(curves_are_those_of_the_token),
		TEST(names_come_from_either_template),
		TEST(dates_are_kept_and_changed),
		TEST(what_a_key_on_a_token_cannot_be_is_refused),
		TEST(a_card_pulled_out_meanwhile_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
