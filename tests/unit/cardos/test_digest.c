/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of this room, whatever the host made of OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "digest.h"

/* FIPS 180 examples: "abc" */
static const uint8_t sha1_abc[DIGEST_SHA1_LEN] = { 0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A,
	0xBA, 0x3E, 0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D };
static const uint8_t sha256_abc[DIGEST_SHA256_LEN] = { 0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF,
	0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23, 0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17,
	0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD };

static void known_digests_come_out(void **state)
{
	struct digest digest = { NULL };
	uint8_t out[DIGEST_SHA256_LEN];

	(void)state;
	assert_true(digest_sha1(&digest, (const uint8_t *)"abc", 3, out));
	assert_memory_equal(out, sha1_abc, sizeof(sha1_abc));
	assert_true(digest_sha256(&digest, (const uint8_t *)"abc", 3, out));
	assert_memory_equal(out, sha256_abc, sizeof(sha256_abc));
	digest_done(&digest);
}

/* Made at the first digest, kept for the others, and nobody else's. */
static void a_context_is_made_once(void **state)
{
	struct digest digest = { NULL }, other = { NULL };
	uint8_t out[DIGEST_SHA256_LEN];
	OSSL_LIB_CTX *first;

	(void)state;
	digest_done(&digest);
	assert_true(digest_sha1(&digest, (const uint8_t *)"a", 1, out));
	first = digest.context;
	assert_non_null(first);
	assert_ptr_not_equal(first, OSSL_LIB_CTX_get0_global_default());
	assert_true(digest_sha256(&digest, (const uint8_t *)"b", 1, out));
	assert_ptr_equal(digest.context, first);
	assert_true(digest_sha1(&other, (const uint8_t *)"a", 1, out));
	assert_ptr_not_equal(other.context, first);
	digest_done(&other);
	digest_done(&digest);
	assert_null(digest.context);
}

/* A host that allows nothing but FIPS, where there is none: its own digests are gone. */
static void the_hosts_settings_have_no_say(void **state)
{
	struct digest before = { NULL }, after = { NULL };
	uint8_t out[DIGEST_SHA256_LEN];
	EVP_MD *md;

	(void)state;
	assert_true(digest_sha1(&before, (const uint8_t *)"abc", 3, out));
	assert_int_equal(EVP_set_default_properties(NULL, "fips=yes"), 1);
	md = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	assert_null(md);
	assert_true(digest_sha256(&before, (const uint8_t *)"abc", 3, out));
	assert_memory_equal(out, sha256_abc, sizeof(sha256_abc));
	assert_true(digest_sha256(&after, (const uint8_t *)"abc", 3, out));
	assert_memory_equal(out, sha256_abc, sizeof(sha256_abc));
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	digest_done(&before);
	digest_done(&after);
}

static void after_the_hosts_cleanup_there_is_none(void **state)
{
	static OSSL_LIB_CTX *volatile left; /* which nobody may free any more */
	struct digest digest = { NULL }, used = { NULL };
	uint8_t out[DIGEST_SHA256_LEN];

	(void)state;
	assert_true(digest_sha1(&used, (const uint8_t *)"abc", 3, out));
	left = used.context;
	assert_non_null(left);
	OPENSSL_cleanup();
	assert_false(digest_sha256(&digest, (const uint8_t *)"abc", 3, out));
	assert_false(digest_sha1(&digest, (const uint8_t *)"abc", 3, out));
	assert_false(digest_sha1(&used, (const uint8_t *)"abc", 3, out));
	assert_null(digest_context());
	digest_done(&digest);
	digest_done(&used);
	assert_null(used.context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests_come_out),
		cmocka_unit_test(a_context_is_made_once),
		cmocka_unit_test(the_hosts_settings_have_no_say),
		cmocka_unit_test(after_the_hosts_cleanup_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
