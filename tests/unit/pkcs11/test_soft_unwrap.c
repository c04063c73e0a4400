/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of OpenSSL's that arrive enciphered, with every mechanism that unwraps; and those
 * that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "soft_world.h"

#define WRAPPED_MAX 1280
#define AES_KEY "0123456789abcdef"

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_BYTE iv[16] = "sixteen bytes iv";

/* A key of OpenSSL's, in the two forms that are compared. */
struct foreign {
	CK_KEY_TYPE type;
	CK_BYTE pkcs8[WRAPPED_MAX], spki[512];
	CK_ULONG pkcs8_len, spki_len;
};
static struct foreign foreign, odd;

static void make_foreign(struct foreign *to, const char *curve)
{
	EVP_PKEY *key = curve ? EVP_EC_gen(curve) : EVP_RSA_gen(2048);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *p = to->pkcs8;
	unsigned char *s = to->spki;

	memset(to, 0, sizeof(*to));
	to->type = curve ? CKK_EC : CKK_RSA;
	to->pkcs8_len = (CK_ULONG)i2d_PKCS8_PRIV_KEY_INFO(info, &p);
	to->spki_len = (CK_ULONG)i2d_PUBKEY(key, &s);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
}

static CK_SESSION_HANDLE user(void)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_SERIAL_SESSION | CKF_RW_SESSION);

	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	return session;
}

static CK_OBJECT_HANDLE secret(
	CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_BYTE copy[WRAPPED_MAX];
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, { CKA_VALUE, copy, len } };
	CK_OBJECT_HANDLE key = 0;

	memcpy(copy, value, len);
	assert_int_equal(world->C_CreateObject(session, template, 3, &key), CKR_OK);
	return key;
}

struct wrapped {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key; /* that unwraps */
	CK_MECHANISM mech;
	CK_BYTE bytes[WRAPPED_MAX];
	CK_ULONG len;
};

static void encipher(struct wrapped *w, const CK_BYTE *bytes, CK_ULONG len)
{
	CK_BYTE plain[WRAPPED_MAX];

	memcpy(plain, bytes, len);
	w->len = sizeof(w->bytes);
	assert_int_equal(world->C_EncryptInit(w->session, &w->mech, w->key), CKR_OK);
	assert_int_equal(world->C_Encrypt(w->session, plain, len, w->bytes, &w->len), CKR_OK);
}

static CK_RV unwrap(struct wrapped *w, CK_KEY_TYPE type, const CK_ATTRIBUTE *more, CK_ULONG count,
	CK_OBJECT_HANDLE *ret_key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[8] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, { CKA_TOKEN, &yes, 1 }, { CKA_ID, iv, 2 } };

	memcpy(template + 4, more, count * sizeof(*more));
	return world->C_UnwrapKey(
		w->session, &w->mech, w->key, w->bytes, w->len, template, 4 + count, ret_key);
}

/* It signs, and its public half is the foreign key's. */
static void check_key(const struct wrapped *w, CK_OBJECT_HANDLE private)
{
	CK_MECHANISM mech = { foreign.type == CKK_RSA ? CKM_SHA256_RSA_PKCS : CKM_ECDSA_SHA256,
		NULL, 0 };
	CK_BYTE spki[512], signature[512], text[] = "to be signed";
	CK_ATTRIBUTE shown = { CKA_PUBLIC_KEY_INFO, spki, sizeof(spki) };
	CK_ULONG len = sizeof(signature);

	assert_int_equal(world->C_GetAttributeValue(w->session, private, &shown, 1), CKR_OK);
	assert_int_equal(shown.ulValueLen, foreign.spki_len);
	assert_memory_equal(spki, foreign.spki, foreign.spki_len);
	assert_int_equal(world_number(w->session, private, CKA_KEY_TYPE), foreign.type);
	assert_int_equal(world->C_SignInit(w->session, &mech, private), CKR_OK);
	assert_int_equal(world->C_Sign(w->session, text, sizeof(text), signature, &len), CKR_OK);
	assert_int_equal(world->C_DestroyObject(w->session, private), CKR_OK);
}

