/* SPDX-License-Identifier: Apache-2.0 */
/* The table of readers that do less than they say, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_pcsc.h"
#include "pcsc_card.h"
#include "pcsc_quirk.h"
#include "transport.h"

static void the_table_is_sorted(void **state)
{
	size_t count = 0;
	const struct pcsc_quirk_row *rows = pcsc_quirk_rows(&count);
	(void)state;
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].part[0] && rows[i].quirks);
		if (i > 0)
			assert_true(strcmp(rows[i - 1].part, rows[i].part) < 0);
	}
}

static void a_reader_is_known_by_a_part_of_its_name(void **state)
{
	(void)state;
	assert_int_equal(pcsc_quirks("ACS ACR38U 00 00"), PCSC_SHORT_ONLY);
	assert_int_equal(pcsc_quirks("ACS ACR 38U-CCID 00 00"), 0);
	assert_int_equal(pcsc_quirks("Virtual PCD 00 00"), 0);
	assert_int_equal(pcsc_quirks(""), 0);
}

/* dwMaxAPDUDataSize, as the reader tells it; what the transport makes of that. */
static void extended_length_needs_the_readers_word(void **state)
{
	static const uint8_t features[] = { 0x12, 4, 0x42, 0x33, 0, 0x12 };
	static const struct {
		const char *reader;
		uint8_t property[6];
		size_t len; /* 0: it tells nothing */
		size_t apdu_max;
		bool short_only;
	} rows[] = {
		{ FAKE_READER, { 0 }, 0, 0, false },
		{ FAKE_READER, { 0x0A, 4, 0, 0, 1, 0 }, 6, 65536, false },
		{ FAKE_READER, { 0x0A, 4, 0, 0, 0, 0 }, 6, 0, true },
		{ FAKE_READER, { 0x0A, 4, 5, 1, 0, 0 }, 6, 261, true },
		{ "ACS ACR38U 00 00", { 0x0A, 4, 0, 0, 1, 0 }, 6, 0, true },
		{ "ACS ACR38U 00 00", { 0 }, 0, 0, true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct transport *transport = NULL;
		fake_pcsc_reset();
		fake_pcsc.reader = rows[i].reader;
		if (rows[i].len > 0) {
			fake_pcsc.features = features;
			fake_pcsc.features_len = sizeof(features);
			fake_pcsc.properties = rows[i].property;
			fake_pcsc.properties_len = rows[i].len;
			fake_pcsc.properties_code = 0x42330012;
		}
		assert_int_equal(pcsc_card_open(rows[i].reader, &transport), CARDOS_OK);
		assert_int_equal(transport->apdu_max, rows[i].apdu_max);
		assert_int_equal(transport->short_only, rows[i].short_only);
		transport->ops->free(transport);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted),
		cmocka_unit_test(a_reader_is_known_by_a_part_of_its_name),
		cmocka_unit_test(extended_length_needs_the_readers_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
