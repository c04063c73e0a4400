/* SPDX-License-Identifier: Apache-2.0 */
/* What objects of a session keep of their templates: check values, allowed mechanisms, dates,
 * subjects; what can be changed of it; and what a token refuses since it would forget it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

static CK_RV try_create(CK_SESSION_HANDLE session, CK_KEY_TYPE type, const char *value,
	const CK_ATTRIBUTE *more, CK_OBJECT_HANDLE *ret_key)
{
	CK_ATTRIBUTE template[4] = { { CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		p11_attr(CKA_VALUE, value, type == CKK_AES ? 16 : strlen(value)) };

	if (more)
		template[3] = *more;
	return p11->C_CreateObject(session, template, more ? 4 : 3, ret_key);
}

static CK_OBJECT_HANDLE create(
	CK_SESSION_HANDLE session, CK_KEY_TYPE type, const char *value, const CK_ATTRIBUTE *more)
{
	CK_OBJECT_HANDLE key = 0;

	assert_int_equal(try_create(session, type, value, more, &key), CKR_OK);
	return key;
}

static const char zeros[16];

/* AES: FIPS 197's cipher of a block of zeros under a key of zeros; else SHA-1, of FIPS 180-4. */
static void a_check_value_tells_one_key_from_another(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ATTRIBUTE given = p11_attr(CKA_CHECK_VALUE, "\x66\xe9\x4b", 3);
	CK_BYTE value[8];
	CK_ATTRIBUTE shown = { CKA_CHECK_VALUE, value, sizeof(value) };
	CK_OBJECT_HANDLE key = create(session, CKK_AES, zeros, &given);

	(void)state;
	assert_int_equal(p11_bytes(session, key, CKA_CHECK_VALUE, value, 8), 3);
	assert_memory_equal(value, "\x66\xe9\x4b", 3);
	key = create(session, CKK_GENERIC_SECRET, "abc", NULL);
	assert_int_equal(p11_bytes(session, key, CKA_CHECK_VALUE, value, 8), 3);
	assert_memory_equal(value, "\xa9\x99\x3e", 3);
	assert_int_equal(try_create(session, CKK_GENERIC_SECRET, "abc", &given, &key),
		CKR_ATTRIBUTE_VALUE_INVALID);
	given.ulValueLen = 0; /* it shall have none */
	key = create(session, CKK_GENERIC_SECRET, "abc", &given);
	assert_int_equal(
		p11->C_GetAttributeValue(session, key, &shown, 1), CKR_ATTRIBUTE_TYPE_INVALID);
}

