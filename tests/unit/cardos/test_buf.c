/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded reading and writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void a_cursor_never_reads_past_the_end(void **state)
{
	static const uint8_t bytes[3] = { 1, 2, 3 };
	struct cursor cursor;
	(void)state;
	cursor_init(&cursor, bytes, sizeof(bytes));
	assert_int_equal(cursor_u16(&cursor), 0x0102);
	assert_int_equal(cursor_u16(&cursor), 0);
	assert_true(cursor.bad);
	assert_int_equal(cursor_u8(&cursor), 0);
}

static void a_buffer_stops_at_its_limit_and_stays_bad(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, 100);
	buf_fill(&buf, 7, 100);
	assert_false(buf.bad);
	assert_int_equal(buf.len, 100);
	buf_u8(&buf, 1);
	assert_true(buf.bad);
	assert_int_equal(buf.len, 100);
	buf_put(&buf, "", 0);
	assert_true(buf.bad);
	buf_done(&buf);
	assert_null(buf.bytes);
	buf_u16(&buf, 0x0102);
	assert_int_equal(buf.bytes[0], 1);
	assert_int_equal(buf.bytes[1], 2);
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cursor_never_reads_past_the_end),
		cmocka_unit_test(a_buffer_stops_at_its_limit_and_stays_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
