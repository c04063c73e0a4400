/* SPDX-License-Identifier: Apache-2.0 */
/* The options that twca-apply and twca-renew share: each reaches its member, numbers in their
 * range.
 */
#include "unit.h"

#include "apply.h"
#include "apply_opts.h"

static struct apply apply;
static char value[] = "v";

static void every_row_has_a_reader(void **state)
{
	size_t rows = 0;

	(void)state;
	for (const struct argp_option *row = apply_options; row->key; row++, rows++) {
		char number[] = "7";
		memset(&apply, 0, sizeof apply);
		assert_int_equal(apply_take_option(&apply, row->key,
					 row->key == APPLY_KEY_WAIT ? number : value, NULL),
			0);
		assert_non_null(row->name);
		assert_non_null(row->doc);
		/* exactly one member was given */
		size_t given = apply.wait_s == 7;
		const char *const members[] = { apply.carrier_name, apply.label, apply.sign_file,
			apply.enc_file, apply.batch, apply.on_success, apply.on_failure };
		for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
			given += members[i] == value;
		assert_int_equal(given, 1);
	}
	assert_int_equal(rows, 8);
	assert_int_equal(apply_take_option(&apply, 'x', value, NULL), ARGP_ERR_UNKNOWN);
	assert_int_equal(apply_take_option(&apply, ARGP_KEY_ARG, value, NULL), ARGP_ERR_UNKNOWN);
}

static void numbers_at_and_beyond_their_range(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = { { "0", true }, { "604800", true }, { "604801", false }, { "-1", false },
		{ "", false }, { "x", false }, { "7x", false }, { "7 ", false }, { " 7", true },
		{ "9223372036854775808", false }, { "1e3", false }, { "0x10", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		long number;
		if (apply_take_number(rows[i].text, 604800, &number) != rows[i].good)
			fail_msg("%s", rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_a_reader),
		cmocka_unit_test(numbers_at_and_beyond_their_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
