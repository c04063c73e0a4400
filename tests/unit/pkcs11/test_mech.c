/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanism table, the padding of blocks against known answers, and small helpers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/blob.h"
#include "pkcs11/crypto.h"
#include "pkcs11/mech.h"
#include "pkcs11/mech_pad.h"
#include "pkcs11/rv.h"
#include "pkcs11/text.h"
#include "pkcs11/token.h"

#include "cardos/secret.h"

#define MESSAGES (CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE)

static void the_table_is_sorted_unique_and_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < mech_table_len; i++) {
		const struct mech *mech = &mech_table[i];

		assert_true(i == 0 || mech_table[i - 1].type < mech->type);
		assert_ptr_equal(mech_find(mech->type), mech);
		assert_int_not_equal(mech->flags, 0);
		assert_true(mech->form != MECH_DIGEST || mech->hash);
		if (mech->hash)
			assert_ptr_equal(mech_hash_find(mech->hash->type), mech->hash);
		if (mech->hash &&
			mech->hash
				->prefix) /* the DigestInfo prefix ends with the digest's length */
			assert_int_equal(
				mech->hash->prefix[mech->hash->prefix_len - 1], mech->hash->len);
	}
	assert_null(mech_find(CKM_DES3_CBC));
}

static void list_and_info_agree(void **state)
{
	CK_MECHANISM_TYPE list[96];
	CK_MECHANISM_INFO info;
	CK_ULONG count = 0;

	(void)state;
	fake_set_curves(0, TOKEN_P256); /* a token that can all there is */
	assert_int_equal(p11->C_GetMechanismList(0, NULL, &count), CKR_OK);
	assert_int_equal(count, mech_table_len);
	count--;
	assert_int_equal(p11->C_GetMechanismList(0, list, &count), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(p11->C_GetMechanismList(0, list, &count), CKR_OK);
	for (CK_ULONG i = 0; i < count; i++)
		assert_int_equal(p11->C_GetMechanismInfo(0, list[i], &info), CKR_OK);
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_SHA256_RSA_PKCS, &info), CKR_OK);
	assert_int_equal(info.flags, CKF_HW | CKF_SIGN | CKF_VERIFY | MESSAGES);
	assert_int_equal(info.ulMinKeySize, 512);
	assert_int_equal(info.ulMaxKeySize, 2048);
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_SHA256, &info), CKR_OK);
	assert_int_equal(info.flags, CKF_DIGEST);
	assert_int_equal(p11->C_GetMechanismInfo(0, CKM_DES3_CBC, &info), CKR_MECHANISM_INVALID);
}

/* RFC 8017 9.2: 00 01 FF.. 00 DigestInfo. */
static void block_type_1_is_as_the_standard_draws_it(void **state)
{
	uint8_t digest[32] = { 0xaa };
	struct blob data = { digest, sizeof(digest), sizeof(digest) };
	const struct mech_hash *sha256 = mech_hash_find(CKM_SHA256);
	uint8_t block[64];

	(void)state;
	assert_int_equal(pad_pkcs1_sign(sha256, &data, block, 64), CKR_OK);
	assert_int_equal(block[0], 0);
	assert_int_equal(block[1], 1);
	for (size_t i = 2; i < 64 - 51 - 1; i++)
		assert_int_equal(block[i], 0xff);
	assert_int_equal(block[64 - 52], 0);
	assert_memory_equal(block + 64 - 51, sha256->prefix, 19);
	assert_memory_equal(block + 32, digest, 32);
	assert_int_equal(pad_pkcs1_sign(sha256, &data, block, 61), CKR_DATA_LEN_RANGE);
	data.len = 31;
	assert_int_equal(pad_pkcs1_sign(sha256, &data, block, 64), CKR_DATA_LEN_RANGE);
}

