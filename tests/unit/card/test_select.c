/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT in all its forms, and what leaving a DF forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#define DF_5016 "00E000001B 6219 81020100 820138 83025016 850100 8609[00*9]"

static void every_form_finds_its_file(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, "00CA018700", "9000");
	kit_expect(card, "00A4000C025015", "9000");
	kit_expect(card, "00CA018700", "5015 9000");
	kit_expect(card, DF_5016, "9000");
	kit_expect(card, "00CA018700", "50155016 9000");
	kit_expect(card, "00A4030C", "9000");
	kit_expect(card, "00CA018700", "5015 9000");
	kit_expect(card, "00A4040C0CA000000063504B43532D3135", "9000");
	kit_expect(card, "00A4080C0450155016", "9000");
	kit_expect(card, "00A4090C025016", "6A82");
	kit_expect(card, "00A4000C025016", "9000");
	kit_expect(card, "00A4000C025015", "9000");
	kit_expect(card, "00A4090C025016", "9000");
	kit_expect(card, "00A4000C023F00", "9000");
	kit_expect(card, "00A4030C", "6A82");
	vcard_free(card);
}

static void wrong_forms_are_refused_and_change_nothing(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00A4020C025015", "6A86");
	kit_expect(card, "00A40001025015", "6A86");
	kit_expect(card, "00A4080C03501550", "6700");
	kit_expect(card, "00A4000C0150", "6700");
	kit_expect(card, "00A4030C025015", "6A87");
	kit_expect(card, "00A4040C09E80704007F00070302", "6A82");
	kit_expect(card, "00A4040C0FE828BD080FA000000167455349474E", "6A82");
	kit_expect(card, "00A4040C06D27600014480", "6A82");
	kit_expect(card, "00A4080C0450159999", "6A82");
	kit_expect(card, "00CA018700", "5015 9000");
	vcard_free(card);
}

static void an_fci_comes_only_when_asked_for(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00A40800025015 00",
		"6F27 81021000 820138 83025015 840CA000000063504B43532D3135 850100 8609[00*9] "
		"9000");
	kit_expect(card, "00A40800025015", "9000");
	vcard_free(card);
	card = kit_pin_card("v4.4", "fci=long fci-ac=8");
	kit_expect(card, "00A40800025015 00",
		"6F2D 81021000 820638B500FE0007 83025015 840CA000000063504B43532D3135"
		"850300.... 8608[00*8] 9000");
	vcard_free(card);
}

static void leaving_a_df_forgets_its_pins_but_not_the_mfs(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00DA016E1D 83020005 8508020387 03FFFF0004 86030005FF 8F08" PIN8, "9000");
	kit_expect(card, "0020008508" PIN8, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00CA018400", "0501 9000");
	kit_expect(card, DF_5016, "9000");
	kit_expect(card, "00CA018400", "0501 9000");
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "00CA018400", "01 9000");
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, "00CA018400", "9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_finds_its_file),
		cmocka_unit_test(wrong_forms_are_refused_and_change_nothing),
		cmocka_unit_test(an_fci_comes_only_when_asked_for),
		cmocka_unit_test(leaving_a_df_forgets_its_pins_but_not_the_mfs),
	};

	return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
