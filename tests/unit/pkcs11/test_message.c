/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that take a message at a time: AES-GCM with its tag apart, signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define TEXT_LEN 60
#define TAG 16
#define IV 12
#define RSA 256

static CK_FUNCTION_LIST_3_0 *p3;
static CK_BYTE text[TEXT_LEN + 1] = "sixty bytes of text, which is as long as nobody cares about.";
static CK_BYTE extra[] = "not secret";

static int setup(void **state)
{
	CK_VERSION version = { 3, 0 };
	CK_INTERFACE *found = NULL;
	int rv = p11_setup(state);

	assert_int_equal(C_GetInterface(NULL, &version, &found, 0), CKR_OK);
	p3 = found->pFunctionList;
	return rv;
}

static CK_OBJECT_HANDLE aes(CK_SESSION_HANDLE session)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		p11_attr(CKA_VALUE, "0123456789abcdef", 16) };
	CK_OBJECT_HANDLE key = 0;

	assert_int_equal(p11->C_CreateObject(session, template, 3, &key), CKR_OK);
	return key;
}

/* A parameter with its own room for value and tag. */
struct sealed {
	CK_BYTE iv[IV], tag[TAG];
	CK_GCM_MESSAGE_PARAMS params;
};

static void make_sealed(struct sealed *sealed, CK_ULONG generator, CK_ULONG fixed)
{
	memset(sealed->tag, 0, sizeof(sealed->tag));
	sealed->params =
		(CK_GCM_MESSAGE_PARAMS){ sealed->iv, IV, fixed, generator, sealed->tag, 8 * TAG };
}

static CK_SESSION_HANDLE begin(bool decrypt, CK_OBJECT_HANDLE *ret_key)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_MECHANISM mech = { CKM_AES_GCM, NULL, 0 };

	*ret_key = aes(session);
	assert_int_equal(p3->C_MessageEncryptInit(session, &mech, *ret_key), CKR_OK);
	if (decrypt)
		assert_int_equal(p3->C_MessageDecryptInit(session, &mech, *ret_key), CKR_OK);
	return session;
}

/* What C_Encrypt() makes of the text with this initial value. */
static void plainly(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_BYTE *iv, CK_BYTE *out)
{
	CK_GCM_PARAMS gcm = { iv, IV, 96, extra, sizeof(extra), 128 };
	CK_MECHANISM mech = { CKM_AES_GCM, &gcm, sizeof(gcm) };
	CK_ULONG len = TEXT_LEN + TAG;

	assert_int_equal(p11->C_EncryptInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_Encrypt(session, text, TEXT_LEN, out, &len), CKR_OK);
}

static void a_message_is_what_encrypt_makes_with_the_tag_apart(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	CK_BYTE whole[TEXT_LEN + TAG], out[TEXT_LEN], back[TEXT_LEN];
	struct sealed sealed = { .iv = "twelve bytes" };
	void *params = &sealed.params;
	CK_ULONG len = 0;

	(void)state;
	make_sealed(&sealed, CKG_NO_GENERATE, 0);
	for (int i = 0; i < 2; i++) { /* more than one message */
		sealed.iv[0]++;
		plainly(session, key, sealed.iv, whole);
		assert_int_equal(p3->C_EncryptMessage(session, params, sizeof(sealed.params), extra,
					 sizeof(extra), text, TEXT_LEN, NULL, &len),
			CKR_OK);
		assert_int_equal(len, TEXT_LEN);
		len--;
		assert_int_equal(p3->C_EncryptMessage(session, params, sizeof(sealed.params), extra,
					 sizeof(extra), text, TEXT_LEN, out, &len),
			CKR_BUFFER_TOO_SMALL);
		assert_int_equal(p3->C_EncryptMessage(session, params, sizeof(sealed.params), extra,
					 sizeof(extra), text, TEXT_LEN, out, &len),
			CKR_OK);
		assert_memory_equal(out, whole, TEXT_LEN);
		assert_memory_equal(sealed.tag, whole + TEXT_LEN, TAG);
		assert_int_equal(p3->C_DecryptMessage(session, params, sizeof(sealed.params), extra,
					 sizeof(extra), out, TEXT_LEN, back, &len),
			CKR_OK);
		assert_int_equal(len, TEXT_LEN);
		assert_memory_equal(back, text, TEXT_LEN);
	}
	assert_int_equal(p3->C_MessageEncryptFinal(session), CKR_OK);
	assert_int_equal(p3->C_MessageEncryptFinal(session), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p3->C_MessageDecryptFinal(session), CKR_OK);
}