/* Block type 2: every place where it can be wrong gives some message and no error. */
static void wrong_blocks_all_give_a_message(void **state)
{
	struct crypto *crypto = crypto_new();
	uint8_t cryptogram[64] = { 1 };
	struct blob c = { cryptogram, sizeof(cryptogram), sizeof(cryptogram) };
	uint8_t right[64];

	(void)state;
	memset(right, 0x55, sizeof(right));
	right[0] = 0;
	right[1] = 2;
	right[40] = 0;
	for (int wrong = -1; wrong < 12; wrong++) {
		struct secret *block;
		struct secret *message = NULL;
		uint8_t bytes[64];

		memcpy(bytes, right, sizeof(bytes));
		if (wrong >= 0 && wrong < 2)
			bytes[wrong] ^= 1;
		else if (wrong >= 2 && wrong < 10)
			bytes[wrong] = 0; /* fewer than eight bytes of padding */
		else if (wrong == 10)
			bytes[40] = 1; /* no end */
		else if (wrong == 11)
			bytes[63] = 0; /* right again */
		block = secret_new(bytes, sizeof(bytes));
		assert_int_equal(pad_pkcs1_decipher(crypto, block, &c, NULL, &message), CKR_OK);
		if (wrong == -1) {
			assert_int_equal(secret_len(message), 23);
			assert_memory_equal(secret_bytes(message), right + 41, 23);
		} else if (wrong < 11) {
			assert_true(secret_len(message) != 23 ||
				    memcmp(secret_bytes(message), right + 41, 23) != 0);
		}
		secret_free(message);
		secret_free(block);
	}
	crypto_free(crypto);
}

