/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by password in files of others: what is judged good, old, or beyond use; and what old
 * ciphers open. */
#include "soft_cipher.h"

#include "soft_unit.h"

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"

#define PLAIN "sixteen bytes and a few more"

static void algor_p(X509_ALGOR **algorithm)
{
	X509_ALGOR_free(*algorithm);
}

static X509_ALGOR *pbes2(const EVP_CIPHER *cipher, int rounds, int salt_len)
{
	static unsigned char salt[2048], iv[16];
	X509_ALGOR *algorithm =
		PKCS5_pbe2_set_iv(cipher, rounds, salt, salt_len, iv, NID_hmacWithSHA256);

	assert_non_null(algorithm);
	return algorithm;
}

static X509_ALGOR *old_algorithm(int nid, int rounds, int salt_len)
{
	static unsigned char salt[2048] = "saltsalt";
	X509_ALGOR *algorithm = X509_ALGOR_new();

	assert_int_equal(PKCS5_pbe_set0_algor(algorithm, nid, rounds, salt, salt_len), 1);
	return algorithm;
}

static enum soft_cipher judge(X509_ALGOR *take)
{
	CLEANUP(algor_p) X509_ALGOR *algorithm = take;

	return soft_cipher_judge(algorithm);
}

static void aes_is_good_and_des_is_old(void **state)
{
	(void)state;
	assert_int_equal(judge(pbes2(EVP_aes_256_cbc(), 1, 8)), SOFT_CIPHER_GOOD);
	assert_int_equal(judge(pbes2(EVP_aes_192_cbc(), 600000, 16)), SOFT_CIPHER_GOOD);
	assert_int_equal(judge(pbes2(EVP_aes_128_cbc(), SOFT_ROUNDS_MAX, 16)), SOFT_CIPHER_GOOD);
	assert_int_equal(judge(pbes2(EVP_des_ede3_cbc(), 2048, 8)), SOFT_CIPHER_WEAK);
	assert_int_equal(judge(pbes2(EVP_aes_256_ofb(), 2048, 8)), SOFT_CIPHER_REFUSED);
	assert_int_equal(judge(pbes2(EVP_camellia_256_cbc(), 2048, 8)), SOFT_CIPHER_REFUSED);
	assert_int_equal(
		judge(old_algorithm(NID_pbe_WithSHA1And40BitRC2_CBC, 2048, 8)), SOFT_CIPHER_WEAK);
	assert_int_equal(judge(old_algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1, 8)),
		SOFT_CIPHER_WEAK);
	assert_int_equal(
		judge(old_algorithm(NID_pbe_WithSHA1And128BitRC4, 2048, 8)), SOFT_CIPHER_REFUSED);
	assert_int_equal(
		judge(old_algorithm(NID_pbeWithMD5AndDES_CBC, 2048, 8)), SOFT_CIPHER_REFUSED);
}

static void what_costs_too_much_is_refused(void **state)
{
	(void)state;
	assert_int_equal(
		judge(pbes2(EVP_aes_256_cbc(), SOFT_ROUNDS_MAX + 1, 8)), SOFT_CIPHER_REFUSED);
	assert_int_equal(judge(pbes2(EVP_aes_256_cbc(), 1, 1024)), SOFT_CIPHER_GOOD);
	assert_int_equal(judge(pbes2(EVP_aes_256_cbc(), 1, 1025)), SOFT_CIPHER_REFUSED);
	assert_int_equal(judge(old_algorithm(
				 NID_pbe_WithSHA1And3_Key_TripleDES_CBC, SOFT_ROUNDS_MAX + 1, 8)),
		SOFT_CIPHER_REFUSED);
	assert_int_equal(judge(old_algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1, 1025)),
		SOFT_CIPHER_REFUSED);
}

/* The same object with other parameters, as a file may have them. */
static enum soft_cipher judge_with(int nid, int type, const char *der, size_t len)
{
	CLEANUP(algor_p) X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_STRING *value = NULL;

	if (der) {
		value = ASN1_STRING_new();
		assert_int_equal(ASN1_STRING_set(value, der, (int)len), 1);
	}
	assert_int_equal(X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), type, value), 1);
	return soft_cipher_judge(algorithm);
}

static void parameters_that_are_none_are_refused(void **state)
{
	static const int nids[] = { NID_pbes2, NID_pbe_WithSHA1And3_Key_TripleDES_CBC };
	/* salt, rounds: 0, -1, 2^70; and cut */
	static const struct {
		const char *der;
		size_t len;
	} rows[] = {
		{ "\x30\x00", 2 },
		{ "\x30\x80", 2 },
		{ "\x30\x84\xff\xff\xff\xff", 6 },
		{ "\x30\x07\x04\x02ss\x02\x01\x00", 9 },
		{ "\x30\x07\x04\x02ss\x02\x01\xff", 9 },
		{ "\x30\x0f\x04\x02ss\x02\x09\x40\0\0\0\0\0\0\0\0", 17 },
		{ "\x30\x07\x04\x02ss\x02", 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(nids); i++) {
		assert_int_equal(judge_with(nids[i], V_ASN1_UNDEF, NULL, 0), SOFT_CIPHER_REFUSED);
		assert_int_equal(
			judge_with(nids[i], V_ASN1_OCTET_STRING, "ab", 2), SOFT_CIPHER_REFUSED);
		for (size_t j = 0; j < COUNT_OF(rows); j++)
			assert_int_equal(
				judge_with(nids[i], V_ASN1_SEQUENCE, rows[j].der, rows[j].len),
				SOFT_CIPHER_REFUSED);
	}
	assert_int_equal(judge_with(NID_rsaEncryption, V_ASN1_UNDEF, NULL, 0), SOFT_CIPHER_REFUSED);
}

/* scrypt in place of PBKDF2: known to OpenSSL, not to us. */
static void another_derivation_is_refused(void **state)
{
	static unsigned char salt[8], iv[16];
	X509_ALGOR *algorithm = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, 8, iv, 1024, 8, 1);

	(void)state;
	assert_non_null(algorithm);
	assert_int_equal(judge(algorithm), SOFT_CIPHER_REFUSED);
}

