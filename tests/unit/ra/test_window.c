/* SPDX-License-Identifier: Apache-2.0 */
/* When a certificate may be renewed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text.h"
#include "window.h"

static void a_month_before_is_the_same_day_or_the_months_last(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{ "1m", "2029-01-31T08:00:00Z", "2028-12-31T08:00:00Z" },
		{ "1m", "2027-03-31T23:59:59Z", "2027-02-28T23:59:59Z" },
		{ "1m", "2028-03-30T00:00:00Z", "2028-02-29T00:00:00Z" },
		{ "1m", "2100-03-29T00:00:00Z", "2100-02-28T00:00:00Z" },
		{ "1m", "2027-07-15T12:00:00Z", "2027-06-15T12:00:00Z" },
		{ "30d", "2027-03-31T12:00:00Z", "2027-03-01T12:00:00Z" },
		{ "30d", "2028-03-01T00:00:00Z", "2028-01-31T00:00:00Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(window_opens(rows[i][0], text_parse_time(rows[i][1])),
			text_parse_time(rows[i][2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_before_is_the_same_day_or_the_months_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
