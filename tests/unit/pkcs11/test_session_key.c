/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of sessions as bytes: made, lent as often as wanted, their numbers. */
#include "session_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bn.h>

#include "blob.h"
#include "crypto.h"
#include "der.h"
#include "p11.h"
#include "scope.h"
#include "token.h"

#include "cardos/secret.h"

static void sizes_that_are_no_keys_are_refused(void **state)
{
	struct secret *key = NULL;

	(void)state;
	assert_int_equal(session_key_make(p11_crypto, CKK_RSA, 0, &key), CKR_KEY_SIZE_RANGE);
	assert_int_equal(session_key_make(p11_crypto, CKK_RSA, 8192, &key), CKR_KEY_SIZE_RANGE);
	assert_int_equal(session_key_make(p11_crypto, CKK_EC, 255, &key), CKR_KEY_SIZE_RANGE);
	assert_null(key);
}

static void a_lent_key_outlives_the_bytes(void **state)
{
	CLEANUP(secret_free_p) struct secret *key = NULL;
	CLEANUP(secret_free_p) struct secret *x = NULL;
	CLEANUP(blob_clear) struct blob spki = { 0 };
	CLEANUP(der_parts_clear) struct der_parts parts = { 0 };
	struct token_key *lent = NULL;
	const uint8_t digest[32] = { 7 };
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;

	(void)state;
	assert_int_equal(session_key_make(p11_crypto, CKK_EC, 384, &key), CKR_OK);
	assert_int_equal(session_key_public(p11_crypto, key, &spki), CKR_OK);
	assert_true(der_ec_key(p11_crypto, &spki, &parts));
	assert_int_equal(session_key_lend(p11_crypto, key, &lent), CKR_OK);
	key = secret_free(key);
	assert_int_equal(lent->sign(lent, (struct token_block){ digest, 32 }, out, &len), CKR_OK);
	assert_int_equal(len, 96);
	/* its own point will do: an OCTET STRING of 97 bytes */
	assert_int_equal(parts.ec_point.len, 99);
	assert_int_equal(
		lent->derive(lent, (struct token_block){ parts.ec_point.bytes + 2, 97 }, &x),
		CKR_OK);
	assert_int_equal(secret_len(x), 48);
	lent->give_back(lent);
}

static BIGNUM *number(const struct secret *bytes)
{
	return BN_bin2bn(secret_bytes(bytes), (int)secret_len(bytes), NULL);
}

static void the_numbers_of_an_rsa_key_belong_together(void **state)
{
	CLEANUP(secret_free_p) struct secret *key = NULL;
	CLEANUP(blob_clear) struct blob spki = { 0 };
	CLEANUP(der_parts_clear) struct der_parts parts = { 0 };
	struct secret *numbers[SESSION_KEY_NUMBERS] = { 0 };
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();

	(void)state;
	assert_int_equal(session_key_make(p11_crypto, CKK_RSA, 1024, &key), CKR_OK);
	assert_int_equal(session_key_public(p11_crypto, key, &spki), CKR_OK);
	assert_true(der_rsa_key(p11_crypto, &spki, &parts));
	assert_int_equal(session_key_numbers(p11_crypto, key, numbers), CKR_OK);
	BIGNUM *p = number(numbers[SESSION_KEY_P]), *q = number(numbers[SESSION_KEY_Q]),
	       *qinv = number(numbers[SESSION_KEY_QINV]),
	       *modulus = BN_bin2bn(parts.modulus.bytes, (int)parts.modulus.len, NULL);
	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	assert_int_equal(BN_cmp(n, modulus), 0);
	assert_int_equal(BN_mod_mul(n, q, qinv, p, ctx), 1);
	assert_true(BN_is_one(n));
	BIGNUM *list[] = { p, q, qinv, modulus, n };
	for (size_t i = 0; i < COUNT_OF(list); i++)
		BN_free(list[i]);
	for (size_t i = 0; i < SESSION_KEY_NUMBERS; i++)
		secret_free(numbers[i]);
	BN_CTX_free(ctx);
}

static void an_ec_key_has_one_number_as_long_as_its_field(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) { /* one in 256 begins with a zero: it is never cut off */
		CLEANUP(secret_free_p) struct secret *key = NULL;
		struct secret *numbers[SESSION_KEY_NUMBERS] = { 0 };

		assert_int_equal(session_key_make(p11_crypto, CKK_EC, 521, &key), CKR_OK);
		assert_int_equal(session_key_numbers(p11_crypto, key, numbers), CKR_OK);
		assert_int_equal(secret_len(numbers[SESSION_KEY_D]), 66);
		assert_null(numbers[SESSION_KEY_P]);
		secret_free(numbers[SESSION_KEY_D]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_crypto_setup, p11_crypto_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sizes_that_are_no_keys_are_refused),
		TEST(a_lent_key_outlives_the_bytes),
		TEST(the_numbers_of_an_rsa_key_belong_together),
		TEST(an_ec_key_has_one_number_as_long_as_its_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
