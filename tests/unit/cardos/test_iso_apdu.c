/* SPDX-License-Identifier: Apache-2.0 */
/* Commands as bytes: cases 1 to 4, short and extended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iso_apdu.h"
#include "script.h"

static void check(const struct iso_cmd *cmd, bool extended, const char *hex)
{
	unsigned char expected[64], got[64];
	size_t len = script_hex(hex, expected, sizeof(expected));
	assert_int_equal(iso_apdu_encode(cmd, extended, got, sizeof(got)), len);
	assert_memory_equal(got, expected, len);
}

static void the_four_cases_have_their_forms(void **state)
{
	static const uint8_t data[3] = { 1, 2, 3 };
	struct iso_cmd cmd = iso_cmd_simple(0x80, 0xEA, 0, 0);
	(void)state;
	check(&cmd, false, "80EA0000");
	check(&cmd, true, "80EA0000");
	cmd.le = 256;
	check(&cmd, false, "80EA0000 00");
	check(&cmd, true, "80EA0000 000100");
	cmd.data = data;
	cmd.data_len = 3;
	check(&cmd, false, "80EA0000 03010203 00");
	check(&cmd, true, "80EA0000 000003010203 0100");
	cmd.le = 0;
	check(&cmd, false, "80EA0000 03010203");
}

static void what_does_not_fit_is_refused(void **state)
{
	static const uint8_t data[256];
	unsigned char out[300];
	struct iso_cmd cmd = iso_cmd_simple(0, 0xD6, 0, 0);
	(void)state;
	cmd.data = data;
	cmd.data_len = sizeof(data);
	assert_int_equal(iso_apdu_encode(&cmd, false, out, sizeof(out)), 0);
	assert_int_equal(iso_apdu_encode(&cmd, true, out, sizeof(out)), 263);
	assert_int_equal(iso_apdu_encode(&cmd, true, out, 200), 0);
	cmd.data_len = 1;
	cmd.le = 257;
	assert_int_equal(iso_apdu_encode(&cmd, false, out, sizeof(out)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_cases_have_their_forms),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
