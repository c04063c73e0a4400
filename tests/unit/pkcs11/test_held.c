/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of held.c: what is held comes back, and does not lie in memory as itself meanwhile. */
#include "held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto.h"
#include "scope.h"

#include "cardos/secret.h"

static struct secret *secret_of(const char *text)
{
	return secret_new(text, strlen(text));
}

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

static void what_is_held_comes_back(void **state)
{
	const struct crypto *crypto = *state;
	CLEANUP(secret_free_p) struct secret *pin = secret_of("1234abcd");
	CLEANUP(held_free_p) struct held *held = held_new(crypto, pin);

	assert_non_null(held);
	for (int i = 0; i < 2; i++) {
		CLEANUP(secret_free_p) struct secret *back = held_open(crypto, held);

		assert_non_null(back);
		assert_true(secret_equal(back, pin));
	}
}

static void of_any_length(void **state)
{
	const struct crypto *crypto = *state;
	static const size_t lens[] = { 0, 1, 128, 5000 };

	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		CLEANUP(secret_free_p) struct secret *secret = secret_new_empty(lens[i]);
		CLEANUP(secret_free_p) struct secret *back = NULL;
		CLEANUP(held_free_p) struct held *held = NULL;

		memset(secret_bytes_mut(secret), 0x5A, lens[i]);
		held = held_new(crypto, secret);
		back = held_open(crypto, held);
		assert_non_null(back);
		assert_true(secret_equal(back, secret));
	}
}

static void only_the_same_is_the_same(void **state)
{
	const struct crypto *crypto = *state;
	CLEANUP(secret_free_p) struct secret *pin = secret_of("1234abcd");
	CLEANUP(secret_free_p) struct secret *other = secret_of("1234abce");
	CLEANUP(secret_free_p) struct secret *shorter = secret_of("1234abc");
	CLEANUP(held_free_p) struct held *held = held_new(crypto, pin);

	assert_true(held_is(crypto, held, pin));
	assert_false(held_is(crypto, held, other));
	assert_false(held_is(crypto, held, shorter));
	assert_false(held_is(crypto, NULL, pin));
	assert_null(held_open(crypto, NULL));
	assert_null(held_free(NULL));
}

/* How often the letters, each turned by one bit, are in the writable memory of this process. */
static size_t times_in_memory(const char *turned)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	FILE *memory = fopen("/proc/self/mem", "rb");
	size_t len = strlen(turned);
	size_t times = 0;
	char line[512];

	assert_non_null(maps);
	assert_non_null(memory);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long at;
		unsigned long end;
		char modes[5];
		static unsigned char page[4096 + 64];

		if (sscanf(line, "%lx-%lx %4s", &at, &end, modes) != 3 || modes[1] != 'w' ||
			end - at > 64ul << 20)
			continue;
		for (; at < end; at += 4096) {
			size_t got;

			(void)fseek(memory, (long)at, SEEK_SET);
			got = fread(page, 1, 4096, memory);
			for (size_t i = 0; i + len <= got; i++) {
				size_t same = 0;

				while (same < len &&
					page[i + same] == (unsigned char)(turned[same] ^ 1))
					same++;
				times += same == len;
			}
			explicit_bzero(page, sizeof(page));
		}
	}
	(void)fclose(memory);
	(void)fclose(maps);
	return times;
}

#define LEN 13

static void it_is_not_in_memory_as_itself(void **state)
{
	static const char turned[LEN + 1] = "kept-password";
	const struct crypto *crypto = *state;
	struct secret *secret = secret_new_empty(LEN);
	CLEANUP(held_free_p) struct held *held = NULL;

	for (int i = 0; i < LEN; i++)
		secret_bytes_mut(secret)[i] = (uint8_t)(turned[i] ^ 1);
	assert_true(times_in_memory(turned) > 0);
	held = held_new(crypto, secret);
	secret_free(secret);
	assert_non_null(held);
	assert_int_equal(times_in_memory(turned), 0);
	secret = held_open(crypto, held);
	assert_true(times_in_memory(turned) > 0);
	secret_free(secret);
	assert_int_equal(times_in_memory(turned), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_held_comes_back),
		cmocka_unit_test(of_any_length),
		cmocka_unit_test(only_the_same_is_the_same),
		cmocka_unit_test(it_is_not_in_memory_as_itself),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
