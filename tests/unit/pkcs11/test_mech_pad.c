/* SPDX-License-Identifier: Apache-2.0 */
/* RSA blocks taken apart: every place where one can be wrong, and what is told about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "p11.h"
#include "pkcs11/blob.h"
#include "pkcs11/crypto.h"
#include "pkcs11/mech.h"
#include "pkcs11/mech_pad.h"
#include "pkcs11/scope.h"
#include "pkcs11/token.h"

#include "cardos/secret.h"

#define LEN 128 /* of a block */

/* ---- block type 2 ---- */

static void type_2(uint8_t *block, size_t zero_at)
{
	memset(block, 0x5a, LEN);
	block[0] = 0;
	block[1] = 2;
	block[zero_at] = 0;
}

static struct secret *unpad(const uint8_t *block, uint8_t cryptogram)
{
	CLEANUP(secret_free_p) struct secret *in = secret_new(block, LEN);
	struct blob c = { &cryptogram, 1, 1 };
	struct secret *out = NULL;

	assert_int_equal(pad_pkcs1_decipher(p11_crypto, in, &c, NULL, &out), CKR_OK);
	assert_true(secret_len(out) <= LEN - 11);
	return out;
}

static void each_length_of_message_comes_out(void **state)
{
	(void)state;
	for (size_t zero_at = 10; zero_at < LEN; zero_at++) {
		uint8_t block[LEN];
		struct secret *out;

		type_2(block, zero_at);
		out = unpad(block, 1);
		assert_int_equal(secret_len(out), LEN - 1 - zero_at);
		if (secret_len(out))
			assert_memory_equal(
				secret_bytes(out), block + zero_at + 1, secret_len(out));
		secret_free(out);
	}
}

/* What a wrong block gives depends on the cryptogram alone, not on what is wrong with it. */
static void every_wrong_block_gives_the_same_message(void **state)
{
	uint8_t block[LEN];
	struct secret *first;

	(void)state;
	memset(block, 0, LEN);
	first = unpad(block, 1);
	for (size_t wrong = 0; wrong < 12; wrong++) {
		struct secret *out;

		type_2(block, 40);
		if (wrong < 2)
			block[wrong] ^= 0x80;
		else if (wrong < 10)
			block[wrong] = 0; /* the padding is shorter than eight bytes */
		else if (wrong == 10)
			block[40] = 1; /* it never ends */
		else
			memset(block, 0xff, LEN);
		out = unpad(block, 1);
		assert_true(secret_equal(out, first));
		secret_free(out);
	}
	secret_free(first);
}

/* ... and its length takes all values there are, none far too often. */
static void lengths_of_rejection_are_spread(void **state)
{
	unsigned seen[LEN] = { 0 };
	uint8_t block[LEN] = { 0 };
	unsigned most = 0;
	unsigned different = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		struct secret *out = unpad(block, (uint8_t)i);

		seen[secret_len(out)]++;
		secret_free(out);
	}
	for (size_t i = 0; i < LEN; i++) {
		most = seen[i] > most ? seen[i] : most;
		different += seen[i] != 0;
	}
	/* 256 throws at 118 places: fewer than 60 places, or 16 in one, will not come by chance */
	assert_true(different > 60);
	assert_true(most < 16);
}

static void another_process_rejects_otherwise(void **state)
{
	uint8_t block[LEN] = { 0 };
	unsigned same = 0;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		struct secret *mine = unpad(block, (uint8_t)i);
		struct crypto *kept = p11_crypto;
		struct secret *other;

		p11_crypto = crypto_new();
		other = unpad(block, (uint8_t)i);
		same += secret_equal(mine, other);
		crypto_free(p11_crypto);
		p11_crypto = kept;
		secret_free(mine);
		secret_free(other);
	}
	assert_true(same < 4); /* two empty ones may meet */
}

/* ---- PSS ---- */

static void a_modulus_longer_than_any_is_refused(void **state)
{
	const struct pad_pss pss = { mech_hash_find(CKM_SHA256),
		mech_hash_find_mgf(CKG_MGF1_SHA256), 32, 8 * TOKEN_RSA_MAX + 1 };
	CLEANUP(blob_clear) struct blob digest = { 0 };
	uint8_t block[TOKEN_RSA_MAX];

	(void)state;
	assert_non_null(blob_extend(&digest, 32));
	assert_int_equal(pad_pss_sign(p11_crypto, &pss, &digest, block), CKR_KEY_SIZE_RANGE);
}

/* ---- OAEP ---- */

static void mask(const char *hash, const uint8_t *seed, size_t seed_len, uint8_t *out, size_t len)
{
	uint8_t input[LEN + 4];
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t digest_len = 1;

	memcpy(input, seed, seed_len);
	memset(input + seed_len, 0, 4);
	for (size_t i = 0; i < len; i++) {
		if (i && i % digest_len == 0)
			input[seed_len + 3]++;
		if (i % digest_len == 0)
			assert_int_equal(EVP_Q_digest(NULL, hash, NULL, input, seed_len + 4, digest,
						 &digest_len),
				1);
		out[i] ^= digest[i % digest_len];
	}
}

static const struct blob label = { (uint8_t[]){ 'L' }, 1, 1 };

/* An unmasked block: 00, seed, hash of the label, zeros, 01, message of message_len bytes 77. */
static void draw(uint8_t *em, size_t message_len)
{
	size_t len = 0;

	memset(em, 0, LEN);
	memset(em + 1, 0x33, 20);
	assert_int_equal(
		EVP_Q_digest(NULL, "SHA1", NULL, label.bytes, label.len, em + 21, &len), 1);
	memset(em + LEN - message_len, 0x77, message_len);
	em[LEN - message_len - 1] = 1;
}

