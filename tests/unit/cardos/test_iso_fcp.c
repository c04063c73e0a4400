/* SPDX-License-Identifier: Apache-2.0 */
/* File control parameters of real cards and broken ones. Samples: cardos-facts 3.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iso_fcp.h"
#include "script.h"

static bool parse(const char *hex, struct iso_fcp *fcp)
{
	unsigned char bytes[256];
	size_t len = script_hex(hex, bytes, sizeof(bytes));
	return iso_fcp_parse(bytes, len, fcp);
}

static void a_real_df_of_V43B_has_eight_access_bytes(void **state)
{
	struct iso_fcp fcp;
	(void)state;
	assert_true(parse("6F2D 81020200 820638B500FE0007 83025015 840CA000000063504B43532D3135"
			  "8503002A6C 8608000505FFFF73FF05",
		&fcp));
	assert_int_equal(fcp.descriptor, ISO_FILE_DF);
	assert_int_equal(fcp.size, 0x200);
	assert_int_equal(fcp.fid, 0x5015);
	assert_int_equal(fcp.ac_len, 8);
	assert_int_equal(fcp.ac[1], 0x05);
	assert_int_equal(fcp.ac[8], 0xFF);
}

static void a_BER_length_is_fine(void **state)
{
	struct iso_fcp fcp;
	(void)state;
	assert_true(parse("6F8125 83025031 820101 8002003C 8800 850100 8A0105 AB10"
			  "8001019000 800106A406830111950180",
		&fcp));
	assert_int_equal(fcp.size, 0x3C);
	assert_int_equal(fcp.ac_len, 0);
}

static void broken_templates_are_refused(void **state)
{
	struct iso_fcp fcp;
	(void)state;
	assert_false(parse("", &fcp));
	assert_false(parse("6F", &fcp));
	assert_false(parse("6F05 8002", &fcp));
	assert_false(parse("6F03 800200", &fcp));
	assert_false(parse("6100", &fcp));
	assert_false(parse("6F80 0000", &fcp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_df_of_V43B_has_eight_access_bytes),
		cmocka_unit_test(a_BER_length_is_fine),
		cmocka_unit_test(broken_templates_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