static void a_key_is_used_by_allowed_mechanisms_alone(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	static CK_MECHANISM_TYPE types[] = { CKM_AES_GCM, CKM_AES_KEY_WRAP };
	CK_ATTRIBUTE allowed = { CKA_ALLOWED_MECHANISMS, types, sizeof(types) };
	CK_OBJECT_HANDLE key = create(session, CKK_AES, zeros, &allowed);
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM wrap = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_MECHANISM_TYPE shown[4] = { 0 };
	CK_BYTE out[64];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE copy = 0;

	(void)state;
	assert_int_equal(p11_bytes(session, key, CKA_ALLOWED_MECHANISMS, shown, sizeof(shown)),
		sizeof(types));
	assert_memory_equal(shown, types, sizeof(types));
	assert_int_equal(p11->C_EncryptInit(session, &ecb, key), CKR_MECHANISM_INVALID);
	assert_int_equal(p11->C_WrapKey(session, &wrap, key, key, out, &len), CKR_OK);
	/* a copy is no way around it, nor is a change */
	assert_int_equal(p11->C_CopyObject(session, key, NULL, 0, &copy), CKR_OK);
	assert_int_equal(p11->C_EncryptInit(session, &ecb, copy), CKR_MECHANISM_INVALID);
	assert_int_equal(
		p11->C_SetAttributeValue(session, key, &allowed, 1), CKR_ATTRIBUTE_READ_ONLY);
	allowed.ulValueLen = sizeof(types) - 1;
	assert_int_equal(
		try_create(session, CKK_AES, zeros, &allowed, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	allowed.ulValueLen = 0; /* an empty list restricts nothing */
	key = create(session, CKK_AES, zeros, &allowed);
	assert_int_equal(p11->C_EncryptInit(session, &ecb, key), CKR_OK);
}

static void dates_are_kept_and_changed(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ATTRIBUTE start = p11_attr(CKA_START_DATE, "20260102", 8);
	CK_ATTRIBUTE bad[] = { p11_attr(CKA_END_DATE, "2026010", 7),
		p11_attr(CKA_END_DATE, "2026-1-2", 8) };
	CK_OBJECT_HANDLE key = create(session, CKK_AES, zeros, &start);
	CK_BYTE value[8];

	(void)state;
	assert_int_equal(p11_bytes(session, key, CKA_START_DATE, value, 8), 8);
	assert_memory_equal(value, "20260102", 8);
	assert_int_equal(p11_bytes(session, key, CKA_END_DATE, value, 8), 0);
	start = p11_attr(CKA_END_DATE, "20270102", 8);
	assert_int_equal(p11->C_SetAttributeValue(session, key, &start, 1), CKR_OK);
	assert_int_equal(p11_bytes(session, key, CKA_END_DATE, value, 8), 8);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(p11->C_SetAttributeValue(session, key, &bad[i], 1),
			CKR_ATTRIBUTE_VALUE_INVALID);
		assert_int_equal(try_create(session, CKK_AES, zeros, &bad[i], &key),
			CKR_ATTRIBUTE_VALUE_INVALID);
	}
}

static CK_RV set_flag(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, CK_BBOOL *value)
{
	CK_ATTRIBUTE attr = { type, value, 1 };

	return p11->C_SetAttributeValue(session, key, &attr, 1);
}

static void a_secret_becomes_more_secret_only(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = create(session, CKK_AES, zeros, NULL);
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_BYTE value[16];
	CK_ATTRIBUTE shown = { CKA_VALUE, value, sizeof(value) };
	CK_ATTRIBUTE two[] = { { CKA_ENCRYPT, &yes, 1 }, { CKA_EXTRACTABLE, &yes, 1 } };

	(void)state;
	assert_int_equal(set_flag(session, key, CKA_ENCRYPT, &no), CKR_OK);
	assert_int_equal(p11->C_EncryptInit(session, &ecb, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(set_flag(session, key, CKA_SENSITIVE, &yes), CKR_OK);
	assert_int_equal(
		p11->C_GetAttributeValue(session, key, &shown, 1), CKR_ATTRIBUTE_SENSITIVE);
	assert_false(p11_bool(session, key, CKA_ALWAYS_SENSITIVE));
	assert_int_equal(set_flag(session, key, CKA_SENSITIVE, &no), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(set_flag(session, key, CKA_EXTRACTABLE, &no), CKR_OK);
	/* all of a template or nothing */
	assert_int_equal(p11->C_SetAttributeValue(session, key, two, 2), CKR_ATTRIBUTE_READ_ONLY);
	assert_false(p11_bool(session, key, CKA_ENCRYPT));
	assert_int_equal(set_flag(session, key, CKA_LOCAL, &yes), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(set_flag(session, key, CKA_DERIVE, &yes), CKR_ATTRIBUTE_READ_ONLY);
	/* and a session's key finds its way by its new name */
	two[0] = p11_attr(CKA_LABEL, "renamed", 7);
	assert_int_equal(p11->C_SetAttributeValue(session, key, two, 1), CKR_OK);
	assert_int_equal(p11_find(session, two, 1, NULL), 1);
}

static void a_public_key_keeps_its_subject(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	CK_BYTE modulus[128] = { 0xc1 }, subject[16];
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, { CKA_MODULUS, modulus, sizeof(modulus) },
		p11_attr(CKA_PUBLIC_EXPONENT, "\x01\x00\x01", 3), p11_attr(CKA_SUBJECT, "0\0", 2) };
	CK_OBJECT_HANDLE key = 0;

	(void)state;
	modulus[127] = 1;
	assert_int_equal(p11->C_CreateObject(session, template, 5, &key), CKR_OK);
	assert_int_equal(p11_bytes(session, key, CKA_SUBJECT, subject, 16), 2);
	assert_memory_equal(subject, "0\0", 2);
}

static void what_nobody_would_see_to_is_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	static CK_MECHANISM_TYPE type = CKM_SHA256_RSA_PKCS;
	static CK_ULONG bits = 2048;
	CK_ATTRIBUTE inner = { CKA_SENSITIVE, &yes, 1 };
	CK_ATTRIBUTE unwrap = { CKA_UNWRAP_TEMPLATE, &inner, sizeof(inner) };
	CK_ATTRIBUTE public[] = { { CKA_MODULUS_BITS, &bits, sizeof(bits) } };
	CK_ATTRIBUTE private[] = { { CKA_ALLOWED_MECHANISMS, &type, sizeof(type) },
		{ CKA_TOKEN, &yes, 1 } };
	CK_MECHANISM mech = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE key = 0, other = 0;

	(void)state;
	assert_int_equal(
		try_create(session, CKK_AES, zeros, &unwrap, &key), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(
		p11->C_GenerateKeyPair(session, &mech, public, 1, private, 2, &key, &other),
		CKR_TEMPLATE_INCONSISTENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_check_value_tells_one_key_from_another),
		TEST(a_key_is_used_by_allowed_mechanisms_alone),
		TEST(dates_are_kept_and_changed),
		TEST(a_secret_becomes_more_secret_only),
		TEST(a_public_key_keeps_its_subject),
		TEST(what_nobody_would_see_to_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
