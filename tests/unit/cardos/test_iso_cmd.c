/* SPDX-License-Identifier: Apache-2.0 */
/* Each builder, as the bytes that go out in the short form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iso_apdu.h"
#include "iso_cmd.h"
#include "script.h"

static const uint8_t data[2] = { 0x50, 0x15 };

static void check(const struct iso_cmd *cmd, const char *hex)
{
	uint8_t expected[64], got[64];
	size_t len = script_hex(hex, expected, sizeof(expected));
	assert_int_equal(iso_apdu_encode(cmd, false, got, sizeof(got)), len);
	assert_memory_equal(got, expected, len);
}

/* P1 P2 of READ and UPDATE BINARY are 15 bits: bit 8 of P1 would name a short file id. */
static void an_offset_is_fifteen_bits(void **state)
{
	static const struct {
		size_t offset, len;
		const char *read, *update;
	} rows[] = {
		{ 0, 64, "00B0000040", "00D60000025015" },
		{ 0xFF, 256, "00B000FF00", "00D600FF025015" },
		{ 0x100, 1, "00B0010001", "00D60100025015" },
		{ 0x1234, 255, "00B01234FF", "00D61234025015" },
		{ ISO_OFFSET_MAX, 8, "00B07FFF08", "00D67FFF025015" },
		{ ISO_OFFSET_MAX + 1, 8, "00B0000008", "00D60000025015" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct iso_cmd read = iso_cmd_read_binary(rows[i].offset, rows[i].len);
		const struct iso_cmd update =
			iso_cmd_update_binary(rows[i].offset, data, sizeof(data));
		check(&read, rows[i].read);
		check(&update, rows[i].update);
	}
}

/* ISO/IEC 7816-4 11.4.3: P2 04 reads the record of that number. */
static void a_record_is_asked_by_its_number(void **state)
{
	const struct iso_cmd first = iso_cmd_read_record(1), last = iso_cmd_read_record(254);
	(void)state;
	check(&first, "00B2010400");
	check(&last, "00B2FE0400");
}

/* cardos-facts 3.2: P2 00 returns the control parameters and carries Le, P2 0C returns nothing. */
static void select_asks_for_an_answer_only_with_p2_00(void **state)
{
	const struct iso_cmd quiet = iso_cmd_select(0x08, 0x0C, data, sizeof(data));
	const struct iso_cmd asking = iso_cmd_select(0x08, 0x00, data, sizeof(data));
	const struct iso_cmd bare = iso_cmd_select(0x00, 0x0C, NULL, 0);
	(void)state;
	check(&quiet, "00A4080C025015");
	check(&asking, "00A4080002501500");
	check(&bare, "00A4000C");
}

static void objects_are_got_and_put(void **state)
{
	const struct iso_cmd get = iso_cmd_get_data(0x01, 0x83, ISO_SHORT_RECV);
	const struct iso_cmd put = iso_cmd_put_data(0x01, 0x6E, data, sizeof(data));
	const struct iso_cmd phase = iso_cmd_simple(0x80, 0x10, 0x00, 0x00);
	(void)state;
	check(&get, "00CA018300");
	check(&put, "00DA016E025015");
	check(&phase, "80100000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_offset_is_fifteen_bits),
		cmocka_unit_test(a_record_is_asked_by_its_number),
		cmocka_unit_test(select_asks_for_an_answer_only_with_p2_00),
		cmocka_unit_test(objects_are_got_and_put),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
