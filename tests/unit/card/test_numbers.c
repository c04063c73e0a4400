/* SPDX-License-Identifier: Apache-2.0 */
/* The private operation of RSA on numbers that fit together and on such that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "numbers.h"

#define LEN 2

/* p = 61, q = 53, e = 17: 65 enciphered is 2790. */
static const uint8_t cipher[LEN] = { 0x0A, 0xE6 }, plain[LEN] = { 0x00, 0x41 };
static const uint8_t n[LEN] = { 0x0C, 0xA1 }, d[LEN] = { 0x0A, 0xC1 }, even[LEN] = { 0x0C, 0xA2 };
static const uint8_t p = 61, q = 53, dp = 53, dq = 49, inverse = 38, one = 1, zero = 0;

static const struct vc_numbers whole = { .modulus = { n, LEN }, .exponent = { d, LEN } };
static const struct vc_numbers factors = { .p = { &p, 1 },
	.q = { &q, 1 },
	.dp = { &dp, 1 },
	.dq = { &dq, 1 },
	.inverse = { &inverse, 1 } };

static void both_ways_give_the_same(void **state)
{
	uint8_t out[LEN];

	(void)state;
	assert_int_equal(vc_numbers_private(&whole, cipher, out, LEN), SW_OK);
	assert_memory_equal(out, plain, LEN);
	assert_int_equal(vc_numbers_private(&factors, cipher, out, LEN), SW_OK);
	assert_memory_equal(out, plain, LEN);
}

static void what_is_not_below_the_modulus_is_refused(void **state)
{
	static const uint8_t largest[LEN] = { 0x0C, 0xA0 };
	uint8_t out[LEN];

	(void)state;
	assert_int_equal(vc_numbers_private(&whole, n, out, LEN), SW_DATA);
	assert_int_equal(vc_numbers_private(&factors, n, out, LEN), SW_DATA);
	assert_int_equal(vc_numbers_private(&whole, largest, out, LEN), SW_OK);
	assert_int_equal(vc_numbers_private(&factors, largest, out, LEN), SW_OK);
}

static void numbers_that_are_no_key_are_refused(void **state)
{
	struct vc_numbers bad[12];
	uint8_t out[LEN];

	(void)state;
	for (size_t i = 0; i < 12; i++)
		bad[i] = i < 4 ? whole : factors;
	bad[0].modulus.bytes = even;
	bad[1].exponent.bytes = NULL;
	bad[2].exponent = (struct vc_number){ &zero, 1 };
	bad[3].exponent.bytes = n;
	bad[4].p.bytes = NULL;
	bad[5].q.bytes = &one;
	bad[6].p.bytes = &one;
	bad[7].inverse.bytes = &p;
	bad[8].dq.bytes = NULL;
	bad[9].dp.bytes = NULL;
	bad[10].q.bytes = &inverse; /* even */
	bad[11].q_above_p = true;
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(vc_numbers_private(&bad[i], cipher, out, LEN), SW_OBJECT_INVALID);
}

static void the_message_is_behind_eight_bytes_and_a_zero(void **state)
{
	uint8_t block[16] = { 0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 'm' };

	(void)state;
	assert_ptr_equal(vc_unpad(block, sizeof(block)), block + 11);
	assert_ptr_equal(vc_unpad(block, 11), block + 11);
	assert_null(vc_unpad(block, 10));
	block[9] = 0; /* only seven */
	assert_null(vc_unpad(block, sizeof(block)));
	block[9] = 1;
	block[1] = 1;
	assert_null(vc_unpad(block, sizeof(block)));
	block[1] = 2;
	block[0] = 1;
	assert_null(vc_unpad(block, sizeof(block)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_give_the_same),
		cmocka_unit_test(what_is_not_below_the_modulus_is_refused),
		cmocka_unit_test(numbers_that_are_no_key_are_refused),
		cmocka_unit_test(the_message_is_behind_eight_bytes_and_a_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
