/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of sessions: made, brought and unwrapped, used without a question to the token, kept
 * as secrets, and gone with session, login or token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/token.h"

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))
#define MORE 6

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const CK_ULONG bits_2048 = 2048, bits_1024 = 1024, bits_4096 = 4096;
static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static const CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY, secret_class = CKO_SECRET_KEY;
static const CK_KEY_TYPE ec = CKK_EC, rsa = CKK_RSA, generic = CKK_GENERIC_SECRET;

struct pair {
	CK_OBJECT_HANDLE public, private;
};

static int setup(void **state)
{
	p11_setup(state);
	fake_set_curves(0, TOKEN_P256);
	return 0;
}

static CK_ULONG count(const CK_ATTRIBUTE *attrs)
{
	CK_ULONG n = 0;

	while (n < MORE && attrs[n].type)
		n++;
	return n;
}

struct wish {
	CK_ATTRIBUTE public[MORE], private[MORE];
};

static CK_RV make_rsa(CK_SESSION_HANDLE session, struct pair *pair, struct wish wish)
{
	CK_MECHANISM mech = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };

	return p11->C_GenerateKeyPair(session, &mech, wish.public, count(wish.public), wish.private,
		count(wish.private), &pair->public, &pair->private);
}

static CK_RV make_ec(CK_SESSION_HANDLE session, struct pair *pair, struct wish wish)
{
	CK_MECHANISM mech = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG n = count(wish.public);

	wish.public[n] = ATTR(CKA_EC_PARAMS, p256);
	return p11->C_GenerateKeyPair(session, &mech, wish.public, n + 1, wish.private,
		count(wish.private), &pair->public, &pair->private);
}

#define RSA(pair, ...) make_rsa(session, pair, (struct wish){ __VA_ARGS__ })
#define EC(pair, ...) make_ec(session, pair, (struct wish){ __VA_ARGS__ })
#define SIZE ATTR(CKA_MODULUS_BITS, bits_2048)

static CK_RV sign(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key,
	CK_BYTE *signature, CK_ULONG *len)
{
	CK_MECHANISM mech = { type, NULL, 0 };
	CK_BYTE data[] = "what is signed";
	CK_RV rv = p11->C_SignInit(session, &mech, key);

	return rv == CKR_OK ? p11->C_Sign(session, data, sizeof(data), signature, len) : rv;
}

/* One signs, the other verifies. */
static CK_RV work(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, const struct pair *pair)
{
	CK_MECHANISM mech = { type, NULL, 0 };
	CK_BYTE data[] = "what is signed";
	CK_BYTE signature[TOKEN_RSA_MAX];
	CK_ULONG len = sizeof(signature);
	CK_RV rv = sign(session, type, pair->private, signature, &len);

	if (rv != CKR_OK)
		return rv;
	assert_int_equal(p11->C_VerifyInit(session, &mech, pair->public), CKR_OK);
	return p11->C_Verify(session, data, sizeof(data), signature, len);
}

static CK_RV get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE attr = { type, NULL, 0 };

	return p11->C_GetAttributeValue(session, object, &attr, 1);
}

static void an_rsa_pair_works_without_the_token(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 };
	struct pair pair;
	CK_BYTE plain[16] = "plain", cipher[256], back[256];
	CK_ULONG len = sizeof(cipher), back_len = sizeof(back);
	int transactions;

	(void)state;
	p11_object(session, CKO_PRIVATE_KEY); /* the token's list is read */
	transactions = fake_transactions(0);
	assert_int_equal(RSA(&pair, { SIZE }, { { 0 } }), CKR_OK);
	assert_int_equal(work(session, CKM_SHA256_RSA_PKCS, &pair), CKR_OK);
	assert_int_equal(p11->C_EncryptInit(session, &pkcs1, pair.public), CKR_OK);
	assert_int_equal(p11->C_Encrypt(session, plain, sizeof(plain), cipher, &len), CKR_OK);
	assert_int_equal(p11->C_DecryptInit(session, &pkcs1, pair.private), CKR_OK);
	assert_int_equal(p11->C_Decrypt(session, cipher, len, back, &back_len), CKR_OK);
	assert_int_equal(back_len, sizeof(plain));
	assert_memory_equal(back, plain, sizeof(plain));
	assert_int_equal(fake_transactions(0), transactions);
}

