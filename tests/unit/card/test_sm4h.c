/* SPDX-License-Identifier: Apache-2.0 */
/* ERASE FILES and FORMAT under SM_4h, with the bytes of cardos-facts 8.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#define ERASE "8406000010 0600000800000000F76AFC09E6D5F465"
#define FORMAT "8440000120 748CA3A848200B0C752DD82D5BE35CE1DE98AEBB1B4854390235B60B35A0CC19"

static void an_erased_card_is_in_manufacturing_until_formatted(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, FORMAT, "6982");
	kit_expect(card, "80100000", "9000");
	kit_expect(card, ERASE, "6982");
	kit_expect(card, "80100000", "9000");
	kit_expect(card, ERASE, "9000");
	kit_expect(card, "00CA018300", "34 9000");
	kit_expect(card, "00CA018700", "6D00");
	kit_expect(card, "00A4000C", "6D00");
	kit_expect(card, VERIFY, "6D00");
	kit_expect(card, "80100000", "6D00");
	kit_expect(card, FORMAT, "9000");
	kit_expect(card, "00CA018300", "20 9000");
	kit_expect(card, "00A4000000", "6F19 81020080 820138 83023F00 850100 8609[00*9] 9000");
	kit_expect(card, VERIFY, "6A81");
	vcard_free(card);
}

static void a_wrong_mac_costs_a_try_and_the_last_locks(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "8406000010 0600000800000000F76AFC09E6D5F466", "6988");
	kit_expect(card, "00CA019600", "000AFF090000 9000");
	kit_expect(card, ERASE, "9000");
	kit_expect(card, "00CA019600", "000AFF0A0000 9000");
	kit_expect(card, "8406000007 06000008000000", "6700");
	kit_expect(card, "8440000008 0600000800000000", "6988");
	for (int i = 0; i < 9; i++)
		kit_expect(card, "8440000008 0600000800000000", "6988");
	kit_expect(card, FORMAT, "6983");
	vcard_free(card);
	card = kit_card("v4.4", "sm-error=6987");
	kit_expect(card, "8406000010 0600000800000000F76AFC09E6D5F466", "6987");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_erased_card_is_in_manufacturing_until_formatted),
		cmocka_unit_test(a_wrong_mac_costs_a_try_and_the_last_locks),
	};

	return cmocka_run_group_tests_name("sm4h", tests, NULL, NULL);
}
