/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the mechanism table: functions that fit the form, digests with the right DigestInfo.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "pkcs11/mech.h"

#define MESSAGES                                                                                   \
	(CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT |       \
		CKF_MULTI_MESSAGE)

static void functions_fit_the_form(void **state)
{
	static const CK_FLAGS of[] = {
		[MECH_DIGEST] = CKF_DIGEST,
		[MECH_RSA_GENERATE] = CKF_GENERATE_KEY_PAIR,
		[MECH_RSA_PKCS1] = CKF_SIGN | CKF_VERIFY | CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER |
				   CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP,
		[MECH_RSA_PSS] = CKF_SIGN | CKF_VERIFY,
		[MECH_RSA_OAEP] = CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP,
		[MECH_RSA_RAW] = CKF_SIGN | CKF_VERIFY | CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER |
				 CKF_ENCRYPT | CKF_DECRYPT,
		[MECH_EC_GENERATE] = CKF_GENERATE_KEY_PAIR,
		[MECH_ECDSA] = CKF_SIGN | CKF_VERIFY,
		[MECH_ECDH] = CKF_DERIVE,
		[MECH_SECRET_GENERATE] = CKF_GENERATE,
		[MECH_AES_GENERATE] = CKF_GENERATE,
		[MECH_AES] = CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP,
		[MECH_AES_WRAP] = CKF_WRAP | CKF_UNWRAP,
		[MECH_HMAC] = CKF_SIGN | CKF_VERIFY,
	};

	(void)state;
	for (size_t i = 0; i < mech_table_len; i++) {
		const struct mech *mech = &mech_table[i];
		assert_int_equal(mech->flags & ~of[mech->form] & ~MESSAGES, 0);
		/* message by message only what can be done at once */
		assert_true(!(mech->flags & CKF_MESSAGE_SIGN) || (mech->flags & CKF_SIGN));
		assert_true(!(mech->flags & CKF_MESSAGE_ENCRYPT) || (mech->flags & CKF_ENCRYPT));
		/* what can be signed can be verified, and so on in pairs */
		assert_int_equal(!(mech->flags & CKF_SIGN), !(mech->flags & CKF_VERIFY));
		assert_int_equal(!(mech->flags & CKF_ENCRYPT), !(mech->flags & CKF_DECRYPT));
		assert_int_equal(!(mech->flags & CKF_WRAP), !(mech->flags & CKF_UNWRAP));
		/* with a digest of its own nothing can be recovered or enciphered */
		if (mech->hash)
			assert_int_equal(mech->flags & (CKF_SIGN_RECOVER | CKF_ENCRYPT), 0);
		assert_int_equal(mech->form == MECH_AES || mech->form == MECH_AES_WRAP,
			mech->mode != MODE_NONE);
	}
}

static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384,
	CKM_SHA512, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512 };

static void digests_have_the_length_that_openssl_knows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		const struct mech_hash *hash = mech_hash_find(hashes[i]);
		assert_non_null(hash);
		EVP_MD *md = EVP_MD_fetch(NULL, hash->name, NULL);
		assert_non_null(md);
		assert_int_equal(EVP_MD_get_size(md), hash->len);
		EVP_MD_free(md);
		assert_ptr_equal(mech_hash_find_mgf(hash->mgf), hash);
	}
	assert_null(mech_hash_find(CKM_MD5));
	assert_null(mech_hash_find_mgf(0));
}

/* The prefix is DER: a SEQUENCE of an algorithm and an OCTET STRING as long as the digest. */
static void prefixes_are_whole_with_their_digest_behind_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		const struct mech_hash *hash = mech_hash_find(hashes[i]);
		const uint8_t *der = hash->prefix;
		if (!der)
			continue;
		assert_int_equal(der[0], 0x30);
		assert_int_equal(der[1], hash->prefix_len - 2 + hash->len);
		assert_int_equal(der[2], 0x30);
		const uint8_t *end = der + 4 + der[3];
		assert_int_equal(end[0], 0x04);
		assert_int_equal(end[1], hash->len);
		assert_ptr_equal(end + 2, der + hash->prefix_len);
		assert_int_equal(der[4], 0x06);
		assert_memory_equal(der + 6 + der[5], "\x05\x00", 2); /* NULL parameters */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_fit_the_form),
		cmocka_unit_test(digests_have_the_length_that_openssl_knows),
		cmocka_unit_test(prefixes_are_whole_with_their_digest_behind_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
