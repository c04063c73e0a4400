/* SPDX-License-Identifier: Apache-2.0 */
/* RSA at work: OAEP with every hash, what does not fit, what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define LEN 256 /* of the fake card's modulus */

struct keys {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE private, public;
};

static struct keys take_keys(void)
{
	struct keys keys = { .session = p11_user(0) };

	keys.private = p11_object(keys.session, CKO_PRIVATE_KEY);
	keys.public = p11_object(keys.session, CKO_PUBLIC_KEY);
	return keys;
}

static CK_RSA_PKCS_OAEP_PARAMS oaep(CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf)
{
	return (CK_RSA_PKCS_OAEP_PARAMS){ hash, mgf, CKZ_DATA_SPECIFIED, NULL, 0 };
}

static CK_RV encrypt(const struct keys *keys, CK_MECHANISM *mech, CK_ULONG len, CK_BYTE *out)
{
	CK_BYTE plain[LEN];
	CK_ULONG out_len = LEN;

	memset(plain, 0x41, sizeof(plain));
	assert_int_equal(p11->C_EncryptInit(keys->session, mech, keys->public), CKR_OK);
	return p11->C_Encrypt(keys->session, plain, len, out, &out_len);
}

static CK_RV decrypt(const struct keys *keys, CK_MECHANISM *mech, CK_BYTE *in, CK_ULONG *ret_len)
{
	CK_BYTE plain[LEN];
	CK_RV rv;

	*ret_len = LEN;
	assert_int_equal(p11->C_DecryptInit(keys->session, mech, keys->private), CKR_OK);
	rv = p11->C_Decrypt(keys->session, in, LEN, plain, ret_len);
	for (CK_ULONG i = 0; rv == CKR_OK && i < *ret_len; i++)
		assert_int_equal(plain[i], 0x41);
	return rv;
}

static void oaep_with_every_hash_and_label(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE hash;
		CK_RSA_PKCS_MGF_TYPE mgf;
		CK_ULONG len;
	} rows[] = { { CKM_SHA_1, CKG_MGF1_SHA1, 20 }, { CKM_SHA224, CKG_MGF1_SHA224, 28 },
		{ CKM_SHA256, CKG_MGF1_SHA256, 32 }, { CKM_SHA384, CKG_MGF1_SHA384, 48 },
		{ CKM_SHA512, CKG_MGF1_SHA512, 64 }, { CKM_SHA256, CKG_MGF1_SHA1, 32 } };
	CK_BYTE name[] = "a label";
	struct keys keys = take_keys();

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		CK_RSA_PKCS_OAEP_PARAMS params = oaep(rows[i / 2].hash, rows[i / 2].mgf);
		CK_MECHANISM mech = { CKM_RSA_PKCS_OAEP, &params, sizeof(params) };
		CK_ULONG most = LEN - 2 * rows[i / 2].len - 2;
		CK_BYTE out[LEN];
		CK_ULONG len;

		if (i % 2) {
			params.pSourceData = name;
			params.ulSourceDataLen = sizeof(name);
		}
		for (CK_ULONG n = 0; n <= most; n += most / 2) {
			assert_int_equal(encrypt(&keys, &mech, n, out), CKR_OK);
			assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_OK);
			assert_int_equal(len, n);
		}
		assert_int_equal(encrypt(&keys, &mech, most + 1, out), CKR_DATA_LEN_RANGE);
		assert_int_equal(p11->C_DecryptInit(keys.session, &mech, keys.private), CKR_OK);
		assert_int_equal(p11->C_Decrypt(keys.session, out, LEN, NULL, &len), CKR_OK);
		assert_int_equal(len, most);
		assert_int_equal(p11->C_Decrypt(keys.session, out, LEN - 1, out, &len),
			CKR_ENCRYPTED_DATA_LEN_RANGE);
	}
}

static void another_label_hash_or_bit_is_refused_by_one_code(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS params = oaep(CKM_SHA256, CKG_MGF1_SHA256);
	CK_MECHANISM mech = { CKM_RSA_PKCS_OAEP, &params, sizeof(params) };
	struct keys keys = take_keys();
	CK_BYTE name[] = "a label";
	CK_BYTE out[LEN];
	CK_ULONG len;

	(void)state;
	assert_int_equal(encrypt(&keys, &mech, 32, out), CKR_OK);
	params.pSourceData = name;
	params.ulSourceDataLen = 1;
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_ENCRYPTED_DATA_INVALID);
	params = oaep(CKM_SHA_1, CKG_MGF1_SHA256);
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_ENCRYPTED_DATA_INVALID);
	params = oaep(CKM_SHA256, CKG_MGF1_SHA1);
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_ENCRYPTED_DATA_INVALID);
	params = oaep(CKM_SHA256, CKG_MGF1_SHA256);
	out[LEN - 1] ^= 1;
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_ENCRYPTED_DATA_INVALID);
	out[LEN - 1] ^= 1;
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_OK);
	memset(out, 0xff, LEN); /* above the modulus */
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_ENCRYPTED_DATA_INVALID);
}

