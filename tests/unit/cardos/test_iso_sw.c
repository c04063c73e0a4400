/* SPDX-License-Identifier: Apache-2.0 */
/* Status words and what they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iso_sw.h"

static const struct {
	uint16_t sw;
	enum iso_sw_kind kind;
	enum cardos_err err;
	int tries;
} words[] = {
	{ 0x9000, ISO_SW_FILE, CARDOS_OK, -1 },
	{ 0x9001, ISO_SW_FILE, CARDOS_OK, -1 },
	{ 0x9002, ISO_SW_FILE, CARDOS_E_CARD, -1 },
	{ 0x6282, ISO_SW_FILE, CARDOS_OK, -1 },
	{ 0x6282, ISO_SW_PIN, CARDOS_E_CARD, -1 },
	{ 0x6300, ISO_SW_PIN, CARDOS_E_PIN_WRONG, -1 },
	{ 0x6300, ISO_SW_KEY, CARDOS_E_AUTH_REQUIRED, -1 },
	{ 0x63C2, ISO_SW_PIN, CARDOS_E_PIN_WRONG, 2 },
	{ 0x63C0, ISO_SW_PIN, CARDOS_E_PIN_LOCKED, 0 },
	{ 0x6983, ISO_SW_PIN, CARDOS_E_PIN_LOCKED, 0 },
	{ 0x6982, ISO_SW_FILE, CARDOS_E_AUTH_REQUIRED, -1 },
	{ 0x6A81, ISO_SW_PIN, CARDOS_E_NOT_FOUND, -1 },
	{ 0x6A81, ISO_SW_FILE, CARDOS_E_NOT_SUPPORTED, -1 },
	{ 0x6A82, ISO_SW_FILE, CARDOS_E_NOT_FOUND, -1 },
	{ 0x6A84, ISO_SW_FILE, CARDOS_E_FULL, -1 },
	{ 0x6A88, ISO_SW_KEY, CARDOS_E_NOT_FOUND, -1 },
	{ 0x6F86, ISO_SW_KEY, CARDOS_E_NOT_FOUND, -1 },
	{ 0x6A89, ISO_SW_FILE, CARDOS_E_EXISTS, -1 },
	{ 0x6A80, ISO_SW_KEY, CARDOS_E_INPUT, -1 },
	{ 0x6700, ISO_SW_KEY, CARDOS_E_LENGTH, -1 },
	{ 0x6E00, ISO_SW_KEY, CARDOS_E_NOT_SUPPORTED, -1 },
	{ 0x1234, ISO_SW_FILE, CARDOS_E_CARD, -1 },
};

static void every_word_has_its_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(iso_sw_error(words[i].sw, words[i].kind), words[i].err);
		assert_int_equal(iso_sw_tries(words[i].sw), words[i].tries);
	}
}

static void lengths_are_taken_from_61_and_6C(void **state)
{
	uint8_t value = 0xEE;
	(void)state;
	assert_true(iso_sw_more(0x6110, &value));
	assert_int_equal(value, 0x10);
	assert_false(iso_sw_more(0x6C10, &value));
	assert_true(iso_sw_wrong_le(0x6C20, &value));
	assert_int_equal(value, 0x20);
	assert_false(iso_sw_wrong_le(0x6C00, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_has_its_error),
		cmocka_unit_test(lengths_are_taken_from_61_and_6C),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