static void a_wrapped_key_comes_onto_the_token(void **state)
{
	static const char *const curves[] = { NULL, "P-256", "P-384" };
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
	const CK_MECHANISM mechs[] = { { CKM_AES_CBC_PAD, iv, 16 },
		{ CKM_AES_GCM, &gcm, sizeof(gcm) }, { CKM_AES_CBC, iv, 16 },
		{ CKM_AES_ECB, NULL, 0 } };
	struct wrapped w = { .session = user() };

	(void)state;
	w.key = secret(w.session, CKK_AES, AES_KEY, 16);
	for (size_t c = 0; c < 3; c++) {
		make_foreign(&foreign, curves[c]);
		for (size_t i = 0; i < sizeof(mechs) / sizeof(mechs[0]); i++) {
			CK_ULONG filled = (foreign.pkcs8_len + 15) / 16 * 16;
			CK_OBJECT_HANDLE private = 0;

			w.mech = mechs[i];
			encipher(&w, foreign.pkcs8, i < 2 ? foreign.pkcs8_len : filled);
			assert_int_equal(unwrap(&w, foreign.type, NULL, 0, &private), CKR_OK);
			check_key(&w, private);
		}
	}
}

static void a_key_in_a_key_wrap_comes_too(void **state)
{
	struct wrapped w = { .session = user(), .mech = { CKM_AES_KEY_WRAP_KWP, NULL, 0 } };
	CK_OBJECT_HANDLE private = 0;
	CK_OBJECT_HANDLE inner;

	(void)state;
	w.key = secret(w.session, CKK_AES, AES_KEY, 16);
	make_foreign(&foreign, "P-256");
	inner = secret(w.session, CKK_GENERIC_SECRET, foreign.pkcs8, foreign.pkcs8_len);
	w.len = sizeof(w.bytes);
	assert_int_equal(
		world->C_WrapKey(w.session, &w.mech, w.key, inner, w.bytes, &w.len), CKR_OK);
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_OK);
	/* and does not leave again */
	assert_int_equal(world->C_WrapKey(w.session, &w.mech, w.key, private, w.bytes, &w.len),
		CKR_KEY_UNEXTRACTABLE);
	check_key(&w, private);
}

static void what_is_no_key_is_refused(void **state)
{
	struct wrapped w = { .session = user(), .mech = { CKM_AES_CBC_PAD, iv, 16 } };
	CK_OBJECT_HANDLE private = 0;
	CK_ULONG len;

	(void)state;
	w.key = secret(w.session, CKK_AES, AES_KEY, 16);
	make_foreign(&foreign, "P-256");
	encipher(&w, foreign.pkcs8, foreign.pkcs8_len - 1); /* cut short */
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_WRAPPED_KEY_INVALID);
	foreign.pkcs8[foreign.pkcs8_len] = 0; /* filled, where nothing fills */
	encipher(&w, foreign.pkcs8, foreign.pkcs8_len + 1);
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_WRAPPED_KEY_INVALID);
	encipher(&w, foreign.pkcs8, foreign.pkcs8_len);
	len = w.len;
	w.len -= 16;
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_WRAPPED_KEY_INVALID);
	w.len = len - 1;
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_WRAPPED_KEY_LEN_RANGE);
	w.len = len;
	assert_int_equal(unwrap(&w, CKK_RSA, NULL, 0, &private), CKR_TEMPLATE_INCONSISTENT);
	foreign.pkcs8[foreign.pkcs8_len - 1] ^= 1; /* of the public point */
	encipher(&w, foreign.pkcs8, foreign.pkcs8_len);
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_WRAPPED_KEY_INVALID);
	make_foreign(&odd, "secp256k1");
	encipher(&w, odd.pkcs8, odd.pkcs8_len);
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_CURVE_NOT_SUPPORTED);
	assert_int_equal(world_find(w.session, CKO_PRIVATE_KEY) != 0, 1);
}

static void a_template_says_what_a_token_can_keep(void **state)
{
	struct wrapped w = { .session = user(), .mech = { CKM_AES_CBC_PAD, iv, 16 } };
	const CK_ATTRIBUTE bad[] = { { CKA_EXTRACTABLE, &yes, 1 }, { CKA_SENSITIVE, &no, 1 },
		{ CKA_VALUE, iv, 16 }, { CKA_TOKEN, &no, 1 } };
	CK_SESSION_HANDLE writing = w.session;
	CK_OBJECT_HANDLE private = 0;

	(void)state;
	w.key = secret(w.session, CKK_AES, AES_KEY, 16);
	make_foreign(&foreign, "P-256");
	encipher(&w, foreign.pkcs8, foreign.pkcs8_len);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
			unwrap(&w, CKK_EC, &bad[i], 1, &private), CKR_TEMPLATE_INCONSISTENT);
	w.session = world_open(0, CKF_SERIAL_SESSION);
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_SESSION_READ_ONLY);
	w.session = writing;
	assert_int_equal(unwrap(&w, CKK_EC, NULL, 0, &private), CKR_OK);
	check_key(&w, private);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wrapped_key_comes_onto_the_token),
		TEST(a_key_in_a_key_wrap_comes_too),
		TEST(what_is_no_key_is_refused),
		TEST(a_template_says_what_a_token_can_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
