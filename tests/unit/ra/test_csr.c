/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/csr.c: which certificate requests are refused, and as what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

#include "cleanup.h"
#include "csr.h"
#include "kit.h"
#include "text.h"

static EVP_PKEY *good, *other;

static int make_keys(void **state)
{
	(void)state;
	good = kit_rsa(2048, 65537);
	other = kit_rsa(2048, 65537);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(good);
	EVP_PKEY_free(other);
	return 0;
}

static void refused(const unsigned char *der, size_t len, const char *problem, const char *words)
{
	struct reply reply = { 0 };
	assert_null(csr_check(der, len, &reply));
	assert_string_equal(kit_problem(&reply), problem);
	assert_non_null(strstr(json_string_value(json_object_get(reply.json, "detail")), words));
	kit_reply_clear(&reply);
}

static void refused_key(
	EVP_PKEY *key, EVP_PKEY *signer, const EVP_MD *md, const char *problem, const char *words)
{
	size_t len = 0;
	unsigned char *der = kit_csr(key, signer, md, &len);
	refused(der, len, problem, words);
	OPENSSL_free(der);
}

static void a_good_request_passes_with_the_hash_of_its_key(void **state)
{
	(void)state;
	size_t len = 0;
	unsigned char *spki = NULL;
	char want[SHA256_HEX];
	char got[SHA256_HEX];
	struct reply reply = { 0 };
	unsigned char *der = kit_csr(good, good, EVP_sha512(), &len);
	X509_REQ *csr = csr_check(der, len, &reply);
	assert_non_null(csr);
	assert_int_equal(reply.status, 0);
	csr_key_sha256(csr, got);
	int spki_len = i2d_PUBKEY(good, &spki);
	text_sha256(spki, (size_t)spki_len, want);
	assert_string_equal(got, want);
	X509_REQ_free(csr);
	OPENSSL_free(spki);
	OPENSSL_free(der);
}

static void a_signature_must_be_the_keys_own_and_of_sha_2(void **state)
{
	(void)state;
	refused_key(good, other, EVP_sha256(), "csr-signature", "own key");
	refused_key(good, good, EVP_sha1(), "csr-signature", "SHA-256");
	size_t len = 0;
	unsigned char *der = kit_csr(good, good, EVP_sha256(), &len);
	der[len - 1] ^= 1;
	refused(der, len, "csr-signature", "own key");
	OPENSSL_free(der);
}

static void bytes_that_are_not_one_request_are_malformed(void **state)
{
	(void)state;
	static const unsigned char garbage[] = { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01 };
	size_t len = 0;
	unsigned char *der = kit_csr(good, good, EVP_sha256(), &len);
	for (size_t cut = 0; cut < len; cut += cut < 64 ? 1 : 37)
		refused(der, cut, "csr-malformed", "PKCS#10");
	unsigned char *longer = OPENSSL_zalloc(len + 1);
	assert_non_null(longer);
	memcpy(longer, der, len);
	refused(longer, len + 1, "csr-malformed", "PKCS#10");
	refused(garbage, sizeof garbage, "csr-malformed", "PKCS#10");
	OPENSSL_free(longer);
	OPENSSL_free(der);
}

/* Each byte of the DER broken: an answer without a crash; what still passes is signed. */
static void no_broken_byte_passes(void **state)
{
	(void)state;
	size_t len = 0;
	unsigned char *der = kit_csr(good, good, EVP_sha256(), &len);
	for (size_t i = 0; i < len; i += 3) {
		struct reply reply = { 0 };
		der[i] ^= 0xff;
		assert_null(csr_check(der, len, &reply));
		assert_true(reply.status >= 400);
		der[i] ^= 0xff;
		kit_reply_clear(&reply);
	}
	OPENSSL_free(der);
}

static void keys_of_another_kind_or_size_are_refused(void **state)
{
	(void)state;
	CLEANUP(pkey_p) EVP_PKEY *ec = EVP_EC_gen("P-256");
	refused_key(ec, ec, EVP_sha256(), "key-policy", "RSA");
	static const struct {
		unsigned bits, exponent;
		const char *words;
	} rows[] = {
		{ 1024, 65537, "2048 to 4096" },
		{ 2047, 65537, "2048 to 4096" },
		{ 2048, 3, "exponent" },
		{ 2048, 65535, "exponent" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEANUP(pkey_p) EVP_PKEY *key = kit_rsa(rows[i].bits, rows[i].exponent);
		refused_key(key, key, EVP_sha256(), "key-policy", rows[i].words);
	}
}

static EVP_PKEY *public_key(const BIGNUM *n, unsigned exponent)
{
	EVP_PKEY *key = NULL;
	BIGNUM *e = BN_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	assert_true(BN_set_word(e, exponent) &&
		    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
		    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e));
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(e);
	return key;
}

static bool divides_any(const BIGNUM *n, const unsigned char *primes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (BN_mod_word(n, primes[i]) == 0)
			return true;
	return false;
}

/* A modulus with the mark of CVE-2017-15361 and without small factors: 65537 + k * M. */
static BIGNUM *roca_modulus(void)
{
	static const unsigned char marks[] = { 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107,
		109, 127, 151, 157 };
	static const unsigned char rest[] = { 2, 3, 5, 7, 23, 29, 31, 41, 43, 47, 59, 67, 83, 89 };
	BIGNUM *n = BN_new();
	BIGNUM *step = BN_new();
	assert_true(n && step && BN_one(step));
	for (size_t i = 0; i < sizeof marks; i++)
		assert_true(BN_mul_word(step, marks[i]));
	assert_true(BN_lshift(n, step, 2047 - BN_num_bits(step) + 1) && BN_add_word(n, 65537));
	while (BN_num_bits(n) < 2048 || divides_any(n, rest, sizeof rest))
		assert_true(BN_add(n, n, step));
	BN_free(step);
	return n;
}

static void known_weak_moduli_are_refused(void **state)
{
	(void)state;
	BIGNUM *n = roca_modulus();
	CLEANUP(pkey_p) EVP_PKEY *marked = public_key(n, 65537);
	refused_key(marked, good, EVP_sha256(), "key-policy", "weak");
	assert_true(BN_sub_word(n, (BN_ULONG)BN_mod_word(n, 89)));
	if (!BN_is_odd(n))
		assert_true(BN_add_word(n, 89));
	CLEANUP(pkey_p) EVP_PKEY *factor = public_key(n, 65537);
	refused_key(factor, good, EVP_sha256(), "key-policy", "weak");
	BN_free(n);
}

static void an_even_exponent_is_refused(void **state)
{
	(void)state;
	BIGNUM *n = NULL;
	assert_int_equal(EVP_PKEY_get_bn_param(good, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	CLEANUP(pkey_p) EVP_PKEY *even = public_key(n, 65538);
	refused_key(even, good, EVP_sha256(), "key-policy", "exponent");
	BN_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_request_passes_with_the_hash_of_its_key),
		cmocka_unit_test(a_signature_must_be_the_keys_own_and_of_sha_2),
		cmocka_unit_test(bytes_that_are_not_one_request_are_malformed),
		cmocka_unit_test(no_broken_byte_passes),
		cmocka_unit_test(keys_of_another_kind_or_size_are_refused),
		cmocka_unit_test(known_weak_moduli_are_refused),
		cmocka_unit_test(an_even_exponent_is_refused),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