static void what_it_says_of_itself(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	static const CK_ATTRIBUTE_TYPE is[] = { CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE,
		CKA_NEVER_EXTRACTABLE, CKA_LOCAL, CKA_SIGN, CKA_DECRYPT, CKA_MODIFIABLE,
		CKA_COPYABLE, CKA_DESTROYABLE };
	static const CK_ATTRIBUTE_TYPE is_not[] = { CKA_TOKEN, CKA_EXTRACTABLE, CKA_DERIVE,
		CKA_ALWAYS_AUTHENTICATE, CKA_WRAP_WITH_TRUSTED };
	static const CK_ATTRIBUTE_TYPE secret[] = { CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2,
		CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT };
	struct pair pair;
	CK_BYTE one[600], other[600];
	CK_ULONG len;

	(void)state;
	assert_int_equal(RSA(&pair, { SIZE, p11_attr(CKA_LABEL, "for a day", 9) },
				 { p11_attr(CKA_END_DATE, "20270101", 8) }),
		CKR_OK);
	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++)
		assert_true(p11_bool(session, pair.private, is[i]));
	for (size_t i = 0; i < sizeof(is_not) / sizeof(is_not[0]); i++)
		assert_false(p11_bool(session, pair.private, is_not[i]));
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		assert_int_equal(get(session, pair.private, secret[i]), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(get(session, pair.private, CKA_VALUE), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(
		p11_ulong(session, pair.private, CKA_KEY_GEN_MECHANISM), CKM_RSA_PKCS_KEY_PAIR_GEN);
	assert_int_equal(p11_bytes(session, pair.private, CKA_END_DATE, one, sizeof(one)), 8);
	assert_false(p11_bool(session, pair.public, CKA_TOKEN));
	assert_true(p11_bool(session, pair.public, CKA_LOCAL));
	assert_int_equal(p11_bytes(session, pair.public, CKA_LABEL, one, sizeof(one)), 9);
	assert_int_equal(p11_ulong(session, pair.public, CKA_MODULUS_BITS), 2048);
	len = p11_bytes(session, pair.private, CKA_PUBLIC_KEY_INFO, one, sizeof(one));
	assert_int_equal(
		p11_bytes(session, pair.public, CKA_PUBLIC_KEY_INFO, other, sizeof(other)), len);
	assert_memory_equal(one, other, len);
}

/* The x coordinate that key and the other's point agree on. */
static CK_RV agree(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE other, CK_BYTE *value)
{
	CK_BYTE point[80];
	CK_ULONG len = p11_bytes(session, other, CKA_EC_POINT, point, sizeof(point));
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, len, point };
	CK_MECHANISM mech = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, secret_class), ATTR(CKA_KEY_TYPE, generic),
		ATTR(CKA_SENSITIVE, no) };
	CK_OBJECT_HANDLE made = 0;
	CK_RV rv = p11->C_DeriveKey(session, &mech, key, template, 3, &made);

	if (rv == CKR_OK)
		assert_int_equal(p11_bytes(session, made, CKA_VALUE, value, 32), 32);
	return rv;
}

static void two_ec_pairs_agree(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	struct pair one, other, signer;
	CK_BYTE here[32], there[32];

	(void)state;
	assert_int_equal(EC(&one, { { 0 } }, { ATTR(CKA_DERIVE, yes) }), CKR_OK);
	assert_int_equal(EC(&other, { { 0 } }, { ATTR(CKA_DERIVE, yes) }), CKR_OK);
	assert_int_equal(agree(session, one.private, other.public, here), CKR_OK);
	assert_int_equal(agree(session, other.private, one.public, there), CKR_OK);
	assert_memory_equal(here, there, 32);
	assert_int_equal(work(session, CKM_ECDSA_SHA256, &one), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(EC(&signer, { { 0 } }, { { 0 } }), CKR_OK);
	assert_int_equal(work(session, CKM_ECDSA_SHA256, &signer), CKR_OK);
	assert_int_equal(
		agree(session, signer.private, one.public, here), CKR_KEY_FUNCTION_NOT_PERMITTED);
}

static CK_RV bring(CK_SESSION_HANDLE session, const CK_BYTE *value, const CK_ATTRIBUTE *more,
	CK_OBJECT_HANDLE *ret)
{
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, private_class), ATTR(CKA_KEY_TYPE, ec),
		ATTR(CKA_EC_PARAMS, p256), p11_attr(CKA_VALUE, value, 32), ATTR(CKA_SIGN, yes),
		more ? *more : ATTR(CKA_TOKEN, no) };

	return p11->C_CreateObject(session, template, 6, ret);
}

