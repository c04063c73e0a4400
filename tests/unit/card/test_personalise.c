/* SPDX-License-Identifier: Apache-2.0 */
/* A personalised card, byte for byte where cardos-facts 7 gives the bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <string.h>

static const struct vcard_personalise params = { "123456", "12345678", "Anna", "20261121084930Z",
	NULL };

static void the_files_are_opensc_s(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);
	const char *why;

	(void)state;
	assert_true(vcard_personalise(card, &params, &why));
	kit_expect(card, "00CA018300", "20 9000");
	kit_expect(card, "00A40800022F00 00", "6F* 8609[00*9] 9000");
	kit_expect(card, "00B0000080",
		"611A 4F0C A000000063504B43532D3135 5004 416E6E61 51043F005015 [00*100] 9000");
	kit_expect(card, "00A40800025015 00",
		"6F27 81021000 820138 83025015 840CA000000063504B43532D3135 850100 8609[00*9] "
		"9000");
	kit_expect(card, "00A4080C0450155031", "9000");
	kit_expect(card, "00B0000000", "A80A3008 0406 3F0050154401 [00*244] 9000");
	kit_expect(card, "00A4080C0450155032", "9000");
	kit_expect(card, "00B0000000",
		"3038 020100 0406 2081EE141A27 0C0E 4F70656E53432050726F6A656374 8004 416E6E61"
		"03020410 A511 180F 32303236313132313038343933305A 9000");
	kit_expect(card, "00A40800045015440100", "6F* 8609 000101010101010000 9000");
	kit_expect(card, "00B0000000",
		"3037 300E 0C08 557365722050494E 030206C0 3003 040101 A120 301E 0302024C 0A0101"
		"020104 020108 020108 800101 040100 3006 04043F005015 [00*199] 9000");
	kit_expect(card, "00A4080C0450154946", "9000");
	kit_expect(card, "00B0000000", "0106 706B63733135 0206 6F6E6570696E [00*112] 9000");
	vcard_free(card);
}

static void the_pins_work_and_tell_their_tries(void **state)
{
	struct vcard *card = kit_card("v4.3b", NULL);
	const char *why;

	(void)state;
	assert_true(vcard_personalise(card, &params, &why));
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "0020008108" WRONG8, "63C2");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "002C008110" WRONG8 PIN8, "63C9");
	kit_expect(card, "002C008110" PUK8 "3635343332310000", "9000");
	kit_expect(card, "00A4080C0450154946", "9000");
	kit_expect(card, "00D6000001 01", "9000");
	vcard_free(card);
}

static void wrong_parameters_are_refused(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);
	struct vcard_personalise wrong = params;
	const char *why;

	(void)state;
	wrong.pin = "123";
	assert_false(vcard_personalise(card, &wrong, &why));
	assert_non_null(strstr(why, "4 to 8"));
	wrong = params;
	wrong.label = "";
	assert_false(vcard_personalise(card, &wrong, &why));
	assert_true(vcard_personalise(card, &params, &why));
	assert_false(vcard_personalise(card, &params, &why));
	assert_non_null(strstr(why, "blank"));
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_are_opensc_s),
		cmocka_unit_test(the_pins_work_and_tell_their_tries),
		cmocka_unit_test(wrong_parameters_are_refused),
	};

	return cmocka_run_group_tests_name("personalise", tests, NULL, NULL);
}
