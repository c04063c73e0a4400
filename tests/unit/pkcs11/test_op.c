/* SPDX-License-Identifier: Apache-2.0 */
/* Signing, verifying, encrypting, decrypting, digesting through the module's functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define LEN 256 /* of the fake card's modulus */

static const CK_RSA_PKCS_PSS_PARAMS pss_sha256 = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha512_0 = { CKM_SHA512, CKG_MGF1_SHA512, 0 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha3_224 = { CKM_SHA3_224, CKG_MGF1_SHA3_224, 28 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha3_256 = { CKM_SHA3_256, CKG_MGF1_SHA3_256, 32 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha3_384 = { CKM_SHA3_384, CKG_MGF1_SHA3_384, 48 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha3_512 = { CKM_SHA3_512, CKG_MGF1_SHA3_512, 64 };
static const CK_RSA_PKCS_PSS_PARAMS pss_sha1 = { CKM_SHA_1, CKG_MGF1_SHA1, 20 };

static CK_MECHANISM mechanism(CK_MECHANISM_TYPE type, const void *parameter, CK_ULONG len)
{
	CK_MECHANISM mech = { .mechanism = type, .ulParameterLen = len };

	memcpy(&mech.pParameter, &parameter, sizeof(parameter));
	return mech;
}

struct row {
	CK_MECHANISM_TYPE type;
	const CK_RSA_PKCS_PSS_PARAMS *pss;
	CK_ULONG len; /* of what is signed */
	bool multi;   /* may come in parts of any total length */
};

static const struct row rows[] = {
	{ CKM_RSA_PKCS, NULL, 51, false },
	{ CKM_RSA_X_509, NULL, 255, false },
	{ CKM_SHA1_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA224_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA256_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA384_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA512_RSA_PKCS, NULL, 1000, true },
	{ CKM_RSA_PKCS_PSS, &pss_sha256, 32, false },
	{ CKM_SHA256_RSA_PKCS_PSS, &pss_sha256, 1000, true },
	{ CKM_SHA512_RSA_PKCS_PSS, &pss_sha512_0, 1000, true },
	{ CKM_SHA1_RSA_PKCS_PSS, &pss_sha1, 1000, true },
	{ CKM_SHA3_224_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA3_256_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA3_384_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA3_512_RSA_PKCS, NULL, 1000, true },
	{ CKM_SHA3_224_RSA_PKCS_PSS, &pss_sha3_224, 1000, true },
	{ CKM_SHA3_256_RSA_PKCS_PSS, &pss_sha3_256, 1000, true },
	{ CKM_SHA3_384_RSA_PKCS_PSS, &pss_sha3_384, 1000, true },
	{ CKM_SHA3_512_RSA_PKCS_PSS, &pss_sha3_512, 1000, true },
};

static void fill(CK_BYTE *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (CK_BYTE)(i * 7 + 1);
}

static void every_signature_verifies_and_a_changed_one_does_not(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_BYTE bytes[1000];
	CK_BYTE signature[LEN];

	(void)state;
	fill(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_ULONG len = sizeof(signature);
		CK_MECHANISM mech = mechanism(
			rows[i].type, rows[i].pss, rows[i].pss ? sizeof(*rows[i].pss) : 0);

		assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_Sign(session, bytes, rows[i].len, signature, &len), CKR_OK);
		assert_int_equal(len, LEN);
		assert_int_equal(p11->C_VerifyInit(session, &mech, public), CKR_OK);
		assert_int_equal(
			p11->C_Verify(session, bytes, rows[i].len, signature, len), CKR_OK);
		signature[LEN - 1] ^= 1;
		assert_int_equal(p11->C_VerifyInit(session, &mech, public), CKR_OK);
		assert_int_equal(p11->C_Verify(session, bytes, rows[i].len, signature, len),
			CKR_SIGNATURE_INVALID);
		signature[LEN - 1] ^= 1;
		bytes[0] ^= 1;
		assert_int_equal(p11->C_VerifyInit(session, &mech, public), CKR_OK);
		assert_int_equal(p11->C_Verify(session, bytes, rows[i].len, signature, len),
			CKR_SIGNATURE_INVALID);
		bytes[0] ^= 1;
	}
}

static void parts_give_the_same_as_one_piece(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_BYTE bytes[1000];
	CK_BYTE signature[LEN];

	(void)state;
	fill(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_ULONG half = rows[i].len / 3;
		CK_ULONG len = sizeof(signature);
		CK_MECHANISM mech = mechanism(
			rows[i].type, rows[i].pss, rows[i].pss ? sizeof(*rows[i].pss) : 0);

		assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_SignUpdate(session, bytes, half), CKR_OK);
		assert_int_equal(
			p11->C_SignUpdate(session, bytes + half, rows[i].len - half), CKR_OK);
		assert_int_equal(p11->C_SignFinal(session, signature, &len), CKR_OK);
		assert_int_equal(p11->C_VerifyInit(session, &mech, public), CKR_OK);
		assert_int_equal(
			p11->C_Verify(session, bytes, rows[i].len, signature, len), CKR_OK);
	}
}

static void length_question_and_small_buffer_keep_the_operation(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[3] = "abc";
	CK_BYTE signature[LEN];
	CK_ULONG len = 0;

	(void)state;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OPERATION_ACTIVE);
	assert_int_equal(p11->C_Sign(session, bytes, 3, NULL, &len), CKR_OK);
	assert_int_equal(len, LEN);
	len = LEN - 1;
	assert_int_equal(p11->C_Sign(session, bytes, 3, signature, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, LEN);
	assert_int_equal(p11->C_Sign(session, bytes, 3, signature, &len), CKR_OK);
	assert_int_equal(
		p11->C_Sign(session, bytes, 3, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
}

static void too_long_data_end_the_operation(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[LEN + 1] = { 0 };
	CK_BYTE signature[LEN];
	CK_ULONG len = LEN;

	(void)state;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	assert_int_equal(
		p11->C_Sign(session, bytes, LEN - 10, signature, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_Sign(session, bytes, LEN + 1, signature, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_Sign(session, bytes, LEN - 11, signature, &len), CKR_OK);
}

static void what_is_encrypted_decrypts(void **state)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_RSA_PKCS, CKM_RSA_X_509 };
	static const CK_ULONG lens[] = { 48, LEN };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		CK_MECHANISM mech = { types[i], NULL, 0 };
		CK_BYTE plain[LEN] = { 0 };
		CK_BYTE cryptogram[LEN];
		CK_BYTE back[LEN];
		CK_ULONG len = LEN;

		fill(plain + 1, LEN - 1);
		assert_int_equal(p11->C_EncryptInit(session, &mech, public), CKR_OK);
		assert_int_equal(p11->C_Encrypt(session, plain, lens[i], cryptogram, &len), CKR_OK);
		assert_int_equal(len, LEN);
		assert_int_equal(p11->C_DecryptInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_Decrypt(session, cryptogram, LEN, NULL, &len), CKR_OK);
		assert_true(len >= lens[i]);
		len = lens[i] - 1;
		assert_int_equal(
			p11->C_Decrypt(session, cryptogram, LEN, back, &len), CKR_BUFFER_TOO_SMALL);
		assert_int_equal(len, lens[i]);
		assert_int_equal(p11->C_Decrypt(session, cryptogram, LEN, back, &len), CKR_OK);
		assert_int_equal(len, lens[i]);
		assert_memory_equal(back, plain, lens[i]);
	}
}

/* A wrong block must look like a message: no error, the same one each time, another for another. */
static void wrong_padding_is_not_told(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE out[3][LEN];
	CK_ULONG len[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		CK_BYTE cryptogram[LEN] = { 0 };

		cryptogram[LEN - 1] = i == 2 ? 3 : 2;
		len[i] = LEN;
		assert_int_equal(p11->C_DecryptInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_Decrypt(session, cryptogram, LEN, out[i], &len[i]), CKR_OK);
		assert_true(len[i] <= LEN - 11);
	}
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(out[0], out[1], len[0]);
	assert_false(len[0] == len[2] && memcmp(out[0], out[2], len[0]) == 0);
}

static void digests_are_right(void **state)
{
	static const CK_BYTE sha256_abc[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41,
		0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a,
		0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad }; /* FIPS 180-4 example */
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_MECHANISM mech = { CKM_SHA256, NULL, 0 };
	CK_BYTE bytes[3] = "abc";
	CK_BYTE digest[64];
	CK_ULONG len = 31;

	(void)state;
	assert_int_equal(p11->C_DigestInit(session, &mech), CKR_OK);
	assert_int_equal(p11->C_Digest(session, bytes, 3, digest, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 32);
	assert_int_equal(p11->C_Digest(session, bytes, 3, digest, &len), CKR_OK);
	assert_memory_equal(digest, sha256_abc, 32);
	assert_int_equal(p11->C_DigestInit(session, &mech), CKR_OK);
	assert_int_equal(p11->C_DigestUpdate(session, bytes, 1), CKR_OK);
	assert_int_equal(p11->C_Digest(session, bytes, 3, digest, &len), CKR_OPERATION_ACTIVE);
	assert_int_equal(p11->C_DigestUpdate(session, bytes + 1, 2), CKR_OK);
	assert_int_equal(p11->C_DigestFinal(session, digest, &len), CKR_OK);
	assert_memory_equal(digest, sha256_abc, 32);
}

/* FIPS 180-4's and 202's examples: the digest of abc. */
static void the_rarer_digests_are_right(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG len;
		const char *digest; /* its first bytes */
	} digests[] = {
		{ CKM_SHA512_224, 28, "\x46\x34\x27\x0f\x70\x7b\x6a\x54" },
		{ CKM_SHA512_256, 32, "\x53\x04\x8e\x26\x81\x94\x1e\xf9" },
		{ CKM_SHA3_224, 28, "\xe6\x42\x82\x4c\x3f\x8c\xf2\x4a" },
		{ CKM_SHA3_256, 32, "\x3a\x98\x5d\xa7\x4f\xe2\x25\xb2" },
		{ CKM_SHA3_384, 48, "\xec\x01\x49\x82\x88\x51\x6f\xc9" },
		{ CKM_SHA3_512, 64, "\xb7\x51\x85\x0b\x1a\x57\x16\x8a" },
	};
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_BYTE bytes[3] = "abc";
	CK_BYTE digest[64];

	(void)state;
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		CK_MECHANISM mech = { digests[i].type, NULL, 0 };
		CK_ULONG len = sizeof(digest);

		assert_int_equal(p11->C_DigestInit(session, &mech), CKR_OK);
		assert_int_equal(p11->C_Digest(session, bytes, 3, digest, &len), CKR_OK);
		assert_int_equal(len, digests[i].len);
		assert_memory_equal(digest, digests[i].digest, 8);
	}
}

static void a_key_that_takes_no_raw_blocks_offers_no_pss(void **state)
{
	CK_MECHANISM mech = mechanism(CKM_SHA256_RSA_PKCS_PSS, &pss_sha256, sizeof(pss_sha256));
	CK_MECHANISM_INFO info;
	CK_SESSION_HANDLE session;

	(void)state;
	fake_set_raw(0, false);
	session = p11_user(0);
	assert_int_equal(
		p11->C_GetMechanismInfo(0, CKM_RSA_PKCS_PSS, &info), CKR_MECHANISM_INVALID);
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_RSA_PKCS, &info), CKR_OK);
	assert_int_equal(p11->C_SignInit(session, &mech, p11_object(session, CKO_PRIVATE_KEY)),
		CKR_MECHANISM_INVALID);
}

