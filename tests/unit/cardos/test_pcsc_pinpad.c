/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of PC/SC part 10, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pcsc_pinpad.h"
#include "transport.h"

#define CAP 128

static void features_are_found_among_others(void **state)
{
	static const uint8_t bytes[] = { 0x0A, 4, 9, 9, 9, 9, 0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x07,
		4, 0x42, 0x33, 0x00, 0x07, 0x12, 4, 0x42, 0x33, 0x00, 0x12 };
	struct pcsc_features features;
	(void)state;
	pcsc_features_parse(bytes, sizeof(bytes), &features);
	assert_int_equal(features.verify, 0x42330006);
	assert_int_equal(features.modify, 0x42330007);
	assert_int_equal(features.properties, 0x42330012);
	/* cut anywhere: what is whole counts */
	for (size_t len = 0; len < sizeof(bytes); len++) {
		pcsc_features_parse(bytes, len, &features);
		assert_int_equal(features.verify, len < 12 ? 0 : 0x42330006);
		assert_int_equal(features.modify, len < 18 ? 0 : 0x42330007);
		assert_int_equal(features.properties, 0);
	}
}

static void properties_are_little_endian(void **state)
{
	static const uint8_t bytes[] = { 0x06, 1, 4, 0x07, 1, 12, 0x01, 2, 0, 0, 0x0A, 4, 0x34,
		0x12, 0x01, 0x00 };
	static const uint8_t strange[] = { 0x06, 0, 0x07, 9, 1, 2, 3 };
	struct pcsc_properties properties;
	(void)state;
	pcsc_properties_parse(bytes, sizeof(bytes), &properties);
	assert_int_equal(properties.min_len, 4);
	assert_int_equal(properties.max_len, 12);
	assert_int_equal(properties.apdu_max, 0x11234);
	pcsc_properties_parse(strange, sizeof(strange), &properties);
	assert_int_equal(properties.min_len | properties.max_len, 0);
	assert_int_equal(properties.apdu_max, 0);
}

static void a_verification_is_one_block(void **state)
{
	/* timeouts, format, block, no length in it, limits 04..08, Enter, one message, zh-TW */
	static const uint8_t expected[] = { 30, 30, 0x82, 0x08, 0x00, 0x08, 0x04, 0x02, 0x01, 0x04,
		0x04, 0x00, 0, 0, 0, 13, 0, 0, 0, 0x00, 0x20, 0x00, 0x81, 0x08, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	const struct transport_entry entry = { .header = { 0x00, 0x20, 0x00, 0x81 },
		.block_len = 8,
		.pad = 0xFF,
		.min_len = 4,
		.max_len = 8 };
	uint8_t out[CAP];
	(void)state;
	assert_int_equal(pcsc_pinpad_encode(&entry, out, sizeof(out)), sizeof(expected));
	assert_memory_equal(out, expected, sizeof(expected));
}

static void a_change_is_two_blocks(void **state)
{
	static const uint8_t expected[] = { 30, 30, 0x82, 0x06, 0x00, 0x00, 0x06, 0x06, 0x05, 0x03,
		0x02, 0x03, 0x04, 0x04, 0x00, 0x01, 0x02, 0, 0, 0, 17, 0, 0, 0, 0x00, 0x24, 0x00,
		0x81, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	const struct transport_entry entry = { .header = { 0x00, 0x24, 0x00, 0x81 },
		.block_len = 6,
		.min_len = 5,
		.max_len = 6,
		.modify = true };
	uint8_t out[CAP];
	(void)state;
	assert_int_equal(pcsc_pinpad_encode(&entry, out, sizeof(out)), sizeof(expected));
	assert_memory_equal(out, expected, sizeof(expected));
}

static void what_cannot_be_said_is_refused(void **state)
{
	struct transport_entry entry = { .block_len = 16, .max_len = 16 };
	uint8_t out[CAP];
	(void)state;
	assert_int_equal(pcsc_pinpad_encode(&entry, out, sizeof(out)), 0);
	entry.block_len = 0;
	assert_int_equal(pcsc_pinpad_encode(&entry, out, sizeof(out)), 0);
	entry.block_len = 8;
	assert_int_equal(pcsc_pinpad_encode(&entry, out, 20), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_are_found_among_others),
		cmocka_unit_test(properties_are_little_endian),
		cmocka_unit_test(a_verification_is_one_block),
		cmocka_unit_test(a_change_is_two_blocks),
		cmocka_unit_test(what_cannot_be_said_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
