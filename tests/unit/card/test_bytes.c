/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers, TLVs and hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"

static void tlv_lengths_grow(void **state)
{
	CLEANUP(vc_buf_clear) struct vc_buf buf = { 0 };
	static const uint8_t zeros[300];

	(void)state;
	vc_buf_tlv(&buf, 0x80, zeros, 0x7F);
	assert_int_equal(buf.data[1], 0x7F);
	buf.len = 0;
	vc_buf_tlv(&buf, 0x80, zeros, 0x80);
	assert_memory_equal(buf.data, "\x80\x81\x80", 3);
	buf.len = 0;
	vc_buf_tlv(&buf, 0x7F49, zeros, 300);
	assert_memory_equal(buf.data, "\x7F\x49\x82\x01\x2C", 5);
	assert_int_equal(buf.len, 305);
}

static void the_reader_takes_raw_lengths_and_stops_at_the_end(void **state)
{
	static const uint8_t good[] = { 0x8F, 0x02, 1, 2, 0x83, 0x00 };
	static const uint8_t bad[] = { 0x83, 0x00, 0x8F, 0x82, 1 };
	struct vc_tlv tlv;

	(void)state;
	vc_tlv_start(&tlv, good, sizeof(good));
	assert_true(vc_tlv_next(&tlv));
	assert_int_equal(tlv.tag, 0x8F);
	assert_int_equal(tlv.len, 2);
	assert_true(vc_tlv_next(&tlv));
	assert_int_equal(tlv.len, 0);
	assert_false(vc_tlv_next(&tlv));
	assert_false(tlv.broken);
	vc_tlv_start(&tlv, bad, sizeof(bad));
	assert_true(vc_tlv_next(&tlv));
	assert_false(vc_tlv_next(&tlv));
	assert_true(tlv.broken);
	assert_false(vc_tlv_next(&tlv));
}

static void hex_is_strict(void **state)
{
	uint8_t out[2];

	(void)state;
	assert_int_equal(vc_hex_decode("aBcD", out, 2), 2);
	assert_memory_equal(out, "\xAB\xCD", 2);
	assert_int_equal(vc_hex_decode("", out, 2), 0);
	assert_int_equal(vc_hex_decode("abc", out, 2), -1);
	assert_int_equal(vc_hex_decode("xx", out, 2), -1);
	assert_int_equal(vc_hex_decode("aabbcc", out, 2), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tlv_lengths_grow),
		cmocka_unit_test(the_reader_takes_raw_lengths_and_stops_at_the_end),
		cmocka_unit_test(hex_is_strict),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