static const int old_nids[] = { NID_pbe_WithSHA1And128BitRC2_CBC, NID_pbe_WithSHA1And40BitRC2_CBC,
	NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And2_Key_TripleDES_CBC };

static void string_p(ASN1_OCTET_STRING **string)
{
	ASN1_OCTET_STRING_free(*string);
}

/* As OpenSSL's own PKCS#12 encrypts. */
static ASN1_OCTET_STRING *seal(const X509_ALGOR *algorithm)
{
	ASN1_OCTET_STRING *sealed = ASN1_OCTET_STRING_new();
	unsigned char *bytes = NULL;
	int len = 0;

	assert_non_null(PKCS12_pbe_crypt_ex(algorithm, UNIT_PIN, (int)strlen(UNIT_PIN),
		(const unsigned char *)PLAIN, (int)strlen(PLAIN), &bytes, &len, 1,
		crypto_context(unit_crypto), NULL));
	assert_int_equal(ASN1_OCTET_STRING_set(sealed, bytes, len), 1);
	OPENSSL_free(bytes);
	return sealed;
}

static bool opens(
	const X509_ALGOR *algorithm, const char *password, const ASN1_OCTET_STRING *sealed)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(password);
	CLEANUP(secret_free_p)
	struct secret *plain = soft_cipher_open_old(unit_crypto, algorithm, pin, sealed);

	return plain && secret_len(plain) == strlen(PLAIN) &&
	       memcmp(secret_bytes(plain), PLAIN, strlen(PLAIN)) == 0;
}

static void old_ciphers_open_with_their_password(void **state)
{
	CLEANUP(soft_cipher_old_p) OSSL_PROVIDER *old = soft_cipher_allow_old(unit_crypto);

	(void)state;
	assert_non_null(old);
	for (size_t i = 0; i < COUNT_OF(old_nids); i++) {
		CLEANUP(algor_p) X509_ALGOR *algorithm = old_algorithm(old_nids[i], 10, 8);
		CLEANUP(string_p) ASN1_OCTET_STRING *sealed = seal(algorithm);

		assert_true(soft_cipher_is_old(algorithm));
		assert_true(opens(algorithm, UNIT_PIN, sealed));
		assert_false(opens(algorithm, "soft-1235", sealed));
		assert_false(opens(algorithm, "", sealed));
	}
}

static void what_is_cut_or_changed_does_not_open(void **state)
{
	CLEANUP(algor_p)
	X509_ALGOR *algorithm = old_algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 10, 8);
	CLEANUP(string_p) ASN1_OCTET_STRING *sealed = seal(algorithm);
	unsigned char bytes[64];
	int len = ASN1_STRING_length(sealed);

	(void)state;
	assert_true(len <= (int)sizeof(bytes));
	memcpy(bytes, ASN1_STRING_get0_data(sealed), (size_t)len);
	for (int cut = 0; cut < len; cut++) {
		assert_int_equal(ASN1_OCTET_STRING_set(sealed, bytes, cut), 1);
		assert_false(opens(algorithm, UNIT_PIN, sealed));
	}
	bytes[len - 1] ^= 1;
	assert_int_equal(ASN1_OCTET_STRING_set(sealed, bytes, len), 1);
	assert_false(opens(algorithm, UNIT_PIN, sealed));
}

static void what_is_not_old_is_not_opened_so(void **state)
{
	CLEANUP(algor_p) X509_ALGOR *good = pbes2(EVP_aes_256_cbc(), 10, 8);
	CLEANUP(algor_p)
	X509_ALGOR *much =
		old_algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, SOFT_ROUNDS_MAX + 1, 8);
	CLEANUP(string_p) ASN1_OCTET_STRING *sealed = seal(good);

	(void)state;
	assert_false(soft_cipher_is_old(good));
	assert_false(opens(good, UNIT_PIN, sealed));
	assert_true(soft_cipher_is_old(much));
	assert_false(opens(much, UNIT_PIN, sealed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(aes_is_good_and_des_is_old),
		UNIT_TEST(what_costs_too_much_is_refused),
		UNIT_TEST(parameters_that_are_none_are_refused),
		UNIT_TEST(another_derivation_is_refused),
		UNIT_TEST(old_ciphers_open_with_their_password),
		UNIT_TEST(what_is_cut_or_changed_does_not_open),
		UNIT_TEST(what_is_not_old_is_not_opened_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
