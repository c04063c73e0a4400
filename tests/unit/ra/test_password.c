/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/password.c: hashes and random first passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "password.h"

static void only_the_right_password_matches(void **state)
{
	(void)state;
	char hash[PASSWORD_HASH];
	assert_true(password_hash("Second456", hash));
	assert_int_equal(strlen(hash), PASSWORD_HASH - 1);
	assert_true(password_matches("Second456", hash));
	assert_false(password_matches("second456", hash));
	assert_false(password_matches("", hash));
	assert_false(password_matches("Second456", ""));
}

static void equal_passwords_have_different_hashes(void **state)
{
	(void)state;
	char a[PASSWORD_HASH];
	char b[PASSWORD_HASH];
	assert_true(password_hash("same", a));
	assert_true(password_hash("same", b));
	assert_string_not_equal(a, b);
}

static void random_passwords_have_all_classes(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		char password[11];
		int lower = 0;
		int upper = 0;
		int digit = 0;
		password_random(password);
		for (size_t i = 0; i < 10; i++) {
			lower += islower(password[i]) != 0;
			upper += isupper(password[i]) != 0;
			digit += isdigit(password[i]) != 0;
		}
		assert_int_equal(lower + upper + digit, 10);
		assert_true(lower && upper && digit);
		assert_null(strpbrk(password, "0O1lI"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_right_password_matches),
		cmocka_unit_test(equal_passwords_have_different_hashes),
		cmocka_unit_test(random_passwords_have_all_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
