/* SPDX-License-Identifier: Apache-2.0 */
/* DER templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "der.h"

static void expect(const struct vc_buf *got, const char *hex)
{
	CLEANUP(vc_buf_clear) struct vc_buf expected = { 0 };

	vc_buf_hex(&expected, hex);
	assert_int_equal(got->len, expected.len);
	assert_memory_equal(got->data, expected.data, got->len);
}

static void values_get_their_length(void **state)
{
	CLEANUP(vc_buf_clear) struct vc_buf out = { 0 }, part = { 0 };

	(void)state;
	vc_buf_hex(&part, "AABB");
	vc_der(&out, "30{0C{%s} 04{%b} 8002%w 80{%u} 31{}}", "Hi", &part, 0x1234U, 5U);
	expect(&out, "3011 0C024869 0402AABB 80021234 800105 3100");
}

static void long_values_get_long_lengths(void **state)
{
	CLEANUP(vc_buf_clear) struct vc_buf out = { 0 }, part = { 0 };

	(void)state;
	for (unsigned i = 0; i < 0x80; i++)
		vc_buf_byte(&part, 0);
	vc_der(&out, "04{%b}", &part);
	assert_memory_equal(out.data, "\x04\x81\x80\x00", 4);
	vc_buf_clear(&out);
	vc_der(&out, "30{04{%b%b}}", &part, &part);
	assert_memory_equal(out.data, "\x30\x82\x01\x04\x04\x82\x01\x00\x00", 9);
	assert_int_equal(out.len, 264);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_get_their_length),
		cmocka_unit_test(long_values_get_long_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