static void a_key_with_consent_wants_the_pin_for_each_use(void **state)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[3] = "abc";
	CK_BYTE signature[LEN];
	CK_ULONG len = LEN;

	(void)state;
	fake_set_user_consent(0, true);
	session = p11_user(0);
	key = p11_object(session, CKO_PRIVATE_KEY);
	assert_int_equal(p11_bool(session, key, CKA_ALWAYS_AUTHENTICATE), CK_TRUE);
	assert_int_equal(
		p11_login(session, CKU_CONTEXT_SPECIFIC, FAKE_PIN), CKR_OPERATION_NOT_INITIALIZED);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11_login(session, CKU_CONTEXT_SPECIFIC, FAKE_PIN), CKR_OK);
		assert_int_equal(p11->C_Sign(session, bytes, 3, signature, &len), CKR_OK);
		assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
		assert_int_equal(
			p11->C_Sign(session, bytes, 3, signature, &len), CKR_USER_NOT_LOGGED_IN);
	}
}

static void wrong_keys_and_parameters_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_RSA_PKCS_PSS_PARAMS mixed = { CKM_SHA_1, CKG_MGF1_SHA1, 20 };
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS_PSS, &mixed, sizeof(mixed) };

	(void)state;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_MECHANISM_PARAM_INVALID);
	mech.ulParameterLen--;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_MECHANISM_PARAM_INVALID);
	mech = (CK_MECHANISM){ CKM_SHA256_RSA_PKCS, NULL, 0 };
	assert_int_equal(p11->C_SignInit(session, &mech, certificate), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(p11->C_SignInit(session, &mech, 4711), CKR_KEY_HANDLE_INVALID);
	mech.mechanism = CKM_SHA256;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_MECHANISM_INVALID);
	mech.mechanism = CKM_ECDSA;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_MECHANISM_INVALID);
	assert_int_equal(p11->C_SignInit(session, NULL, key), CKR_ARGUMENTS_BAD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_signature_verifies_and_a_changed_one_does_not),
		TEST(parts_give_the_same_as_one_piece),
		TEST(length_question_and_small_buffer_keep_the_operation),
		TEST(too_long_data_end_the_operation),
		TEST(what_is_encrypted_decrypts),
		TEST(wrong_padding_is_not_told),
		TEST(digests_are_right),
		TEST(the_rarer_digests_are_right),
		TEST(a_key_that_takes_no_raw_blocks_offers_no_pss),
		TEST(a_key_with_consent_wants_the_pin_for_each_use),
		TEST(wrong_keys_and_parameters_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
