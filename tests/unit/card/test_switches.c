/* SPDX-License-Identifier: Apache-2.0 */
/* The table of switches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "switches.h"

#include <stdlib.h>
#include <string.h>

static void names_are_sorted_and_values_come_back(void **state)
{
	struct vc_switches switches, copy;
	const char *last = "", *why;

	(void)state;
	vc_switches_default(&switches, "text");
	for (int i = 0; i < VC_S_COUNT; i++) {
		char value[VC_TEXT_MAX], assignment[128];
		const char *name = vc_switch_show(&switches, (enum vc_switch)i, value);

		assert_true(strcmp(last, name) < 0);
		last = name;
		snprintf(assignment, sizeof(assignment), "%s=%s", name, value);
		vc_switches_default(&copy, "other");
		assert_true(vc_switches_set(&copy, assignment, &why));
		assert_int_equal(copy.value[i], switches.value[i]);
	}
}

static void every_position_of_a_choice_is_taken(void **state)
{
	struct vc_switches switches;
	char value[VC_TEXT_MAX];
	const char *why;

	(void)state;
	vc_switches_default(&switches, "text");
	assert_true(vc_switches_set(&switches, "chaining=none", &why));
	assert_int_equal(switches.value[VC_S_CHAINING], VC_CHAINING_NONE);
	assert_string_equal(vc_switch_show(&switches, VC_S_CHAINING, value), "chaining");
	assert_string_equal(value, "none");
	assert_true(vc_switches_set(&switches, "chaining=cds", &why));
	assert_int_equal(switches.value[VC_S_CHAINING], VC_CHAINING_CDS);
}

static void wrong_assignments_say_why(void **state)
{
	struct vc_switches switches;
	const char *why;

	(void)state;
	vc_switches_default(&switches, "text");
	assert_false(vc_switches_set(&switches, "chaining", &why));
	assert_string_equal(why, "not NAME=VALUE");
	assert_false(vc_switches_set(&switches, "chain=all", &why));
	assert_string_equal(why, "no switch of that name");
	assert_false(vc_switches_set(&switches, "chaining=a", &why));
	assert_string_equal(why, "the switch has no such value");
	assert_false(vc_switches_set(&switches, "eeprom=200001", &why));
	assert_false(vc_switches_set(&switches, "eeprom=-1", &why));
	assert_false(vc_switches_set(&switches, "eeprom=1x", &why));
	assert_false(vc_switches_set(&switches, "text=", &why));
	assert_false(vc_switches_set(&switches, "text=a\nb", &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_and_values_come_back),
		cmocka_unit_test(every_position_of_a_choice_is_taken),
		cmocka_unit_test(wrong_assignments_say_why),
	};

	return cmocka_run_group_tests_name("switches", tests, NULL, NULL);
}
