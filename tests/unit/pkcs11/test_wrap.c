/* SPDX-License-Identifier: Apache-2.0 */
/* Secret keys wrapped and unwrapped: RFC examples, every mechanism there and back, every refusal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_BYTE iv[16] = { 1, 2, 3 };

static CK_OBJECT_HANDLE create(
	CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len)
{
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, p11_attr(CKA_VALUE, value, len) };
	CK_OBJECT_HANDLE key = 0;

	assert_int_equal(p11->C_CreateObject(session, template, 3, &key), CKR_OK);
	return key;
}

static CK_RV unwrap(CK_SESSION_HANDLE session, CK_MECHANISM *mech, CK_OBJECT_HANDLE key,
	CK_BYTE *in, CK_ULONG len, CK_KEY_TYPE type, CK_ULONG value_len, CK_OBJECT_HANDLE *ret)
{
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &value_len, sizeof(value_len) } };

	return p11->C_UnwrapKey(session, mech, key, in, len, template, value_len ? 3 : 2, ret);
}

/* An RSA pair that wraps and unwraps. */
static void pair(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	CK_MECHANISM mech = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 1024;
	CK_BYTE id = 77;
	CK_ATTRIBUTE pub[] = { { CKA_MODULUS_BITS, &bits, sizeof(bits) }, { CKA_WRAP, &yes, 1 },
		{ CKA_ID, &id, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_UNWRAP, &yes, 1 }, { CKA_ID, &id, 1 },
		{ CKA_TOKEN, &yes, 1 } };

	assert_int_equal(
		p11->C_GenerateKeyPair(session, &mech, pub, 3, priv, 3, public, private), CKR_OK);
}

/* RFC 3394 4.1 and RFC 5649 6. */
static void aes_wrap_is_that_of_the_rfcs(void **state)
{
	static const char kek[] =
		"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";
	static const char data[] =
		"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
	static const char want[] =
		"\x1f\xa6\x8b\x0a\x81\x12\xb4\x47\xae\xf3\x4b\xd8\xfb\x5a\x7b\x82"
		"\x9d\x3e\x86\x23\x71\xd2\xcf\xe5";
	static const char kek2[] =
		"\x58\x40\xdf\x6e\x29\xb0\x2a\xf1\xab\x49\x3b\x70\x5b\xf1\x6e\xa1"
		"\xae\x83\x38\xf4\xdc\xc1\x76\xa8";
	static const char data2[] = "\xc3\x7b\x7e\x64\x92\x58\x43\x40\xbe\xd1\x22\x07\x80\x89\x41"
				    "\x15\x50\x68\xf7\x38";
	static const char want2[] = "\x13\x8b\xde\xaa\x9b\x8f\xa7\xfc\x61\xf9\x77\x42\xe7\x22\x48"
				    "\xee\x5a\xe6\xae\x53\x60\xd1\xae\x6a\x5f\x54\xf3\x73\xfa\x54"
				    "\x3b\x6a";
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_MECHANISM mech = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_OBJECT_HANDLE wrapping = create(session, CKK_AES, kek, 16);
	CK_OBJECT_HANDLE key = create(session, CKK_AES, data, 16);
	CK_BYTE out[64];
	CK_ULONG len = 0;

	(void)state;
	assert_int_equal(p11->C_WrapKey(session, &mech, wrapping, key, NULL, &len), CKR_OK);
	assert_int_equal(len, 24);
	len = 23;
	assert_int_equal(
		p11->C_WrapKey(session, &mech, wrapping, key, out, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 24);
	assert_int_equal(p11->C_WrapKey(session, &mech, wrapping, key, out, &len), CKR_OK);
	assert_memory_equal(out, want, 24);
	wrapping = create(session, CKK_AES, kek2, 24);
	key = create(session, CKK_GENERIC_SECRET, data2, 20);
	assert_int_equal(p11->C_WrapKey(session, &mech, wrapping, key, NULL, &len), CKR_OK);
	len = sizeof(out);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, wrapping, key, out, &len), CKR_KEY_SIZE_RANGE);
	mech.mechanism = CKM_AES_KEY_WRAP_KWP;
	len = sizeof(out);
	assert_int_equal(p11->C_WrapKey(session, &mech, wrapping, key, out, &len), CKR_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(out, want2, 32);
	mech.mechanism = CKM_AES_KEY_WRAP_PAD;
	assert_int_equal(unwrap(session, &mech, wrapping, out, len, generic, 0, &key), CKR_OK);
	assert_int_equal(p11_bytes(session, key, CKA_VALUE, out, sizeof(out)), 20);
	assert_memory_equal(out, data2, 20);
	assert_false(p11_bool(session, key, CKA_LOCAL));
	assert_false(p11_bool(session, key, CKA_ALWAYS_SENSITIVE));
	assert_int_equal(
		p11_ulong(session, key, CKA_KEY_GEN_MECHANISM), CK_UNAVAILABLE_INFORMATION);
}

struct row {
	CK_MECHANISM mech;
	bool rsa;
	bool any_len; /* also keys that are no whole blocks */
};

static CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, NULL, 0 };
static struct row rows[] = {
	{ { CKM_RSA_PKCS, NULL, 0 }, true, true },
	{ { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) }, true, true },
	{ { CKM_AES_KEY_WRAP, NULL, 0 }, false, false },
	{ { CKM_AES_KEY_WRAP_PAD, NULL, 0 }, false, true },
	{ { CKM_AES_KEY_WRAP_KWP, NULL, 0 }, false, true },
	{ { CKM_AES_ECB, NULL, 0 }, false, true },
	{ { CKM_AES_CBC, iv, 16 }, false, true },
	{ { CKM_AES_CBC_PAD, iv, 16 }, false, true },
	{ { CKM_AES_GCM, &gcm, sizeof(gcm) }, false, true },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void every_mechanism_goes_there_and_back(void **state)
{
	static const CK_ULONG lens[] = { 16, 24, 32, 5 };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE public = 0, private = 0;
	CK_OBJECT_HANDLE kek = create(session, CKK_AES, "0123456789abcdef0123456789abcdef", 32);

	(void)state;
	pair(session, &public, &private);
	for (size_t i = 0; i < ROWS * 4; i++) {
		struct row *row = &rows[i / 4];
		CK_ULONG want = lens[i % 4];
		CK_KEY_TYPE type = want == 5 ? generic : aes;
		CK_BYTE value[32], back[32], out[128];
		CK_ULONG len = sizeof(out);
		CK_OBJECT_HANDLE key;

		if (want == 5 && !row->any_len)
			continue;
		memset(value, (int)i, sizeof(value));
		key = create(session, type, value, want);
		assert_int_equal(p11->C_WrapKey(session, &row->mech, row->rsa ? public : kek, key,
					 out, &len),
			CKR_OK);
		assert_int_equal(unwrap(session, &row->mech, row->rsa ? private : kek, out, len,
					 type, want, &key),
			CKR_OK);
		assert_int_equal(p11_bytes(session, key, CKA_VALUE, back, 32), want);
		assert_memory_equal(back, value, want);
	}
}

static void keys_that_may_not_leave_do_not(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE kek = create(session, CKK_AES, "0123456789abcdef", 16);
	CK_MECHANISM mech = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_MECHANISM gen = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG bytes = 16;
	CK_ATTRIBUTE template[] = { { CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_EXTRACTABLE, &no, 1 } };
	CK_BYTE out[64];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE key = 0;

	(void)state;
	assert_int_equal(p11->C_GenerateKey(session, &gen, template, 2, &key), CKR_OK);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, key, out, &len), CKR_KEY_UNEXTRACTABLE);
	template[1] = (CK_ATTRIBUTE){ CKA_WRAP_WITH_TRUSTED, &yes, 1 };
	assert_int_equal(p11->C_GenerateKey(session, &gen, template, 2, &key), CKR_OK);
	assert_true(p11_bool(session, key, CKA_WRAP_WITH_TRUSTED));
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, key, out, &len), CKR_KEY_NOT_WRAPPABLE);
	key = p11_object(session, CKO_PRIVATE_KEY);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, key, out, &len), CKR_KEY_UNEXTRACTABLE);
	key = p11_object(session, CKO_PUBLIC_KEY);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, key, out, &len), CKR_KEY_NOT_WRAPPABLE);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, 4711, out, &len), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(p11->C_WrapKey(session, &mech, 4711, kek, out, &len),
		CKR_WRAPPING_KEY_HANDLE_INVALID);
	assert_int_equal(p11->C_WrapKey(session, &mech, key, kek, out, &len),
		CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
	mech.mechanism = CKM_RSA_PKCS; /* the fake card's key has no CKA_WRAP */
	assert_int_equal(p11->C_WrapKey(session, &mech, key, kek, out, &len),
		CKR_KEY_FUNCTION_NOT_PERMITTED);
	mech.mechanism = CKM_SHA256;
	assert_int_equal(
		p11->C_WrapKey(session, &mech, kek, kek, out, &len), CKR_MECHANISM_INVALID);
	assert_int_equal(p11->C_WrapKey(session, &mech, kek, kek, out, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_WrapKey(session, NULL, kek, kek, out, &len), CKR_ARGUMENTS_BAD);
}

static void a_key_too_long_for_the_modulus_is_refused(void **state)
{
	static const CK_BYTE value[118];
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE public = 0, private = 0;
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE out[128];
	CK_ULONG len = sizeof(out);

	(void)state;
	pair(session, &public, &private);
	assert_int_equal(p11->C_WrapKey(session, &mech, public,
				 create(session, CKK_GENERIC_SECRET, value, 117), out, &len),
		CKR_OK);
	assert_int_equal(p11->C_WrapKey(session, &mech, public,
				 create(session, CKK_GENERIC_SECRET, value, 118), out, &len),
		CKR_KEY_SIZE_RANGE);
}

static void what_was_changed_does_not_unwrap(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE kek = create(session, CKK_AES, "0123456789abcdef", 16);
	CK_OBJECT_HANDLE public = 0, private = 0, key = 0;

	(void)state;
	pair(session, &public, &private);
	for (size_t i = 1; i < ROWS; i++) {
		struct row *row = &rows[i];
		CK_BYTE out[128];
		CK_ULONG len = sizeof(out);
		CK_RV rv;

		if (row->mech.mechanism == CKM_AES_ECB || row->mech.mechanism == CKM_AES_CBC)
			continue; /* nothing in them could tell */
		assert_int_equal(p11->C_WrapKey(session, &row->mech, row->rsa ? public : kek, kek,
					 out, &len),
			CKR_OK);
		out[len - 1] ^= 1;
		rv = unwrap(session, &row->mech, row->rsa ? private : kek, out, len, aes, 16, &key);
		if (row->mech.mechanism != CKM_AES_CBC_PAD) /* there one in 256 is well padded */
			assert_int_equal(rv, CKR_WRAPPED_KEY_INVALID);
		assert_int_equal(unwrap(session, &row->mech, row->rsa ? private : kek, out, len - 1,
					 aes, 16, &key),
			row->mech.mechanism == CKM_AES_GCM ? CKR_WRAPPED_KEY_INVALID
							   : CKR_WRAPPED_KEY_LEN_RANGE);
	}
	assert_int_equal(key == 0 || key == kek, true);
}

/* PKCS#1 v1.5: a wrong cryptogram gives a key, of the right length, the same each time. */
static void wrong_padding_of_a_key_is_not_told(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE public = 0, private = 0, key = 0;
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };

	(void)state;
	pair(session, &public, &private);
	for (CK_ULONG want = 16; want <= 32; want += 8)
		for (CK_BYTE i = 1; i < 20; i++) {
			CK_BYTE in[128] = { 0 }, first[32], second[32];

			in[127] = i;
			assert_int_equal(
				unwrap(session, &mech, private, in, 128, aes, want, &key), CKR_OK);
			assert_int_equal(p11_bytes(session, key, CKA_VALUE, first, 32), want);
			assert_int_equal(
				unwrap(session, &mech, private, in, 128, aes, want, &key), CKR_OK);
			p11_bytes(session, key, CKA_VALUE, second, 32);
			assert_memory_equal(first, second, want);
			assert_int_equal(
				unwrap(session, &mech, private, in, 128, aes, 0, &key), CKR_OK);
			assert_true(p11_ulong(session, key, CKA_VALUE_LEN) % 8 == 0);
		}
}

