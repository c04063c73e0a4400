/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secret.h"

static void contents_compare_and_shorten(void **state)
{
	struct secret *a = secret_new("123456", 6), *b = secret_new("12345", 5);
	(void)state;
	assert_false(secret_equal(a, b));
	assert_false(secret_shorten(b, 6));
	assert_true(secret_shorten(a, 5));
	assert_true(secret_equal(a, b));
	assert_int_equal(secret_bytes(a)[5], 0);
	a = secret_free(a);
	assert_null(a);
	secret_free_p(&b);
	assert_null(b);
	assert_null(secret_free(NULL));
	assert_null(secret_new_empty((size_t)-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_compare_and_shorten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