static void a_key_that_may_leave_tells_its_numbers(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BBOOL on = CK_TRUE, off = CK_FALSE;
	CK_ATTRIBUTE sensitive = { CKA_SENSITIVE, &on, 1 }, open = { CKA_SENSITIVE, &off, 1 };
	struct pair pair, brought;
	CK_BYTE value[32];

	(void)state;
	assert_int_equal(
		EC(&pair, { { 0 } }, { ATTR(CKA_SENSITIVE, no), ATTR(CKA_EXTRACTABLE, yes) }),
		CKR_OK);
	assert_int_equal(p11_bytes(session, pair.private, CKA_VALUE, value, sizeof(value)), 32);
	brought.public = pair.public;
	assert_int_equal(bring(session, value, NULL, &brought.private), CKR_OK);
	assert_int_equal(work(session, CKM_ECDSA, &brought), CKR_OK);
	assert_false(p11_bool(session, brought.private, CKA_LOCAL));
	assert_false(p11_bool(session, brought.private, CKA_ALWAYS_SENSITIVE));
	assert_false(p11_bool(session, brought.private, CKA_NEVER_EXTRACTABLE));
	assert_int_equal(get(session, brought.private, CKA_VALUE), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(p11->C_SetAttributeValue(session, pair.private, &sensitive, 1), CKR_OK);
	assert_int_equal(get(session, pair.private, CKA_VALUE), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(
		p11->C_SetAttributeValue(session, pair.private, &open, 1), CKR_ATTRIBUTE_READ_ONLY);
}

static void an_rsa_key_that_may_leave_is_brought_back(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_MODULUS, CKA_PUBLIC_EXPONENT,
		CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	CK_SESSION_HANDLE session = p11_user(0);
	static CK_BYTE numbers[8][300];
	CK_ATTRIBUTE template[10] = { ATTR(CKA_CLASS, private_class), ATTR(CKA_KEY_TYPE, rsa) };
	struct pair pair;

	(void)state;
	assert_int_equal(RSA(&pair, { ATTR(CKA_MODULUS_BITS, bits_1024) },
				 { ATTR(CKA_SENSITIVE, no), ATTR(CKA_EXTRACTABLE, yes) }),
		CKR_OK);
	for (size_t i = 0; i < 8; i++)
		template[i + 2] = p11_attr(types[i], numbers[i],
			p11_bytes(session, pair.private, types[i], numbers[i], 300));
	assert_int_equal(p11->C_DestroyObject(session, pair.private), CKR_OK);
	assert_int_equal(p11->C_CreateObject(session, template, 10, &pair.private), CKR_OK);
	assert_int_equal(work(session, CKM_SHA512_RSA_PKCS, &pair), CKR_OK);
	numbers[3][5] ^= 1;
	assert_int_equal(p11->C_CreateObject(session, template, 10, &pair.private),
		CKR_ATTRIBUTE_VALUE_INVALID);
}

static void it_ends_with_login_session_and_token(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0), second;
	CK_BYTE signature[80];
	CK_ULONG len = sizeof(signature);
	struct pair pair, open;

	(void)state;
	assert_int_equal(EC(&pair, { { 0 } }, { { 0 } }), CKR_OK);
	assert_int_equal(EC(&open, { { 0 } }, { ATTR(CKA_PRIVATE, no) }), CKR_OK);
	second = p11_open(0, 0);
	assert_int_equal(work(second, CKM_ECDSA, &pair), CKR_OK); /* any session may use it */
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(
		sign(session, CKM_ECDSA, pair.private, signature, &len), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(work(second, CKM_ECDSA, &open), CKR_OK);
	assert_int_equal(p11->C_CloseSession(session), CKR_OK);
	assert_int_equal(
		sign(second, CKM_ECDSA, open.private, signature, &len), CKR_KEY_HANDLE_INVALID);
	session = second;
	assert_int_equal(EC(&open, { { 0 } }, { { 0 } }), CKR_OK);
	fake_remove(0);
	assert_int_equal(sign(session, CKM_ECDSA, open.private, signature, &len),
		CKR_SESSION_HANDLE_INVALID);
}

static void without_login_it_is_public(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	struct pair pair;

	(void)state;
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_PRIVATE, yes) }), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(EC(&pair, { { 0 } }, { { 0 } }), CKR_OK); /* in a read-only session too */
	assert_false(p11_bool(session, pair.private, CKA_PRIVATE));
	assert_int_equal(work(session, CKM_ECDSA, &pair), CKR_OK);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_TOKEN, yes) }), CKR_SESSION_READ_ONLY);
}