/* A well padded key of another length than asked for is as wrong as one without padding. */
static void a_key_of_another_length_is_not_told_either(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE public = 0, private = 0, key = 0;
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE out[128], value[32];
	CK_ULONG len = sizeof(out);

	(void)state;
	pair(session, &public, &private);
	key = create(session, CKK_GENERIC_SECRET, "seventeen bytes!!", 17);
	assert_int_equal(p11->C_WrapKey(session, &mech, public, key, out, &len), CKR_OK);
	assert_int_equal(unwrap(session, &mech, private, out, len, aes, 16, &key), CKR_OK);
	assert_int_equal(p11_bytes(session, key, CKA_VALUE, value, 32), 16);
	assert_memory_not_equal(value, "seventeen bytes!!", 8);
	assert_int_equal(unwrap(session, &mech, private, out, len, generic, 0, &key), CKR_OK);
	assert_int_equal(p11_bytes(session, key, CKA_VALUE, value, 32), 17);
}

static void bad_templates_of_unwrapping_have_their_codes(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE kek = create(session, CKK_AES, "0123456789abcdef", 16);
	CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
	CK_MECHANISM mech = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &private_class, sizeof(private_class) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) }, { CKA_TOKEN, &yes, 1 } };
	CK_BYTE out[24];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE key = 4711;

	(void)state;
	assert_int_equal(p11->C_WrapKey(session, &mech, kek, kek, out, &len), CKR_OK);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 3, &key),
		CKR_TEMPLATE_INCONSISTENT); /* this token takes no keys */
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 2, &key),
		CKR_ATTRIBUTE_VALUE_INVALID); /* ... and a private key is no AES key */
	template[0].pValue = &secret_class;
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 3, &key),
		CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 1, &key),
		CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, 4711, out, len, template, 2, &key),
		CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, NULL, len, template, 2, &key),
		CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 2, NULL),
		CKR_ARGUMENTS_BAD);
	assert_int_equal(
		unwrap(session, &mech, kek, out, len, aes, 24, &key), CKR_TEMPLATE_INCONSISTENT);
	mech.mechanism = CKM_RSA_PKCS;
	assert_int_equal(p11->C_UnwrapKey(session, &mech, p11_object(session, CKO_PRIVATE_KEY), out,
				 len, template, 2, &key),
		CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, kek, out, len, template, 2, &key),
		CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
	assert_int_equal(key, 4711);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(aes_wrap_is_that_of_the_rfcs),
		TEST(every_mechanism_goes_there_and_back),
		TEST(keys_that_may_not_leave_do_not),
		TEST(a_key_too_long_for_the_modulus_is_refused),
		TEST(what_was_changed_does_not_unwrap),
		TEST(wrong_padding_of_a_key_is_not_told),
		TEST(a_key_of_another_length_is_not_told_either),
		TEST(bad_templates_of_unwrapping_have_their_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
