/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of objects, EC public keys from their numbers, and what an object's template forbids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/token.h"

static const CK_BBOOL yes = CK_TRUE;
static const CK_BBOOL no = CK_FALSE;
static const CK_OBJECT_CLASS data_class = CKO_DATA;
static const CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static const CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE;
static const CK_KEY_TYPE ec = CKK_EC;

#define VALUE(type, variable) p11_attr(type, &(variable), sizeof(variable))

static CK_RV copy(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE from, CK_ATTRIBUTE one, CK_OBJECT_HANDLE *ret)
{
	return p11->C_CopyObject(session, from, &one, 1, ret);
}

static CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE one)
{
	return p11->C_SetAttributeValue(session, object, &one, 1);
}

/* A data object of the session, with one more attribute. */
static CK_OBJECT_HANDLE make_data(CK_SESSION_HANDLE session, CK_ATTRIBUTE more)
{
	CK_ATTRIBUTE template[] = { VALUE(CKA_CLASS, data_class), p11_attr(CKA_VALUE, "bytes", 5),
		p11_attr(CKA_APPLICATION, "app", 3), more };
	CK_OBJECT_HANDLE object = 0;

	assert_int_equal(p11->C_CreateObject(session, template, 4, &object), CKR_OK);
	return object;
}

static void a_copy_is_its_own_object(void **state)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_PUBLIC_KEY };
	static const CK_ATTRIBUTE_TYPE values[] = { CKA_VALUE, CKA_MODULUS };
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_BYTE bytes[2][1500];

	(void)state;
	for (int i = 0; i < 2; i++) {
		CK_OBJECT_HANDLE from = p11_object(session, classes[i]);
		CK_OBJECT_HANDLE to = 0;
		CK_ULONG len;
		CK_ULONG label = p11_bytes(session, from, CKA_LABEL, bytes[0], sizeof(bytes[0]));
		CK_ULONG size = 0;

		/* of the session: no login, no writing session */
		assert_int_equal(copy(session, from, VALUE(CKA_TOKEN, no), &to), CKR_OK);
		assert_true(to != from);
		assert_int_equal(p11_bool(session, to, CKA_TOKEN), CK_FALSE);
		len = p11_bytes(session, from, values[i], bytes[0], sizeof(bytes[0]));
		assert_int_equal(
			p11_bytes(session, to, values[i], bytes[1], sizeof(bytes[1])), len);
		assert_memory_equal(bytes[0], bytes[1], len);
		assert_int_equal(p11->C_GetObjectSize(session, to, &size), CKR_OK);
		assert_in_range(size, len, 2048);
		assert_int_equal(set(session, to, p11_attr(CKA_LABEL, "mine", 4)), CKR_OK);
		assert_int_equal(p11_bytes(session, to, CKA_LABEL, bytes[0], 1500), 4);
		assert_int_equal(p11_bytes(session, from, CKA_LABEL, bytes[0], 1500), label);
		assert_int_equal(p11->C_DestroyObject(session, to), CKR_OK);
		assert_int_equal(
			copy(session, to, VALUE(CKA_TOKEN, no), &to), CKR_OBJECT_HANDLE_INVALID);
	}
}

static void a_copy_goes_to_the_token(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_ATTRIBUTE class = VALUE(CKA_CLASS, certificate_class);
	CK_OBJECT_HANDLE to = 0;
	CK_BYTE label[16];

	(void)state;
	assert_int_equal(copy(session, certificate, p11_attr(CKA_LABEL, "second", 6), &to), CKR_OK);
	assert_int_equal(p11_bool(session, to, CKA_TOKEN), CK_TRUE);
	assert_int_equal(p11_bytes(session, to, CKA_LABEL, label, sizeof(label)), 6);
	assert_int_equal(p11_find(session, &class, 1, NULL), 2);
	to = make_data(session, VALUE(CKA_TOKEN, no));
	assert_int_equal(copy(session, to, VALUE(CKA_TOKEN, yes), &to), CKR_OK);
	assert_int_equal(p11_bool(session, to, CKA_TOKEN), CK_TRUE);
	assert_int_equal(p11_bytes(session, to, CKA_VALUE, label, sizeof(label)), 5);
	/* a token keeps no word of what is forbidden */
	assert_int_equal(
		copy(session, to, VALUE(CKA_DESTROYABLE, no), &to), CKR_TEMPLATE_INCONSISTENT);
}

