/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in memory: which are made, and that what they compute is right, by OpenSSL's own
 * public half. */
#include "soft_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto.h"
#include "p11.h"
#include "scope.h"

#include "cardos/secret.h"

static void sizes_that_are_not_offered_are_refused(void **state)
{
	static const unsigned rsa[] = { 0, 511, 4097, 8192 };
	static const unsigned ec[] = { 0, 192, 255, 512, 522 };
	EVP_PKEY *key = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rsa); i++)
		assert_int_equal(soft_key_rsa(p11_crypto, rsa[i], &key), CKR_KEY_SIZE_RANGE);
	for (size_t i = 0; i < COUNT_OF(ec); i++)
		assert_int_equal(soft_key_ec(p11_crypto, ec[i], &key), CKR_KEY_SIZE_RANGE);
	assert_null(key);
}

static bool verifies(EVP_PKEY *key, struct token_block digest, const uint8_t *signature, size_t len)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(crypto_context(p11_crypto), key, NULL);
	unsigned char *der = NULL;
	int der_len;
	bool ok;

	ECDSA_SIG_set0(sig, BN_bin2bn(signature, (int)(len / 2), NULL),
		BN_bin2bn(signature + len / 2, (int)(len / 2), NULL));
	der_len = i2d_ECDSA_SIG(sig, &der);
	ok = EVP_PKEY_verify_init(ctx) == 1 &&
	     EVP_PKEY_verify(ctx, der, (size_t)der_len, digest.bytes, digest.len) == 1;
	OPENSSL_free(der);
	EVP_PKEY_CTX_free(ctx);
	ECDSA_SIG_free(sig);
	return ok;
}

static void each_curve_signs_and_agrees(void **state)
{
	static const unsigned curves[] = { 256, 384, 521 };
	static const uint8_t digest[64] = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(curves); i++) {
		CLEANUP(crypto_pkey_p) EVP_PKEY *one = NULL;
		CLEANUP(crypto_pkey_p) EVP_PKEY *other = NULL;
		CLEANUP(secret_free_p) struct secret *x = NULL;
		CLEANUP(secret_free_p) struct secret *y = NULL;
		CLEANUP(blob_clear) struct blob spki = { 0 };
		const size_t half = (curves[i] + 7) / 8;
		const struct token_block block = { digest, half < 64 ? half : 64 };
		uint8_t signature[TOKEN_RSA_MAX];
		unsigned char *mine = NULL;
		unsigned char *theirs = NULL;
		CK_KEY_TYPE type;
		unsigned bits;
		size_t len = 0;

		assert_int_equal(soft_key_ec(p11_crypto, curves[i], &one), CKR_OK);
		assert_int_equal(soft_key_ec(p11_crypto, curves[i], &other), CKR_OK);
		assert_int_equal(soft_key_sign(p11_crypto, one, block, signature, &len), CKR_OK);
		assert_int_equal(len, 2 * half);
		assert_true(verifies(one, block, signature, len));
		assert_false(verifies(other, block, signature, len));
		assert_int_equal(soft_key_public(one, &spki), CKR_OK);
		soft_key_kind(p11_crypto, &spki, &type, &bits);
		assert_int_equal(type, CKK_EC);
		assert_int_equal(bits, curves[i]);
		len = EVP_PKEY_get1_encoded_public_key(other, &theirs);
		assert_int_equal(
			soft_key_derive(p11_crypto, one, (struct token_block){ theirs, len }, &x),
			CKR_OK);
		len = EVP_PKEY_get1_encoded_public_key(one, &mine);
		assert_int_equal(
			soft_key_derive(p11_crypto, other, (struct token_block){ mine, len }, &y),
			CKR_OK);
		assert_int_equal(secret_len(x), half);
		assert_memory_equal(secret_bytes(x), secret_bytes(y), half);
		mine[len - 1] ^= 1; /* no point of the curve any more */
		assert_int_equal(
			soft_key_derive(p11_crypto, other, (struct token_block){ mine, len }, &y),
			CKR_MECHANISM_PARAM_INVALID);
		OPENSSL_free(mine);
		OPENSSL_free(theirs);
	}
}

static void rsa_signs_and_deciphers_whole_blocks(void **state)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	CLEANUP(secret_free_p) struct secret *plain = NULL;
	uint8_t block[256] = { 0, 1, 2 };
	uint8_t out[TOKEN_RSA_MAX];
	struct token_block in = { block, sizeof(block) };
	uint8_t back[256];
	size_t len = 0;
	EVP_PKEY_CTX *ctx;

	(void)state;
	assert_int_equal(soft_key_rsa(p11_crypto, 2048, &key), CKR_OK);
	assert_int_equal(soft_key_sign(p11_crypto, key, in, out, &len), CKR_OK);
	assert_int_equal(len, sizeof(block));
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_context(p11_crypto), key, NULL);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	len = sizeof(back);
	assert_int_equal(EVP_PKEY_encrypt(ctx, back, &len, out, sizeof(block)), 1);
	EVP_PKEY_CTX_free(ctx);
	assert_memory_equal(back, block, sizeof(block));
	assert_int_equal(
		soft_key_decipher(p11_crypto, key, (struct token_block){ block, 256 }, &plain),
		CKR_OK);
	assert_memory_equal(secret_bytes(plain), out, sizeof(block));
	in.len = 255;
	assert_int_equal(soft_key_sign(p11_crypto, key, in, out, &len), CKR_DATA_LEN_RANGE);
	memset(block, 0xff, sizeof(block)); /* no number below the modulus */
	in.len = 256;
	assert_int_equal(soft_key_sign(p11_crypto, key, in, out, &len), CKR_DATA_INVALID);
}

static void what_is_sealed_only_its_key_opens(void **state)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	CLEANUP(crypto_pkey_p) EVP_PKEY *other = NULL;
	CLEANUP(secret_free_p) struct secret *pin = secret_new("soft-1234", 9);
	CLEANUP(secret_free_p) struct secret *opened = NULL;
	CLEANUP(blob_clear) struct blob spki = { 0 };
	CLEANUP(blob_clear) struct blob sealed = { 0 };

	(void)state;
	assert_int_equal(soft_key_rsa(p11_crypto, 2048, &key), CKR_OK);
	assert_int_equal(soft_key_rsa(p11_crypto, 2048, &other), CKR_OK);
	assert_int_equal(soft_key_public(key, &spki), CKR_OK);
	assert_int_equal(soft_key_seal(p11_crypto, &spki, pin, &sealed), CKR_OK);
	assert_int_equal(soft_key_unseal(p11_crypto, other, &sealed, &opened), CKR_FUNCTION_FAILED);
	assert_int_equal(soft_key_unseal(p11_crypto, key, &sealed, &opened), CKR_OK);
	assert_int_equal(secret_len(opened), 9);
	assert_memory_equal(secret_bytes(opened), "soft-1234", 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_that_are_not_offered_are_refused),
		cmocka_unit_test(each_curve_signs_and_agrees),
		cmocka_unit_test(rsa_signs_and_deciphers_whole_blocks),
		cmocka_unit_test(what_is_sealed_only_its_key_opens),
	};

	return cmocka_run_group_tests(tests, p11_crypto_setup, p11_crypto_teardown);
}
