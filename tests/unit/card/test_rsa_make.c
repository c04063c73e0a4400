/* SPDX-License-Identifier: Apache-2.0 */
/* New keys are whole ones by OpenSSL's check, of the size asked for, and each another. */
#include "rsa_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>

static void a_key_is_whole(void **state)
{
	static const unsigned sizes[] = { 512, 1024, 1032, 2048 };
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		EVP_PKEY *key = vc_rsa_make(sizes[i]), *other = vc_rsa_make(sizes[i]);
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
		assert_non_null(other);
		assert_int_equal(EVP_PKEY_check(ctx), 1);
		assert_int_equal(EVP_PKEY_get_bits(key), sizes[i]);
		assert_int_equal(EVP_PKEY_eq(key, other), 0);
		EVP_PKEY_CTX_free(ctx);
		EVP_PKEY_free(other);
		EVP_PKEY_free(key);
	}
}

static void what_is_too_small_is_not_made(void **state)
{
	(void)state;
	assert_null(vc_rsa_make(0));
	assert_null(vc_rsa_make(511));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_whole),
		cmocka_unit_test(what_is_too_small_is_not_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