/* A session's key under an AES key, and back into the session. */
static void it_is_wrapped_and_unwrapped(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE wrapping = p11_secret(session, CKK_AES, "0123456789abcdef", 16);
	CK_MECHANISM mech = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, private_class), ATTR(CKA_KEY_TYPE, ec),
		ATTR(CKA_SIGN, yes) };
	struct pair pair, back;
	CK_BYTE wrapped[300];
	CK_ULONG len = sizeof(wrapped);

	(void)state;
	assert_int_equal(EC(&pair, { { 0 } }, { { 0 } }), CKR_OK);
	assert_int_equal(p11->C_WrapKey(session, &mech, wrapping, pair.private, wrapped, &len),
		CKR_KEY_UNEXTRACTABLE);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_EXTRACTABLE, yes) }), CKR_OK);
	assert_int_equal(get(session, pair.private, CKA_VALUE), CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(wrapped);
	assert_int_equal(
		p11->C_WrapKey(session, &mech, wrapping, pair.private, wrapped, &len), CKR_OK);
	assert_int_equal(p11->C_UnwrapKey(session, &mech, wrapping, wrapped, len, template, 3,
				 &back.private),
		CKR_OK);
	back.public = pair.public;
	assert_int_equal(work(session, CKM_ECDSA, &back), CKR_OK);
	assert_false(p11_bool(session, back.private, CKA_LOCAL));
	wrapped[9] ^= 1;
	assert_int_equal(p11->C_UnwrapKey(session, &mech, wrapping, wrapped, len, template, 3,
				 &back.private),
		CKR_WRAPPED_KEY_INVALID);
}

static void a_copy_is_no_freer(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ATTRIBUTE named = p11_attr(CKA_LABEL, "copy", 4), token = ATTR(CKA_TOKEN, yes),
		     loose = ATTR(CKA_EXTRACTABLE, yes);
	struct pair pair, copy;

	(void)state;
	assert_int_equal(EC(&pair, { { 0 } }, { { 0 } }), CKR_OK);
	assert_int_equal(
		p11->C_CopyObject(session, pair.private, &named, 1, &copy.private), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, pair.private), CKR_OK);
	copy.public = pair.public;
	assert_int_equal(work(session, CKM_ECDSA, &copy), CKR_OK);
	assert_int_equal(get(session, copy.private, CKA_VALUE), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(p11->C_CopyObject(session, copy.private, &loose, 1, &pair.private),
		CKR_TEMPLATE_INCONSISTENT);
	/* this token takes no keys */
	assert_int_equal(p11->C_CopyObject(session, copy.private, &token, 1, &pair.private),
		CKR_TEMPLATE_INCONSISTENT);
}

static void what_it_cannot_be_is_refused(void **state)
{
	static const CK_MECHANISM_TYPE only = CKM_ECDSA_SHA256;
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE zeros[32] = { 0 };
	CK_OBJECT_HANDLE key;
	struct pair pair;

	(void)state;
	assert_int_equal(EC(&pair, { ATTR(CKA_TOKEN, yes) }, { { 0 } }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_ALWAYS_AUTHENTICATE, yes) }),
		CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_SIGN, no) }), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_LOCAL, yes) }), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(
		RSA(&pair, { ATTR(CKA_MODULUS_BITS, bits_4096) }, { { 0 } }), CKR_KEY_SIZE_RANGE);
	assert_int_equal(bring(session, zeros, NULL, &key), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(EC(&pair, { { 0 } }, { ATTR(CKA_ALLOWED_MECHANISMS, only) }), CKR_OK);
	assert_int_equal(work(session, CKM_ECDSA_SHA256, &pair), CKR_OK);
	assert_int_equal(work(session, CKM_ECDSA, &pair), CKR_MECHANISM_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_rsa_pair_works_without_the_token),
		TEST(what_it_says_of_itself),
		TEST(two_ec_pairs_agree),
		TEST(a_key_that_may_leave_tells_its_numbers),
		TEST(an_rsa_key_that_may_leave_is_brought_back),
		TEST(it_ends_with_login_session_and_token),
		TEST(without_login_it_is_public),
		TEST(it_is_wrapped_and_unwrapped),
		TEST(a_copy_is_no_freer),
		TEST(what_it_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
