/* SPDX-License-Identifier: Apache-2.0 */
/* Secret keys of a session: made from templates, and what they tell of themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define AES_KEY "\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c"

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

/* ---- templates ---- */

static void a_key_from_its_value_has_all_attributes(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0); /* without login */
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_BYTE value[32];

	(void)state;
	assert_int_equal(p11_ulong(session, key, CKA_CLASS), CKO_SECRET_KEY);
	assert_int_equal(p11_ulong(session, key, CKA_KEY_TYPE), CKK_AES);
	assert_int_equal(p11_ulong(session, key, CKA_VALUE_LEN), 16);
	assert_int_equal(p11_bytes(session, key, CKA_VALUE, value, 32), 16);
	assert_memory_equal(value, AES_KEY, 16);
	assert_false(p11_bool(session, key, CKA_TOKEN));
	assert_false(p11_bool(session, key, CKA_PRIVATE));
	assert_false(p11_bool(session, key, CKA_SENSITIVE));
	assert_true(p11_bool(session, key, CKA_EXTRACTABLE));
	assert_false(p11_bool(session, key, CKA_ALWAYS_SENSITIVE));
	assert_false(p11_bool(session, key, CKA_NEVER_EXTRACTABLE));
	assert_false(p11_bool(session, key, CKA_LOCAL));
	assert_int_equal(
		p11_ulong(session, key, CKA_KEY_GEN_MECHANISM), CK_UNAVAILABLE_INFORMATION);
	assert_true(p11_bool(session, key, CKA_ENCRYPT));
	assert_true(p11_bool(session, key, CKA_DECRYPT));
	assert_true(p11_bool(session, key, CKA_WRAP));
	assert_true(p11_bool(session, key, CKA_UNWRAP));
	assert_false(p11_bool(session, key, CKA_SIGN));
	assert_false(p11_bool(session, key, CKA_DERIVE));
	key = p11_secret(session, CKK_GENERIC_SECRET, "abc", 3);
	assert_true(p11_bool(session, key, CKA_SIGN));
	assert_true(p11_bool(session, key, CKA_VERIFY));
	assert_false(p11_bool(session, key, CKA_ENCRYPT));
}

static void a_sensitive_or_unextractable_value_stays_inside(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ATTRIBUTE attrs[2] = { { CKA_SENSITIVE, &yes, 1 }, { CKA_EXTRACTABLE, &no, 1 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		CK_OBJECT_HANDLE key = 0;
		CK_BYTE value[32];
		CK_ATTRIBUTE ask = { CKA_VALUE, value, sizeof(value) };
		CK_ATTRIBUTE find = { CKA_VALUE, (CK_BYTE[]){ 'a', 'b', 'c' }, 3 };

		assert_int_equal(
			p11_try_secret(session, CKK_GENERIC_SECRET, "abc", 3, &attrs[i], &key),
			CKR_OK);
		assert_int_equal(
			p11->C_GetAttributeValue(session, key, &ask, 1), CKR_ATTRIBUTE_SENSITIVE);
		assert_int_equal(ask.ulValueLen, CK_UNAVAILABLE_INFORMATION);
		/* nor is it found by guessing */
		assert_int_equal(p11_find(session, &find, 1, NULL), 0);
		assert_int_equal(p11->C_DestroyObject(session, key), CKR_OK);
	}
}

static void generated_keys_are_local_and_differ(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG len;
	} rows[] = { { CKM_AES_KEY_GEN, 16 }, { CKM_AES_KEY_GEN, 24 }, { CKM_AES_KEY_GEN, 32 },
		{ CKM_GENERIC_SECRET_KEY_GEN, 1 }, { CKM_GENERIC_SECRET_KEY_GEN, 1024 } };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE first[1024], second[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_MECHANISM mech = { rows[i].type, NULL, 0 };
		CK_ULONG len = rows[i].len;
		CK_ATTRIBUTE template[] = { { CKA_VALUE_LEN, &len, sizeof(len) },
			{ CKA_SENSITIVE, &no, 1 }, { CKA_EXTRACTABLE, &yes, 1 } };
		CK_OBJECT_HANDLE key = 0;

		assert_int_equal(p11->C_GenerateKey(session, &mech, template, 3, &key), CKR_OK);
		assert_int_equal(p11_bytes(session, key, CKA_VALUE, first, 1024), len);
		assert_true(p11_bool(session, key, CKA_LOCAL));
		assert_true(p11_bool(session, key, CKA_PRIVATE));
		assert_int_equal(p11_ulong(session, key, CKA_KEY_GEN_MECHANISM), rows[i].type);
		assert_int_equal(p11->C_GenerateKey(session, &mech, template, 3, &key), CKR_OK);
		p11_bytes(session, key, CKA_VALUE, second, 1024);
		assert_true(len == 1 || memcmp(first, second, len) != 0);
		template[1].pValue = &yes;
		template[2].pValue = &no;
		assert_int_equal(p11->C_GenerateKey(session, &mech, template, 3, &key), CKR_OK);
		assert_true(p11_bool(session, key, CKA_ALWAYS_SENSITIVE));
		assert_true(p11_bool(session, key, CKA_NEVER_EXTRACTABLE));
	}
}