static void parts_give_the_same_message(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	CK_BYTE whole[TEXT_LEN + TAG], out[TEXT_LEN], back[TEXT_LEN];
	struct sealed sealed = { .iv = "twelve bytes" };
	void *params = &sealed.params;
	CK_ULONG len = 20;

	(void)state;
	make_sealed(&sealed, CKG_NO_GENERATE, 0);
	plainly(session, key, sealed.iv, whole);
	assert_int_equal(p3->C_EncryptMessageNext(
				 session, params, sizeof(sealed.params), text, 20, out, &len, 0),
		CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p3->C_EncryptMessageBegin(
				 session, params, sizeof(sealed.params), extra, sizeof(extra)),
		CKR_OK);
	assert_int_equal(p3->C_EncryptMessageBegin(
				 session, params, sizeof(sealed.params), extra, sizeof(extra)),
		CKR_OPERATION_ACTIVE);
	assert_int_equal(p3->C_EncryptMessage(session, params, sizeof(sealed.params), NULL, 0, text,
				 20, out, &len),
		CKR_OPERATION_ACTIVE);
	for (CK_ULONG at = 0; at < TEXT_LEN; at += 20) {
		len = 19;
		assert_int_equal(p3->C_EncryptMessageNext(session, params, sizeof(sealed.params),
					 text + at, 20, out + at, &len, 0),
			CKR_BUFFER_TOO_SMALL);
		assert_int_equal(
			p3->C_EncryptMessageNext(session, params, sizeof(sealed.params), text + at,
				20, out + at, &len, at == 40 ? CKF_END_OF_MESSAGE : 0),
			CKR_OK);
		assert_int_equal(len, 20);
	}
	assert_memory_equal(out, whole, TEXT_LEN);
	assert_memory_equal(sealed.tag, whole + TEXT_LEN, TAG);

	assert_int_equal(p3->C_DecryptMessageBegin(
				 session, params, sizeof(sealed.params), extra, sizeof(extra)),
		CKR_OK);
	len = 0; /* nothing before the tag was right */
	assert_int_equal(p3->C_DecryptMessageNext(
				 session, params, sizeof(sealed.params), out, 40, back, &len, 0),
		CKR_OK);
	assert_int_equal(p3->C_DecryptMessageNext(session, params, sizeof(sealed.params), out + 40,
				 20, back, &len, CKF_END_OF_MESSAGE),
		CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, TEXT_LEN);
	assert_int_equal(p3->C_DecryptMessageNext(session, params, sizeof(sealed.params), out + 40,
				 20, back, &len, CKF_END_OF_MESSAGE),
		CKR_OK);
	assert_memory_equal(back, text, TEXT_LEN);
}

static void a_wrong_message_gives_nothing_and_ends_alone(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	CK_BYTE out[TEXT_LEN], back[TEXT_LEN], untouched[TEXT_LEN];
	struct sealed sealed = { .iv = "twelve bytes" };
	void *params = &sealed.params;
	CK_BYTE *const places[] = { out, sealed.iv, sealed.tag, extra };
	CK_ULONG len = TEXT_LEN;

	(void)state;
	make_sealed(&sealed, CKG_NO_GENERATE, 0);
	assert_int_equal(p3->C_EncryptMessage(session, params, sizeof(sealed.params), extra,
				 sizeof(extra), text, TEXT_LEN, out, &len),
		CKR_OK);
	memset(back, 0xee, sizeof(back));
	memset(untouched, 0xee, sizeof(untouched));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		places[i][3] ^= 4;
		assert_int_equal(p3->C_DecryptMessage(session, params, sizeof(sealed.params), extra,
					 sizeof(extra), out, TEXT_LEN, back, &len),
			CKR_AEAD_DECRYPT_FAILED);
		assert_memory_equal(back, untouched, TEXT_LEN);
		places[i][3] ^= 4;
	}
	assert_int_equal(p3->C_DecryptMessage(session, params, sizeof(sealed.params), extra,
				 sizeof(extra), out, TEXT_LEN, back, &len),
		CKR_OK);
	assert_memory_equal(back, text, TEXT_LEN);
}