/* Every error of a card has its code, and only success is success. */
static void each_card_error_has_a_code(void **state)
{
	(void)state;
	assert_int_equal(rv_from_card(CARDOS_OK), CKR_OK);
	for (int err = CARDOS_OK + 1; err <= CARDOS_E_LAST; err++)
		assert_int_not_equal(rv_from_card((enum cardos_err)err), CKR_OK);
	assert_int_equal(rv_from_card(CARDOS_E_PIN_WRONG), CKR_PIN_INCORRECT);
	assert_int_equal(rv_from_card(CARDOS_E_PIN_LOCKED), CKR_PIN_LOCKED);
	assert_int_equal(rv_from_card(CARDOS_E_AUTH_REQUIRED), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(rv_from_card(CARDOS_E_REMOVED), CKR_DEVICE_REMOVED);
	assert_int_equal(rv_from_card(CARDOS_E_NOT_OURS), CKR_TOKEN_NOT_RECOGNIZED);
}

static void texts_are_cut_between_characters(void **state)
{
	CK_UTF8CHAR field[5];
	char text[6];

	(void)state;
	text_pad(field, 5, "ab");
	assert_memory_equal(field, "ab   ", 5);
	text_pad(field, 5, "ab\xe8\x87\xba\xe7\x81\xa3");
	assert_memory_equal(field, "ab\xe8\x87\xba", 5);
	text_pad(field, 5, "abc\xe8\x87\xba");
	assert_memory_equal(field, "abc  ", 5);
	text_trim(field, 5, text);
	assert_string_equal(text, "abc");
}

static void blobs_grow_and_compare(void **state)
{
	struct blob blob = { 0 };

	(void)state;
	assert_false(blob_equal(&blob, "", 0));
	assert_true(blob_set(&blob, "", 0));
	assert_true(blob_equal(&blob, "", 0));
	for (int i = 0; i < 100; i++)
		assert_true(blob_add(&blob, "xy", 2));
	assert_int_equal(blob.len, 200);
	assert_true(blob_set(&blob, "abc", 3));
	assert_true(blob_equal(&blob, "abc", 3));
	blob_clear(&blob);
	assert_null(blob.bytes);
}

static void sha3_digests_are_those_of_fips_202(void **state)
{
	static const CK_BYTE abc_256[] = { 0x3a, 0x98, 0x5d, 0xa7, 0x4f, 0xe2, 0x25, 0xb2, 0x04,
		0x5c, 0x17, 0x2d, 0x6b, 0xd3, 0x90, 0xbd, 0x85, 0x5f, 0x08, 0x6e, 0x3e, 0x9d, 0x52,
		0x5b, 0x46, 0xbf, 0xe2, 0x45, 0x11, 0x43, 0x15, 0x32 };
	CK_MECHANISM mech = { CKM_SHA3_256, NULL, 0 };
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_BYTE abc[] = "abc";
	CK_BYTE digest[64];
	CK_ULONG len = sizeof(digest);

	(void)state;
	assert_int_equal(p11->C_DigestInit(session, &mech), CKR_OK);
	assert_int_equal(p11->C_Digest(session, abc, 3, digest, &len), CKR_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(digest, abc_256, 32);
}

/* What is made here may be longer than what must still be used; the host's work is not hardware's.
 */
static void sizes_and_flags_follow_the_token(void **state)
{
	struct token_info info = { .rsa_min_bits = 2048,
		.rsa_max_bits = 4096,
		.rsa_use_min_bits = 512,
		.hardware = true,
		.curves = TOKEN_P256 | TOKEN_P384 };
	static const CK_FLAGS ec = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
	CK_MECHANISM_INFO got;

	(void)state;
	mech_info(mech_find(CKM_RSA_PKCS_KEY_PAIR_GEN), &info, &got);
	assert_int_equal(got.ulMinKeySize, 2048);
	assert_int_equal(got.ulMaxKeySize, 4096);
	assert_int_equal(got.flags, CKF_HW | CKF_GENERATE_KEY_PAIR);
	mech_info(mech_find(CKM_RSA_PKCS), &info, &got);
	assert_int_equal(got.ulMinKeySize, 512);
	info.rsa_use_min_bits = 0;
	mech_info(mech_find(CKM_RSA_PKCS), &info, &got);
	assert_int_equal(got.ulMinKeySize, 2048);
	mech_info(mech_find(CKM_ECDSA), &info, &got);
	assert_int_equal(got.ulMinKeySize, 256);
	assert_int_equal(got.ulMaxKeySize, 384);
	assert_int_equal(got.flags, CKF_HW | CKF_SIGN | CKF_VERIFY | MESSAGES | ec);
	mech_info(mech_find(CKM_AES_CBC), &info, &got);
	assert_int_equal(got.ulMinKeySize, 16);
	assert_int_equal(got.ulMaxKeySize, 32);
	assert_int_equal(got.flags & CKF_HW, 0);
	mech_info(mech_find(CKM_GENERIC_SECRET_KEY_GEN), &info, &got);
	assert_int_equal(got.ulMinKeySize, 8); /* bits */
	info.hardware = false;
	mech_info(mech_find(CKM_RSA_PKCS), &info, &got);
	assert_int_equal(got.flags & CKF_HW, 0);
	/* ECDH only where the token can */
	assert_false(mech_offered(mech_find(CKM_ECDH1_DERIVE), &info));
	info.derive = true;
	assert_true(mech_offered(mech_find(CKM_ECDH1_DERIVE), &info));
	assert_false(mech_offered(mech_find(CKM_RSA_PKCS_OAEP), &info));
	info.rsa_raw = true;
	assert_true(mech_offered(mech_find(CKM_RSA_PKCS_OAEP), &info));
	info.curves = 0;
	assert_false(mech_offered(mech_find(CKM_ECDSA), &info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_unique_and_sound),
		cmocka_unit_test_setup_teardown(list_and_info_agree, p11_setup, p11_teardown),
		cmocka_unit_test_setup_teardown(
			sha3_digests_are_those_of_fips_202, p11_setup, p11_teardown),
		cmocka_unit_test(sizes_and_flags_follow_the_token),
		cmocka_unit_test(block_type_1_is_as_the_standard_draws_it),
		cmocka_unit_test(wrong_blocks_all_give_a_message),
		cmocka_unit_test(each_card_error_has_a_code),
		cmocka_unit_test(texts_are_cut_between_characters),
		cmocka_unit_test(blobs_grow_and_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