static CK_RV open_oaep(const uint8_t *unmasked, size_t len, struct secret **ret)
{
	const struct pad_oaep oaep = { mech_hash_find(CKM_SHA_1),
		mech_hash_find_mgf(CKG_MGF1_SHA256), &label };
	CLEANUP(secret_free_p) struct secret *block = NULL;
	uint8_t em[LEN];

	memcpy(em, unmasked, LEN);
	mask("SHA256", em + 1, 20, em + 21, LEN - 21);
	mask("SHA256", em + 21, LEN - 21, em + 1, 20);
	block = secret_new(em, len);
	return pad_oaep_decipher(p11_crypto, &oaep, block, ret);
}

static void each_length_of_oaep_message_comes_out(void **state)
{
	(void)state;
	for (size_t len = 0; len <= LEN - 42; len++) {
		struct secret *out = NULL;
		uint8_t em[LEN];

		draw(em, len);
		assert_int_equal(open_oaep(em, LEN, &out), CKR_OK);
		assert_int_equal(secret_len(out), len);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(secret_bytes(out)[i], 0x77);
		secret_free(out);
	}
}

/* Each bit before the message: one code, whatever it is; the seed alone is free. */
static void each_wrong_bit_of_oaep_is_refused_alike(void **state)
{
	const size_t message = 30;

	(void)state;
	for (size_t bit = 0; bit < (LEN - message) * 8; bit++) {
		struct secret *out = NULL;
		uint8_t em[LEN];
		bool seed = bit >= 8 && bit < 21 * 8;
		/* 00 to 01 in the zeros is an earlier end, not a fault */
		bool early = bit >= 41 * 8 && bit % 8 == 0 && bit / 8 < LEN - message - 1;

		draw(em, message);
		em[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(open_oaep(em, LEN, &out),
			seed || early ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID);
		secret_free(out);
	}
}

static void oaep_without_end_or_room_is_refused(void **state)
{
	struct secret *out = NULL;
	uint8_t em[LEN];

	(void)state;
	draw(em, 0);
	em[LEN - 1] = 0;
	assert_int_equal(open_oaep(em, LEN, &out), CKR_ENCRYPTED_DATA_INVALID);
	assert_int_equal(open_oaep(em, 41, &out), CKR_KEY_SIZE_RANGE);
	assert_null(out);
}

/* OpenSSL enciphers, with each pair of hashes; its bare private key gives the block. */
static void oaep_of_openssl_opens(void **state)
{
	static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384,
		CKM_SHA3_256 };
	EVP_PKEY *pkey = EVP_RSA_gen(1024);
	EVP_PKEY_CTX *enc = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	EVP_PKEY_CTX *dec = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	static const uint8_t message[] = "short";

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hashes) * COUNT_OF(hashes); i++) {
		const struct mech_hash *hash = mech_hash_find(hashes[i / COUNT_OF(hashes)]);
		const struct mech_hash *mgf = mech_hash_find(hashes[i % COUNT_OF(hashes)]);
		const struct pad_oaep oaep = { hash, mgf, &label };
		uint8_t cryptogram[LEN], em[LEN];
		size_t len = LEN, em_len = LEN;
		struct secret *block, *out = NULL;

		assert_int_equal(EVP_PKEY_encrypt_init(enc), 1);
		EVP_PKEY_CTX_set_rsa_padding(enc, RSA_PKCS1_OAEP_PADDING);
		EVP_PKEY_CTX_set_rsa_oaep_md_name(enc, hash->name, NULL);
		EVP_PKEY_CTX_set_rsa_mgf1_md_name(enc, mgf->name, NULL);
		EVP_PKEY_CTX_set0_rsa_oaep_label(enc, OPENSSL_memdup("L", 1), 1);
		assert_int_equal(EVP_PKEY_encrypt(enc, cryptogram, &len, message, 5), 1);
		assert_int_equal(EVP_PKEY_decrypt_init(dec), 1);
		EVP_PKEY_CTX_set_rsa_padding(dec, RSA_NO_PADDING);
		assert_int_equal(EVP_PKEY_decrypt(dec, em, &em_len, cryptogram, len), 1);
		block = secret_new(em, em_len);
		assert_int_equal(pad_oaep_decipher(p11_crypto, &oaep, block, &out), CKR_OK);
		assert_int_equal(secret_len(out), 5);
		assert_memory_equal(secret_bytes(out), message, 5);
		secret_free(out);
		secret_free(block);
	}
	EVP_PKEY_CTX_free(enc);
	EVP_PKEY_CTX_free(dec);
	EVP_PKEY_free(pkey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_length_of_message_comes_out),
		cmocka_unit_test(every_wrong_block_gives_the_same_message),
		cmocka_unit_test(lengths_of_rejection_are_spread),
		cmocka_unit_test(another_process_rejects_otherwise),
		cmocka_unit_test(a_modulus_longer_than_any_is_refused),
		cmocka_unit_test(each_length_of_oaep_message_comes_out),
		cmocka_unit_test(each_wrong_bit_of_oaep_is_refused_alike),
		cmocka_unit_test(oaep_without_end_or_room_is_refused),
		cmocka_unit_test(oaep_of_openssl_opens),
	};

	return cmocka_run_group_tests(tests, p11_crypto_setup, p11_crypto_teardown);
}