static void a_copy_is_never_freer(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE kept = make_data(session, VALUE(CKA_DESTROYABLE, no));
	CK_OBJECT_HANDLE private = make_data(session, VALUE(CKA_PRIVATE, yes));
	CK_OBJECT_HANDLE alone = make_data(session, VALUE(CKA_COPYABLE, no));
	CK_OBJECT_HANDLE fixed = make_data(session, VALUE(CKA_MODIFIABLE, no));
	CK_OBJECT_HANDLE to = 0;

	(void)state;
	assert_int_equal(p11->C_DestroyObject(session, kept), CKR_ACTION_PROHIBITED);
	assert_int_equal(
		copy(session, kept, VALUE(CKA_DESTROYABLE, yes), &to), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(
		copy(session, private, VALUE(CKA_PRIVATE, no), &to), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(p11_bool(session, alone, CKA_COPYABLE), CK_FALSE);
	assert_int_equal(copy(session, alone, VALUE(CKA_TOKEN, no), &to), CKR_ACTION_PROHIBITED);
	assert_int_equal(set(session, fixed, p11_attr(CKA_LABEL, "x", 1)), CKR_ACTION_PROHIBITED);
	/* only this one may be looser */
	assert_int_equal(copy(session, fixed, VALUE(CKA_MODIFIABLE, yes), &to), CKR_OK);
	assert_int_equal(set(session, to, p11_attr(CKA_LABEL, "x", 1)), CKR_OK);
	assert_int_equal(
		copy(session, fixed, VALUE(CKA_CLASS, data_class), &to), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(copy(session, fixed, p11_attr(CKA_MODULUS, "x", 1), &to),
		CKR_TEMPLATE_INCONSISTENT);
	/* a private key leaves no card */
	assert_int_equal(
		copy(session, p11_object(session, CKO_PRIVATE_KEY), VALUE(CKA_TOKEN, no), &to),
		CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(
		copy(session, private, VALUE(CKA_TOKEN, no), &to), CKR_OBJECT_HANDLE_INVALID);
}

/* The generator of P-256, and a signature that is none. */
static void an_ec_public_key_comes_from_curve_and_point(void **state)
{
	static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	static const CK_BYTE p192[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1 };
	CK_BYTE point[] = { 0x04, 0x41, 0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8,
		0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33,
		0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
		0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
		0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5 };
	CK_SESSION_HANDLE session;
	CK_ATTRIBUTE template[] = { VALUE(CKA_CLASS, public_class), VALUE(CKA_KEY_TYPE, ec),
		VALUE(CKA_EC_PARAMS, p256), VALUE(CKA_EC_POINT, point), VALUE(CKA_VERIFY, yes) };
	CK_MECHANISM mech = { CKM_ECDSA, NULL, 0 };
	CK_BYTE bytes[512] = { 1 };
	CK_OBJECT_HANDLE object = 0;

	(void)state;
	fake_set_curves(0, TOKEN_P256);
	session = p11_open(0, 0);
	assert_int_equal(p11->C_CreateObject(session, template, 5, &object), CKR_OK);
	assert_int_equal(p11_bytes(session, object, CKA_EC_POINT, bytes, 512), sizeof(point));
	assert_memory_equal(bytes, point, sizeof(point));
	assert_int_equal(p11_bool(session, object, CKA_ENCRYPT), CK_FALSE);
	assert_in_range(p11_bytes(session, object, CKA_PUBLIC_KEY_INFO, bytes, 512), 80, 100);
	assert_int_equal(p11->C_VerifyInit(session, &mech, object), CKR_OK);
	assert_int_equal(p11->C_Verify(session, bytes, 32, bytes, 64), CKR_SIGNATURE_INVALID);
	/* the bare point, as some programs give it */
	template[3] = p11_attr(CKA_EC_POINT, point + 2, sizeof(point) - 2);
	assert_int_equal(p11->C_CreateObject(session, template, 5, &object), CKR_OK);
	assert_int_equal(p11_bytes(session, object, CKA_EC_POINT, bytes, 512), sizeof(point));
	template[3] = VALUE(CKA_EC_POINT, point);
	point[10] ^= 1;
	assert_int_equal(
		p11->C_CreateObject(session, template, 5, &object), CKR_ATTRIBUTE_VALUE_INVALID);
	template[2] = VALUE(CKA_EC_PARAMS, p192);
	assert_int_equal(
		p11->C_CreateObject(session, template, 5, &object), CKR_CURVE_NOT_SUPPORTED);
	template[2] = VALUE(CKA_VERIFY, yes);
	assert_int_equal(
		p11->C_CreateObject(session, template, 5, &object), CKR_TEMPLATE_INCOMPLETE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_is_its_own_object),
		TEST(a_copy_goes_to_the_token),
		TEST(a_copy_is_never_freer),
		TEST(an_ec_public_key_comes_from_curve_and_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