static void bad_templates_have_their_codes(void **state)
{
	static CK_ULONG bits = 17;
	static CK_ULONG len = 16;
	static CK_BYTE big[1025];
	CK_KEY_TYPE rsa = CKK_RSA;
	const struct {
		CK_ATTRIBUTE attr;
		CK_RV rv;
	} rows[] = {
		{ { CKA_TOKEN, &yes, 1 }, CKR_TEMPLATE_INCONSISTENT },
		{ { CKA_LOCAL, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
		{ { CKA_ALWAYS_SENSITIVE, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
		{ { CKA_NEVER_EXTRACTABLE, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
		{ { CKA_KEY_GEN_MECHANISM, &len, sizeof(len) }, CKR_ATTRIBUTE_READ_ONLY },
		{ { CKA_TRUSTED, &yes, 1 }, CKR_ATTRIBUTE_READ_ONLY },
		{ { CKA_MODULUS, big, 1 }, CKR_TEMPLATE_INCONSISTENT },
		{ { CKA_VALUE_LEN, &len, sizeof(len) }, CKR_TEMPLATE_INCONSISTENT },
		{ { CKA_PRIVATE, &yes, 1 }, CKR_USER_NOT_LOGGED_IN },
		{ { CKA_SENSITIVE, &bits, sizeof(bits) }, CKR_ATTRIBUTE_VALUE_INVALID },
		{ { 0x7fffffff, &yes, 1 }, CKR_ATTRIBUTE_TYPE_INVALID },
	};
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = 4711;
	CK_MECHANISM gen = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ATTRIBUTE gen_len = { CKA_VALUE_LEN, &bits, sizeof(bits) };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(p11_try_secret(session, CKK_AES, AES_KEY, 16, &rows[i].attr, &key),
			rows[i].rv);
	assert_int_equal(p11_try_secret(session, CKK_AES, AES_KEY, 15, NULL, &key),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(p11_try_secret(session, CKK_GENERIC_SECRET, big, 1025, NULL, &key),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(p11_try_secret(session, CKK_GENERIC_SECRET, big, 0, NULL, &key),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(
		p11_try_secret(session, rsa, big, 16, NULL, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(p11->C_GenerateKey(session, &gen, NULL, 0, &key), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(p11->C_GenerateKey(session, &gen, &gen_len, 1, &key), CKR_KEY_SIZE_RANGE);
	gen_len = (CK_ATTRIBUTE){ CKA_VALUE, big, 16 };
	assert_int_equal(
		p11->C_GenerateKey(session, &gen, &gen_len, 1, &key), CKR_TEMPLATE_INCONSISTENT);
	gen_len = (CK_ATTRIBUTE){ CKA_KEY_TYPE, &generic, sizeof(generic) };
	assert_int_equal(
		p11->C_GenerateKey(session, &gen, &gen_len, 1, &key), CKR_TEMPLATE_INCONSISTENT);
	gen.mechanism = CKM_AES_CBC;
	assert_int_equal(
		p11->C_GenerateKey(session, &gen, &gen_len, 1, &key), CKR_MECHANISM_INVALID);
	gen = (CK_MECHANISM){ CKM_AES_KEY_GEN, big, 1 };
	assert_int_equal(
		p11->C_GenerateKey(session, &gen, &gen_len, 1, &key), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(p11->C_GenerateKey(session, NULL, NULL, 0, &key), CKR_ARGUMENTS_BAD);
	assert_int_equal(key, 4711);
}

static void keys_end_with_session_and_private_ones_with_the_login(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_SESSION_HANDLE other = p11_open(0, 0);
	CK_ATTRIBUTE find = { CKA_CLASS, &secret_class, sizeof(secret_class) };
	CK_ATTRIBUTE public = { CKA_PRIVATE, &no, 1 };
	CK_OBJECT_HANDLE key;

	(void)state;
	p11_secret(session, CKK_AES, AES_KEY, 16);
	assert_int_equal(p11_try_secret(other, CKK_AES, AES_KEY, 16, &public, &key), CKR_OK);
	assert_int_equal(p11_find(other, &find, 1, NULL), 2);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11_find(other, &find, 1, NULL), 1);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_find(other, &find, 1, NULL), 1);
	assert_int_equal(p11->C_CloseSession(other), CKR_OK);
	assert_int_equal(p11_find(session, &find, 1, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_from_its_value_has_all_attributes),
		TEST(a_sensitive_or_unextractable_value_stays_inside),
		TEST(generated_keys_are_local_and_differ),
		TEST(bad_templates_have_their_codes),
		TEST(keys_end_with_session_and_private_ones_with_the_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
