/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/text.c: encodings and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "text.h"

static void sha256_is_that_of_the_standard(void **state)
{
	(void)state;
	char hex[SHA256_HEX];
	text_sha256("abc", 3, hex); /* FIPS 180-4 example */
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void base64_goes_there_and_back(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < 3; i++) {
		size_t len = 0;
		char *text = text_base64(pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(text, pairs[i][1]);
		unsigned char *bytes = text_unbase64(text, &len);
		assert_int_equal(len, strlen(pairs[i][0]));
		assert_memory_equal(bytes, pairs[i][0], len);
		free(bytes);
		free(text);
	}
}

static void what_is_not_base64_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "=", "====", "Zg=", "Zg", "Z===", "Zg==Zg==", "Zm 8",
		"Zm8\n", "Zm-_", "Z=g=" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t len = 0;
		assert_null(text_unbase64(bad[i], &len));
	}
}

static void times_are_rfc_3339_in_utc(void **state)
{
	(void)state;
	char text[TIME_TEXT];
	text_time(951782400, text);
	assert_string_equal(text, "2000-02-29T00:00:00Z");
	assert_int_equal(text_parse_time(text), 951782400);
	assert_int_equal(text_parse_time("2000-02-29"), -1);
	assert_int_equal(text_parse_time("2000-02-29T00:00:00Zx"), -1);
}

static void tokens_are_base64url_and_differ(void **state)
{
	(void)state;
	char a[44];
	char b[44];
	text_random_token(a);
	text_random_token(b);
	assert_int_equal(strlen(a), 43);
	assert_int_equal(
		strspn(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), 43);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_that_of_the_standard),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(what_is_not_base64_is_refused),
		cmocka_unit_test(times_are_rfc_3339_in_utc),
		cmocka_unit_test(tokens_are_base64url_and_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
