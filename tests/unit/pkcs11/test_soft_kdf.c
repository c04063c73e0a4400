/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_kdf.c: vectors of others, and OpenSSL's own derivation. */
#include "soft_kdf.h"

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

#include "cardos/secret.h"

static int setup(void **state)
{
	*state = crypto_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	crypto_free(*state);
	return 0;
}

/* Known-answer values that many implementations carry (first in cryptlib's test suite). */
// clang-format off
static const struct vector {
	enum soft_kdf_purpose purpose;
	const char *password;
	uint8_t salt[8];
	unsigned rounds;
	size_t len;
	uint8_t wanted[24];
} vectors[] = {
	{ SOFT_KDF_KEY, "smeg", { 0x0A, 0x58, 0xCF, 0x64, 0x53, 0x0D, 0x82, 0x3F }, 1, 24,
	  { 0x8A, 0xAA, 0xE6, 0x29, 0x7B, 0x6C, 0xB0, 0x46, 0x42, 0xAB, 0x5B, 0x07,
	    0x78, 0x51, 0x28, 0x4E, 0xB7, 0x12, 0x8F, 0x1A, 0x2A, 0x7F, 0xBC, 0xA3 } },
	{ SOFT_KDF_IV, "smeg", { 0x0A, 0x58, 0xCF, 0x64, 0x53, 0x0D, 0x82, 0x3F }, 1, 8,
	  { 0x79, 0x99, 0x3D, 0xFE, 0x04, 0x8D, 0x3B, 0x76 } },
	{ SOFT_KDF_MAC, "smeg", { 0x3D, 0x83, 0xC0, 0xE4, 0x54, 0x6A, 0xC1, 0x40 }, 1, 20,
	  { 0x8D, 0x96, 0x7D, 0x88, 0xF6, 0xCA, 0xA9, 0xD7, 0x14, 0x80,
	    0x0A, 0xB3, 0xD4, 0x80, 0x51, 0xD6, 0x3F, 0x73, 0xA3, 0x12 } },
	{ SOFT_KDF_KEY, "queeg", { 0x05, 0xDE, 0xC9, 0x59, 0xAC, 0xFF, 0x72, 0xF7 }, 1000, 24,
	  { 0xED, 0x20, 0x34, 0xE3, 0x63, 0x28, 0x83, 0x0F, 0xF0, 0x9D, 0xF1, 0xE1,
	    0xA0, 0x7D, 0xD3, 0x57, 0x18, 0x5D, 0xAC, 0x0D, 0x4F, 0x9E, 0xB3, 0xD4 } },
};
// clang-format on

static void vectors_of_others(void **state)
{
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		const struct vector *v = &vectors[i];
		const struct soft_kdf how = { "SHA1", v->purpose, v->salt, sizeof(v->salt),
			v->rounds };
		CLEANUP(secret_free_p)
		struct secret *password = secret_new(v->password, strlen(v->password));
		CLEANUP(secret_free_p)
		struct secret *out = soft_kdf(*state, &how, password, v->len);

		assert_non_null(out);
		assert_memory_equal(secret_bytes(out), v->wanted, v->len);
	}
}

static void same_as_openssl(
	const struct crypto *crypto, const struct soft_kdf *how, const char *text, size_t len)
{
	CLEANUP(secret_free_p) struct secret *password = secret_new(text, strlen(text));
	CLEANUP(secret_free_p) struct secret *out = soft_kdf(crypto, how, password, len);
	EVP_MD *md = EVP_MD_fetch(NULL, how->digest, NULL);
	uint8_t salt[256];
	uint8_t wanted[256];

	memcpy(salt, how->salt, how->salt_len);
	assert_int_equal(
		PKCS12_key_gen_utf8_ex(text, (int)strlen(text), salt, (int)how->salt_len,
			(int)how->purpose, (int)how->rounds, (int)len, wanted, md, NULL, NULL),
		1);
	EVP_MD_free(md);
	assert_non_null(out);
	assert_int_equal(secret_len(out), len);
	assert_memory_equal(secret_bytes(out), wanted, len);
}

/* Lengths below, at and above those of a block and of a hash; one that makes carries run far. */
static void any_digest_salt_password_and_length(void **state)
{
	static const char *const digests[] = { "SHA1", "SHA256", "SHA384", "SHA512", "SHA3-256" };
	static const char *const passwords[] = { "", "1234abcd", "密碼王小明",
		"a password that is longer than a block, which happens, and then some more" };
	static const size_t salt_lens[] = { 0, 8, 64, 65, 200 };
	static const size_t lens[] = { 5, 20, 64, 130 };
	uint8_t salt[200];

	memset(salt, 0xFF, sizeof(salt));
	for (size_t d = 0; d < COUNT_OF(digests); d++)
		for (size_t p = 0; p < COUNT_OF(passwords); p++)
			for (size_t s = 0; s < COUNT_OF(salt_lens); s++)
				for (size_t l = 0; l < COUNT_OF(lens); l++) {
					const struct soft_kdf how = { digests[d],
						(enum soft_kdf_purpose)(1 + (s + l) % 3), salt,
						salt_lens[s], 1 + (unsigned)l };

					same_as_openssl(*state, &how, passwords[p], lens[l]);
				}
}

static void an_unknown_digest_gives_nothing(void **state)
{
	static const uint8_t salt[8];
	const struct soft_kdf how = { "SHA-0", SOFT_KDF_MAC, salt, sizeof(salt), 1 };
	CLEANUP(secret_free_p) struct secret *password = secret_new("1234", 4);

	assert_null(soft_kdf(*state, &how, password, 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_others),
		cmocka_unit_test(any_digest_salt_password_and_length),
		cmocka_unit_test(an_unknown_digest_gives_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