/* As pkcs11-tool does it: nobody means a source where there are no data. */
static void oaep_without_label_needs_no_source(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS params = oaep(CKM_SHA256, CKG_MGF1_SHA256);
	CK_MECHANISM mech = { CKM_RSA_PKCS_OAEP, &params, sizeof(params) };
	struct keys keys = take_keys();
	CK_BYTE out[LEN], name[] = "a label";
	CK_ULONG len;

	(void)state;
	assert_int_equal(encrypt(&keys, &mech, 32, out), CKR_OK);
	params.source = 0;
	assert_int_equal(decrypt(&keys, &mech, out, &len), CKR_OK);
	params.pSourceData = name;
	params.ulSourceDataLen = 1;
	assert_int_equal(
		p11->C_DecryptInit(keys.session, &mech, keys.private), CKR_MECHANISM_PARAM_INVALID);
}

static void wrong_oaep_parameters_are_refused(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS good = oaep(CKM_SHA256, CKG_MGF1_SHA256);
	CK_RSA_PKCS_OAEP_PARAMS bad[4] = { good, good, good, good };
	CK_MECHANISM mech = { CKM_RSA_PKCS_OAEP, &good, sizeof(good) - 1 };
	struct keys keys = take_keys();

	(void)state;
	bad[0].hashAlg = CKM_RSA_PKCS;
	bad[1].mgf = 99;
	bad[2].source = 2;
	bad[3].ulSourceDataLen = 1;
	assert_int_equal(
		p11->C_EncryptInit(keys.session, &mech, keys.public), CKR_MECHANISM_PARAM_INVALID);
	mech.pParameter = NULL;
	assert_int_equal(
		p11->C_EncryptInit(keys.session, &mech, keys.public), CKR_MECHANISM_PARAM_INVALID);
	for (size_t i = 0; i < 4; i++) {
		mech = (CK_MECHANISM){ CKM_RSA_PKCS_OAEP, &bad[i], sizeof(good) };
		assert_int_equal(p11->C_EncryptInit(keys.session, &mech, keys.public),
			CKR_MECHANISM_PARAM_INVALID);
	}
	mech.pParameter = &good;
	assert_int_equal(p11->C_SignInit(keys.session, &mech, keys.private), CKR_MECHANISM_INVALID);
}

static void a_key_without_raw_blocks_does_no_oaep(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS params = oaep(CKM_SHA256, CKG_MGF1_SHA256);
	CK_MECHANISM mech = { CKM_RSA_PKCS_OAEP, &params, sizeof(params) };
	struct keys keys;

	(void)state;
	fake_set_raw(0, false);
	keys = take_keys();
	assert_int_equal(
		p11->C_DecryptInit(keys.session, &mech, keys.private), CKR_MECHANISM_INVALID);
}

/* What a forged directory says of a key whose modulus is known does not count: the block that is
 * signed would be longer than the room for it. */
static void claimed_bits_do_not_outweigh_the_modulus(void **state)
{
	static const unsigned claims[] = { 8192, 4096, 512, 0 };
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss) };
	struct keys keys = take_keys();
	CK_BYTE modulus[LEN], signature[2 * LEN];

	(void)state;
	assert_int_equal(p11_bytes(keys.session, keys.private, CKA_MODULUS, modulus, LEN), LEN);
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		CK_UTF8CHAR name[] = "x";
		CK_ATTRIBUTE label = { CKA_LABEL, name, 1 };
		CK_ULONG len = sizeof(signature);

		fake_claim_bits(0, claims[i]);
		/* a write begins with asking, and so reads the directory anew */
		assert_int_equal(
			p11->C_SetAttributeValue(keys.session, keys.public, &label, 1), CKR_OK);
		assert_int_equal(p11->C_SignInit(keys.session, &mech, keys.private), CKR_OK);
		assert_int_equal(p11->C_Sign(keys.session, modulus, 3, signature, &len), CKR_OK);
		assert_int_equal(len, LEN);
		assert_int_equal(p11->C_VerifyInit(keys.session, &mech, keys.public), CKR_OK);
		assert_int_equal(p11->C_Verify(keys.session, modulus, 3, signature, len), CKR_OK);
	}
}

/* A number must be below the modulus; short data are a number with zeros left out. */
static void bare_rsa_takes_numbers_below_the_modulus(void **state)
{
	CK_MECHANISM mech = { CKM_RSA_X_509, NULL, 0 };
	struct keys keys = take_keys();
	CK_BYTE plain[LEN], out[LEN];
	CK_ULONG len = LEN;

	(void)state;
	memset(plain, 0xff, LEN);
	assert_int_equal(p11->C_EncryptInit(keys.session, &mech, keys.public), CKR_OK);
	assert_int_equal(p11->C_Encrypt(keys.session, plain, LEN, out, &len), CKR_DATA_INVALID);
	assert_int_equal(p11->C_EncryptInit(keys.session, &mech, keys.public), CKR_OK);
	assert_int_equal(p11->C_Encrypt(keys.session, plain, 3, out, &len), CKR_OK);
	assert_int_equal(p11->C_DecryptInit(keys.session, &mech, keys.private), CKR_OK);
	assert_int_equal(p11->C_Decrypt(keys.session, out, LEN, plain, &len), CKR_OK);
	assert_int_equal(len, LEN);
	for (size_t i = 0; i < LEN; i++)
		assert_int_equal(plain[i], i < LEN - 3 ? 0 : 0xff);
}