/* Encipher the text with a value made by generator, of which so many bits are given. */
static void generate(CK_SESSION_HANDLE session, CK_ULONG generator, CK_ULONG fixed, CK_BYTE *iv)
{
	struct sealed sealed;
	CK_BYTE out[TEXT_LEN];
	CK_ULONG len = TEXT_LEN;

	make_sealed(&sealed, generator, fixed);
	memcpy(sealed.iv, iv, IV);
	assert_int_equal(p3->C_EncryptMessage(session, &sealed.params, sizeof(sealed.params), NULL,
				 0, text, TEXT_LEN, out, &len),
		CKR_OK);
	memcpy(iv, sealed.iv, IV);
	/* what it says is what it took */
	assert_int_equal(p3->C_DecryptMessage(session, &sealed.params, sizeof(sealed.params), NULL,
				 0, out, TEXT_LEN, out, &len),
		CKR_OK);
	assert_memory_equal(out, text, TEXT_LEN);
}

static void initial_values_are_made_as_asked_for(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	CK_MECHANISM mech = { CKM_AES_GCM, NULL, 0 };
	CK_BYTE iv[IV] = "abcdXXXXXXXX", other[IV] = "abcdXXXXXXXX";
	CK_BYTE odd[IV] = { 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	generate(session, CKG_GENERATE_COUNTER, 32, iv);
	assert_memory_equal(iv, "abcd\0\0\0\0\0\0\0\0", IV);
	generate(session, CKG_GENERATE_COUNTER, 32, iv);
	assert_memory_equal(iv, "abcd\0\0\0\0\0\0\0\1", IV);
	/* bits, not bytes; and short values count on with the key, in another operation too */
	assert_int_equal(p3->C_MessageEncryptFinal(session), CKR_OK);
	assert_int_equal(p3->C_MessageEncryptInit(session, &mech, key), CKR_OK);
	generate(session, CKG_GENERATE, 37, odd);
	assert_memory_equal(odd, "\xff\xff\xff\xff\xf8\0\0\0\0\0\0\2", IV);
	/* random ones differ, and leave nothing of what was there */
	generate(session, CKG_GENERATE_RANDOM, 0, iv);
	generate(session, CKG_GENERATE, 0, other);
	assert_memory_not_equal(iv, other, IV);
}

static void a_counter_is_combined_with_the_first_value(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	CK_BYTE iv[IV] = "abcdefghijkl";

	(void)state;
	generate(session, CKG_GENERATE_COUNTER_XOR, 32, iv);
	assert_memory_equal(iv, "abcdefghijkl", IV);
	generate(session, CKG_GENERATE_COUNTER_XOR, 32, iv);
	assert_memory_equal(iv, "abcdefghijkm", IV);
	generate(session, CKG_GENERATE_COUNTER_XOR, 32, iv);
	assert_memory_equal(iv, "abcdefghijkn", IV);
}

static void no_value_comes_twice(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(true, &key);
	struct sealed sealed = { .iv = "twelve bytes" };
	CK_BYTE iv[IV] = "abcdefghijkl", out[1];
	CK_ULONG len = 1;

	(void)state;
	for (int i = 0; i < 4; i++) /* two bits count to four */
		generate(session, CKG_GENERATE_COUNTER, 8 * IV - 2, iv);
	make_sealed(&sealed, CKG_GENERATE_COUNTER, 8 * IV - 2);
	assert_int_equal(p3->C_EncryptMessage(session, &sealed.params, sizeof(sealed.params), NULL,
				 0, text, 1, out, &len),
		CKR_TOKEN_RESOURCE_EXCEEDED);
}

static void wrong_parameters_are_refused(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE session = begin(false, &key);
	CK_BYTE out[TEXT_LEN];
	struct sealed good = { .iv = "twelve bytes" };
	CK_GCM_MESSAGE_PARAMS bad[9];
	static const CK_RV want[] = { CKR_ARGUMENTS_BAD, CKR_ARGUMENTS_BAD,
		CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID,
		CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID,
		CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID,
		CKR_MECHANISM_PARAM_INVALID };
	CK_ULONG len = TEXT_LEN;

	(void)state;
	make_sealed(&good, CKG_NO_GENERATE, 0);
	for (size_t i = 0; i < 9; i++)
		bad[i] = good.params;
	bad[0].pIv = NULL;
	bad[1].pTag = NULL;
	bad[2].ulIvLen = 0;
	bad[3].ulIvLen = 1000;
	bad[4].ulTagBits = 136;
	bad[5].ulTagBits = 33;
	bad[6].ivGenerator = 5;
	bad[7].ulIvFixedBits = 97;
	bad[8].ivGenerator = CKG_GENERATE_RANDOM; /* too few bits */
	bad[8].ulIvFixedBits = 8;
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(p3->C_EncryptMessage(session, &bad[i], sizeof(bad[i]), NULL, 0,
					 text, TEXT_LEN, out, &len),
			want[i]);
	assert_int_equal(p3->C_EncryptMessage(session, &good.params, sizeof(good.params) - 1, NULL,
				 0, text, TEXT_LEN, out, &len),
		CKR_ARGUMENTS_BAD);
	assert_int_equal(p3->C_EncryptMessage(session, &good.params, sizeof(good.params), NULL, 0,
				 text, TEXT_LEN, out, &len),
		CKR_OK);
}

/* ---- signatures ---- */

static CK_MECHANISM pss_mechanism(void)
{
	static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };

	return (CK_MECHANISM){ CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss) };
}

