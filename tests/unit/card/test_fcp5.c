/* SPDX-License-Identifier: Apache-2.0 */
/* Files of V5: creation, FCI, rules, EF.ARR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit5.h"

static void the_fci_has_the_real_shape(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit5_send(card, "00E00000",
		"621F 820101 8002003C 8800 AB10 8001019000 800106A406830111950180 83025031", false,
		"9000");
	kit_expect(card, "00A40800045015503100",
		"6F8125 83025031 820101 8002003C 8800 850100 8A0105 AB10 8001019000"
		"800106A406830111950180 9000");
	kit_expect(card, "00B0000000", "[00*60] 9000");
	kit_expect(card, "00D6000001AA", "6982");
	kit_expect(card, "00A40800025015 00",
		"6F81* 83025015 820138 C1022000 840CA000000063504B43532D3135 * 9000");
	vcard_free(card);
}

static void rules_of_a_file_hold(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit5_send(card, "00E00000",
		"621F 820101 80020010 8800 AB10 8001019000 800142" RULE_PIN "83024401", false,
		"9000");
	kit_expect(card, "00D6000001AA", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00D6000001AA", "9000");
	kit_expect(card, "00B0000001", "AA 9000");
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "00E40000024401", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00E40000024401", "9000");
	/* DFs are forbidden here, in the MF they are not. */
	kit5_send(card, "00E00000", "6211 820138 C1020100 AB05 8100 9000 83025016", false, "6A80");
	kit5_send(card, "00E00000", "6211 820138 C1020100 AB04 8100 9000 83025016", false, "6982");
	kit_expect(card, "00A4000C023F00", "9000");
	kit5_send(card, "00E00000", "6211 820138 C1020100 AB04 8100 9000 83025016", false, "9000");
	vcard_free(card);
}

static void deletion_asks_whom_the_switch_says(void **state)
{
	static const char file[] = "6214 820101 80020010 8800 AB05 8001019000 83024401";
	struct vcard *card = kit5_card("v5.3", "delete-rule=child");

	(void)state;
	kit5_send(card, "00E00000", file, false, "9000");
	kit_expect(card, "00E40000024401", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00E40000024401", "9000");
	vcard_free(card);
	card = kit5_card("v5.3", "delete-rule=both");
	kit5_send(card, "00E00000", file, false, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00E40000024401", "6982");
	vcard_free(card);
}

static void broken_templates_are_refused(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit5_send(card, "00E00000", "620D 820101 80020010 8800 83024401", false, "6A80");
	kit5_send(
		card, "00E00000", "6216 820101 80020010 8800 8B03 2F1201 83024401", false, "6A85");
	kit5_send(
		card, "00E00000", "6212 820101 80020010 8800 8B03 2F1201 83024401", false, "6A80");
	kit5_send(
		card, "00E00000", "6219 80020010 820101 83024401 850100 8609[00*9]", false, "6A80");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fci_has_the_real_shape),
		cmocka_unit_test(rules_of_a_file_hold),
		cmocka_unit_test(deletion_asks_whom_the_switch_says),
		cmocka_unit_test(broken_templates_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
