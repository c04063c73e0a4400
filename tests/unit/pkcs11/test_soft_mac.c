/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_mac.c, against OpenSSL's MAC. */
#include "soft_mac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "crypto.h"
#include "scope.h"
#include "soft_pfx.h"

#include "cardos/secret.h"

#define PASSWORD "1234密碼"
#define ROUNDS 1000

struct bench {
	struct crypto *crypto;
	struct secret *password, *wrong;
};

static int setup(void **state)
{
	static struct bench bench;

	bench.crypto = crypto_new();
	bench.password = secret_new(PASSWORD, strlen(PASSWORD));
	bench.wrong = secret_new(PASSWORD, strlen(PASSWORD) - 1);
	*state = &bench;
	return bench.crypto && bench.password && bench.wrong ? 0 : -1;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	secret_free(b->password);
	secret_free(b->wrong);
	crypto_free(b->crypto);
	return 0;
}

/* A PFX with nothing in it, without a MAC. */
static PKCS12 *empty(void)
{
	PKCS12 *p12 = PKCS12_init(NID_pkcs7_data);
	STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();

	assert_non_null(p12);
	assert_int_equal(PKCS12_pack_authsafes(p12, safes), 1);
	sk_PKCS7_free(safes);
	return p12;
}

static void encode(PKCS12 *p12, struct blob *ret)
{
	unsigned char *der = NULL;
	int len = i2d_PKCS12(p12, &der);

	assert_true(len > 0 && blob_set(ret, der, (size_t)len));
	OPENSSL_free(der);
	PKCS12_free(p12);
}

static void theirs(const char *digest, int salt_len, int rounds, struct blob *ret)
{
	EVP_MD *md = EVP_MD_fetch(NULL, digest, NULL);
	PKCS12 *p12 = empty();

	assert_int_equal(
		PKCS12_set_mac(p12, PASSWORD, (int)strlen(PASSWORD), NULL, salt_len, rounds, md),
		1);
	EVP_MD_free(md);
	encode(p12, ret);
}

static void what_others_wrote_is_checked(void **state)
{
	static const char *const digests[] = { "SHA1", "SHA256", "SHA384", "SHA512" };
	const struct bench *b = *state;

	for (size_t i = 0; i < COUNT_OF(digests); i++) {
		CLEANUP(blob_clear) struct blob file = { 0 };

		theirs(digests[i], 8, i ? ROUNDS : 1, &file); /* one round is not written down */
		assert_int_equal(soft_mac_check(b->crypto, &file, b->password), CKR_OK);
		assert_int_equal(soft_mac_check(b->crypto, &file, b->wrong), CKR_PIN_INCORRECT);
	}
}

static void what_we_write_others_check(void **state)
{
	const struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	const ASN1_INTEGER *rounds = NULL;
	const unsigned char *at;
	PKCS12 *p12;

	encode(empty(), &file);
	assert_int_equal(soft_mac_check(b->crypto, &file, b->password), CKR_DATA_INVALID);
	assert_int_equal(soft_mac_add(b->crypto, b->password, ROUNDS, &file), CKR_OK);
	assert_int_equal(soft_mac_check(b->crypto, &file, b->password), CKR_OK);
	assert_int_equal(soft_mac_add(b->crypto, b->password, ROUNDS, &file), CKR_DATA_INVALID);
	at = file.bytes;
	p12 = d2i_PKCS12(NULL, &at, (long)file.len);
	assert_int_equal(PKCS12_verify_mac(p12, PASSWORD, (int)strlen(PASSWORD)), 1);
	assert_int_equal(PKCS12_verify_mac(p12, PASSWORD, (int)strlen(PASSWORD) - 1), 0);
	PKCS12_get0_mac(NULL, NULL, NULL, &rounds, p12);
	assert_int_equal(ASN1_INTEGER_get(rounds), ROUNDS);
	PKCS12_free(p12);
}

/* No cut and no changed byte is taken for the file, except where it is the same in other words. */
static void changed_files_are_refused(void **state)
{
	const struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	size_t taken = 0;

	theirs("SHA256", 8, 1, &file);
	for (size_t i = 0; i < file.len; i++) {
		struct blob cut = file;

		cut.len = i;
		assert_int_not_equal(soft_mac_check(b->crypto, &cut, b->password), CKR_OK);
		file.bytes[i] ^= 1;
		taken += soft_mac_check(b->crypto, &file, b->password) == CKR_OK;
		file.bytes[i] ^= 1;
	}
	assert_true(taken <= 8); /* the version, the parameters of the digest's name */
}

static void absurd_costs_are_refused(void **state)
{
	const struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };

	theirs("SHA256", 1025, 1, &file);
	assert_int_equal(soft_mac_check(b->crypto, &file, b->password), CKR_DATA_INVALID);
	/* the number of rounds, its last field, becomes negative */
	theirs("SHA256", 8, 0x4000, &file);
	for (size_t i = 0; i + 4 <= file.len; i++)
		if (memcmp(file.bytes + i, "\x02\x02\x40\x00", 4) == 0)
			file.bytes[i + 2] = 0xC0;
	assert_int_equal(soft_mac_check(b->crypto, &file, b->password), CKR_DATA_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_wrote_is_checked),
		cmocka_unit_test(what_we_write_others_check),
		cmocka_unit_test(changed_files_are_refused),
		cmocka_unit_test(absurd_costs_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
