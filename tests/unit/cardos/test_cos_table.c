/* SPDX-License-Identifier: Apache-2.0 */
/* The table of personalities: sorted, unique, found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cos_table.h"
#include "script.h"

static void rows_are_sorted_and_unique(void **state)
{
	size_t count = 0;
	const struct cos_row *rows = cos_table_rows(&count);
	(void)state;
	for (size_t i = 1; i < count; i++)
		assert_true(memcmp(rows[i - 1].atr, rows[i].atr, COS_ATR_MAX) < 0);
}

static void every_row_is_found_and_agrees_with_its_atr(void **state)
{
	size_t count = 0;
	const struct cos_row *rows = cos_table_rows(&count);
	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct cos_row *row = &rows[i];
		assert_ptr_equal(cos_table_find(row->atr, row->atr_len), row);
		/* version: the last two historical bytes, before TCK */
		assert_int_equal(
			row->version, row->atr[row->atr_len - 3] << 8 | row->atr[row->atr_len - 2]);
		assert_non_null(row->ops);
	}
}

static void other_cards_are_not_ours(void **state)
{
	unsigned char atr[33];
	size_t len = script_hex("3B6500009C02020702", atr, sizeof(atr));
	(void)state;
	assert_null(cos_table_find(atr, len));
	len = script_hex(SCRIPT_V44, atr, sizeof(atr));
	assert_null(cos_table_find(atr, len - 1));
	assert_null(cos_table_find(atr, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_and_unique),
		cmocka_unit_test(every_row_is_found_and_agrees_with_its_atr),
		cmocka_unit_test(other_cards_are_not_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
