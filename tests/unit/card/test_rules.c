/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules of V5: which pair fits first, and what is no rule at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card.h"

static uint8_t asks(const char *hex, unsigned am, const char *header)
{
	CLEANUP(vc_buf_clear) struct vc_buf rules = { 0 };

	vc_buf_hex(&rules, hex);
	return vc_rules_condition(rules.data, rules.len, am, (const uint8_t *)header);
}

static bool valid(const char *hex)
{
	CLEANUP(vc_buf_clear) struct vc_buf rules = { 0 };

	vc_buf_hex(&rules, hex);
	return vc_rules_valid(rules.data, rules.len);
}

static void the_first_fitting_pair_counts(void **state)
{
	static const char real[] = "8001019000 800106A406830111950180";
	static const char mf[] = "8401DA9700 81009000";

	(void)state;
	assert_int_equal(asks(real, 0x01, NULL), 0x00);
	assert_int_equal(asks(real, 0x02, NULL), 0x11);
	assert_int_equal(asks(real, 0x04, NULL), 0x11);
	assert_int_equal(asks(real, 0x40, NULL), 0xFF);
	assert_int_equal(asks(mf, 0xC0, "\0\xDA\x01\x6E"), 0xFF);
	assert_int_equal(asks(mf, 0x02, NULL), 0x00);
	assert_int_equal(asks(mf, 0, "\x80\x10\0"), 0x00);
	assert_int_equal(asks("8F04801000009000", 0, "\x80\x10\0"), 0x00);
	assert_int_equal(asks("8F04801000009000", 0, "\x80\x10\0\x01"), 0xFF);
	assert_int_equal(asks("", 0x01, NULL), 0xFF);
}

static void proprietary_modes_are_their_own(void **state)
{
	(void)state;
	assert_int_equal(asks("8001C09000", 0x40, NULL), 0xFF);
	assert_int_equal(asks("8001409000", 0xC0, NULL), 0xFF);
	assert_int_equal(asks("8001E09000", 0xA0, NULL), 0x00);
	assert_int_equal(asks("8001C0A403830185", 0xC0, NULL), 0x05);
}

static void broken_rules_are_told(void **state)
{
	(void)state;
	assert_true(valid(""));
	assert_true(valid("80010190008001029700"));
	assert_false(valid("800101"));
	assert_false(valid("9000"));
	assert_false(valid("80010190"));
	assert_false(valid("8001019000 9000"));
	assert_false(valid("800101A4029501"));
	assert_false(valid("8002010190008100"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fitting_pair_counts),
		cmocka_unit_test(proprietary_modes_are_their_own),
		cmocka_unit_test(broken_rules_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