/* A pair that may recover. */
static struct keys recovering_pair(void)
{
	CK_MECHANISM mech = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE public[] = { { CKA_MODULUS_BITS, &bits, sizeof(bits) } };
	CK_ATTRIBUTE private[] = { { CKA_SIGN_RECOVER, &yes, 1 }, { CKA_TOKEN, &yes, 1 } };
	struct keys keys = { .session = p11_user(0) };

	assert_int_equal(p11->C_GenerateKeyPair(keys.session, &mech, public, 1, private, 2,
				 &keys.public, &keys.private),
		CKR_OK);
	return keys;
}

static void what_is_signed_is_recovered(void **state)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_RSA_PKCS, CKM_RSA_X_509 };
	static const CK_ULONG most[] = { LEN - 11, LEN };
	struct keys keys = recovering_pair();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		CK_MECHANISM mech = { types[i], NULL, 0 };
		CK_BYTE data[LEN], signature[LEN], back[LEN];
		CK_ULONG len = 0;
		CK_ULONG give = i ? LEN : 40;

		memset(data, 0x30, LEN);
		assert_int_equal(p11->C_SignRecoverInit(keys.session, &mech, keys.private), CKR_OK);
		assert_int_equal(p11->C_SignRecover(keys.session, data, give, NULL, &len), CKR_OK);
		assert_int_equal(len, LEN);
		len--;
		assert_int_equal(p11->C_SignRecover(keys.session, data, give, signature, &len),
			CKR_BUFFER_TOO_SMALL);
		assert_int_equal(
			p11->C_SignRecover(keys.session, data, give, signature, &len), CKR_OK);
		assert_int_equal(p11->C_SignRecover(keys.session, data, give, signature, &len),
			CKR_OPERATION_NOT_INITIALIZED);
		assert_int_equal(
			p11->C_VerifyRecoverInit(keys.session, &mech, keys.public), CKR_OK);
		assert_int_equal(
			p11->C_VerifyRecover(keys.session, signature, LEN, NULL, &len), CKR_OK);
		assert_int_equal(len, most[i]);
		len = give - 1;
		assert_int_equal(p11->C_VerifyRecover(keys.session, signature, LEN, back, &len),
			CKR_BUFFER_TOO_SMALL);
		assert_int_equal(len, give);
		assert_int_equal(
			p11->C_VerifyRecover(keys.session, signature, LEN, back, &len), CKR_OK);
		assert_int_equal(len, give);
		assert_memory_equal(back, data, give);
		assert_int_equal(p11->C_VerifyRecover(keys.session, signature, LEN, back, &len),
			CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void recovery_of_what_was_not_signed_is_refused(void **state)
{
	struct keys keys = recovering_pair();
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_MECHANISM hashed = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE signature[LEN] = { 1 }, back[LEN];
	CK_ULONG len = LEN;

	(void)state;
	assert_int_equal(p11->C_VerifyRecoverInit(keys.session, &mech, keys.public), CKR_OK);
	assert_int_equal(p11->C_VerifyRecover(keys.session, signature, LEN, back, &len),
		CKR_SIGNATURE_INVALID);
	assert_int_equal(p11->C_VerifyRecoverInit(keys.session, &mech, keys.public), CKR_OK);
	assert_int_equal(p11->C_VerifyRecover(keys.session, signature, LEN - 1, back, &len),
		CKR_SIGNATURE_LEN_RANGE);
	assert_int_equal(p11->C_VerifyRecoverInit(keys.session, &mech, keys.public), CKR_OK);
	assert_int_equal(
		p11->C_VerifyRecover(keys.session, NULL, LEN, back, &len), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_SignRecoverInit(keys.session, &mech, keys.private), CKR_OK);
	assert_int_equal(p11->C_SignRecover(keys.session, signature, LEN - 10, back, &len),
		CKR_DATA_LEN_RANGE);
	assert_int_equal(
		p11->C_SignRecoverInit(keys.session, &hashed, keys.private), CKR_MECHANISM_INVALID);
	keys.private = p11_object(keys.session, CKO_PRIVATE_KEY); /* the card's own may not */
	assert_int_equal(p11->C_SignRecoverInit(keys.session, &mech, keys.private),
		CKR_KEY_FUNCTION_NOT_PERMITTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(oaep_with_every_hash_and_label),
		TEST(another_label_hash_or_bit_is_refused_by_one_code),
		TEST(oaep_without_label_needs_no_source),
		TEST(wrong_oaep_parameters_are_refused),
		TEST(a_key_without_raw_blocks_does_no_oaep),
		TEST(claimed_bits_do_not_outweigh_the_modulus),
		TEST(bare_rsa_takes_numbers_below_the_modulus),
		TEST(what_is_signed_is_recovered),
		TEST(recovery_of_what_was_not_signed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