static void messages_are_signed_one_after_the_other(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_MECHANISM mech = pss_mechanism();
	CK_BYTE signature[RSA];
	CK_ULONG len = 0;

	(void)state;
	assert_int_equal(p3->C_MessageSignInit(session, &mech, private), CKR_OK);
	assert_int_equal(p3->C_MessageSignInit(session, &mech, private), CKR_OPERATION_ACTIVE);
	assert_int_equal(p3->C_MessageVerifyInit(session, &mech, public), CKR_OK);
	for (CK_ULONG size = 0; size < 3; size++) {
		assert_int_equal(
			p3->C_SignMessage(session, NULL, 0, text, size, NULL, &len), CKR_OK);
		assert_int_equal(len, RSA);
		len--;
		assert_int_equal(p3->C_SignMessage(session, NULL, 0, text, size, signature, &len),
			CKR_BUFFER_TOO_SMALL);
		assert_int_equal(
			p3->C_SignMessage(session, NULL, 0, text, size, signature, &len), CKR_OK);
		assert_int_equal(
			p3->C_VerifyMessage(session, NULL, 0, text, size, signature, len), CKR_OK);
		signature[7] ^= 1;
		assert_int_equal(p3->C_VerifyMessage(session, NULL, 0, text, size, signature, len),
			CKR_SIGNATURE_INVALID);
		signature[7] ^= 1;
		/* and as an ordinary operation sees it */
		assert_int_equal(p11->C_VerifyInit(session, &mech, public), CKR_OK);
		assert_int_equal(p11->C_Verify(session, text, size, signature, len), CKR_OK);
	}
	assert_int_equal(
		p3->C_SignMessage(session, text, 3, text, 3, signature, &len), CKR_ARGUMENTS_BAD);
	assert_int_equal(
		p3->C_SignMessage(session, NULL, 0, text, 3, signature, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p3->C_MessageSignFinal(session), CKR_OK);
	assert_int_equal(p3->C_SignMessage(session, NULL, 0, text, 3, signature, &len),
		CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p3->C_MessageVerifyFinal(session), CKR_OK);
}

static void messages_are_signed_in_parts(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_MECHANISM mech = pss_mechanism();
	CK_BYTE signature[RSA];
	CK_ULONG len = sizeof(signature);

	(void)state;
	assert_int_equal(p3->C_MessageSignInit(session, &mech, private), CKR_OK);
	assert_int_equal(p3->C_MessageVerifyInit(session, &mech, public), CKR_OK);
	assert_int_equal(p3->C_SignMessageNext(session, NULL, 0, text, 20, NULL, NULL),
		CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p3->C_SignMessageBegin(session, NULL, 0), CKR_OK);
	assert_int_equal(p3->C_SignMessageBegin(session, NULL, 0), CKR_OPERATION_ACTIVE);
	assert_int_equal(p3->C_SignMessageNext(session, NULL, 0, text, 20, NULL, NULL), CKR_OK);
	assert_int_equal(p3->C_SignMessage(session, NULL, 0, text, 3, signature, &len),
		CKR_OPERATION_ACTIVE);
	assert_int_equal(
		p3->C_SignMessageNext(session, NULL, 0, text + 20, 40, signature, &len), CKR_OK);
	assert_int_equal(
		p3->C_VerifyMessage(session, NULL, 0, text, TEXT_LEN, signature, len), CKR_OK);
	for (CK_ULONG last = 40; last >= 39; last--) { /* whole, and a byte short */
		assert_int_equal(p3->C_VerifyMessageBegin(session, NULL, 0), CKR_OK);
		assert_int_equal(
			p3->C_VerifyMessageNext(session, NULL, 0, text, 20, NULL, 0), CKR_OK);
		assert_int_equal(
			p3->C_VerifyMessageNext(session, NULL, 0, text + 20, last, signature, len),
			last == 40 ? CKR_OK : CKR_SIGNATURE_INVALID);
	}
}

static void a_key_wants_its_pin_for_each_message(void **state)
{
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE session;
	CK_BYTE signature[RSA];
	CK_ULONG len = sizeof(signature);

	(void)state;
	fake_set_user_consent(0, true);
	session = p11_user(0);
	assert_int_equal(
		p3->C_MessageSignInit(session, &mech, p11_object(session, CKO_PRIVATE_KEY)),
		CKR_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(p3->C_SignMessage(session, NULL, 0, text, 3, signature, &len),
			CKR_USER_NOT_LOGGED_IN);
		assert_int_equal(p11_login(session, CKU_CONTEXT_SPECIFIC, FAKE_PIN), CKR_OK);
		assert_int_equal(
			p3->C_SignMessage(session, NULL, 0, text, 3, signature, &len), CKR_OK);
	}
}

static void wrong_mechanisms_and_keys_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_MECHANISM oaep = { CKM_RSA_PKCS_OAEP, NULL, 0 };
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_MECHANISM gcm = { CKM_AES_GCM, text, 3 };

	(void)state;
	assert_int_equal(p3->C_MessageEncryptInit(session, &oaep, private), CKR_MECHANISM_INVALID);
	assert_int_equal(
		p3->C_MessageDecryptInit(session, &gcm, aes(session)), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(
		p3->C_MessageVerifyInit(session, &mech, private), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(p3->C_MessageSignInit(session, &mech, 4711), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(p3->C_MessageSignInit(session, NULL, private), CKR_ARGUMENTS_BAD);
	assert_int_equal(p3->C_MessageSignInit(session, &mech, private), CKR_OK);
	assert_int_equal(p3->C_MessageSignInit(session, NULL, 0), CKR_OK); /* cancels */
	assert_int_equal(p3->C_MessageSignInit(session, &mech, private), CKR_OK);
	assert_int_equal(p3->C_SessionCancel(session, CKF_MESSAGE_SIGN), CKR_OK);
	assert_int_equal(p3->C_MessageSignFinal(session), CKR_OPERATION_NOT_INITIALIZED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_is_what_encrypt_makes_with_the_tag_apart),
		TEST(parts_give_the_same_message),
		TEST(a_wrong_message_gives_nothing_and_ends_alone),
		TEST(initial_values_are_made_as_asked_for),
		TEST(a_counter_is_combined_with_the_first_value),
		TEST(no_value_comes_twice),
		TEST(wrong_parameters_are_refused),
		TEST(messages_are_signed_one_after_the_other),
		TEST(messages_are_signed_in_parts),
		TEST(a_key_wants_its_pin_for_each_message),
		TEST(wrong_mechanisms_and_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
