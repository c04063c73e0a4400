/* SPDX-License-Identifier: Apache-2.0 */
/* DIRECTORY in its three forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

static void fill(struct vcard *card)
{
	kit_expect(card, "00E000001B 6219 80020010 820101 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00E000001B 6219 80020010 820105 83024402 850100 8609[00*9]", "9000");
}

static void children_are_listed_in_order_of_creation(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "8016020000", "6F00 9000");
	fill(card);
	kit_expect(card, "8016020000", "6F07 820101 86024401 6F07 820105 86024402 9000");
	kit_expect(card, "8016020100", "6F07 820105 86024402 9000");
	kit_expect(card, "8016030000", "6A86");
	vcard_free(card);
}

static void the_other_forms_carry_more_or_come_in_pages(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "directory=full");

	(void)state;
	fill(card);
	kit_expect(card, "8016020000",
		"6F16 80020010 820101 86024401 8C09[00*9] 6F16 80020010 820105 86024402"
		"8C09[00*9] 9000");
	vcard_free(card);
	card = kit_pin_card("v4.4", "directory=paged");
	fill(card);
	kit_expect(card, "8016020000", "6F0A 820101 86024401 8A0101 9000");
	kit_expect(card, "8016020100", "6F07 820105 86024402 9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_are_listed_in_order_of_creation),
		cmocka_unit_test(the_other_forms_carry_more_or_come_in_pages),
	};

	return cmocka_run_group_tests_name("directory", tests, NULL, NULL);
}
