/* SPDX-License-Identifier: Apache-2.0 */
/* VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: counters, conditions, tearing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

static void a_wrong_pin_costs_one_try_and_the_last_blocks(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "verifyrc=no");

	(void)state;
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "00CA018400", "9000");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, VERIFY, "6983");
	vcard_reset(card);
	kit_expect(card, VERIFY, "6983");
	vcard_free(card);
}

static void an_object_with_the_second_options_byte_tells_its_tries(void **state)
{
	struct vcard *card = kit_pin_card("v4.3b", NULL);

	(void)state;
	kit_expect(
		card, "00DA016E1E 83020005 8509020403 87 03FFFF0004 86030005FF 8F08" PIN8, "9000");
	kit_expect(card, "0020008508" WRONG8, "63C2");
	kit_expect(card, "0020008508" WRONG8, "63C1");
	kit_expect(card, "0020008508" WRONG8, "63C0");
	kit_expect(card, "0020008508" WRONG8, "6983");
	vcard_free(card);
}

static void the_switches_change_the_words(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "wrong-pin=63cx last-try=blocked");

	(void)state;
	kit_expect(card, "0020008108" WRONG8, "63C2");
	kit_expect(card, "0020008108" WRONG8, "63C1");
	kit_expect(card, "0020008108" WRONG8, "6983");
	vcard_free(card);
	card = kit_pin_card("v4.4", "pin-length=6700 empty-verify=6700 local-ref=mf");
	kit_expect(card, "0020008106 313233343536", "6700");
	kit_expect(card, "00200081", "6700");
	kit_expect(card, "0020000108" PIN8, "9000");
	vcard_free(card);
}

static void references_lengths_and_parameters_are_checked(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "0020018108" PIN8, "6A86");
	kit_expect(card, "0020009108" PIN8, "6A81");
	kit_expect(card, "0020000108" PIN8, "6A81");
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, "0020000108" PIN8, "9000");
	kit_expect(card, "0020008106 313233343536", "6300");
	kit_expect(card, "00200081", "6300");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, VERIFY, "6983");
	vcard_free(card);
}

static void a_change_needs_the_old_pin(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "0024008110" WRONG8 "3635343332310000", "6300");
	kit_expect(card, "0024008110" PIN8 "3635340000000000", "6A80");
	kit_expect(card, "002400810A" PIN8 "3635", "6700");
	kit_expect(card, "0024008108" PIN8, "6700");
	kit_expect(card, "0024008110" PIN8 "3635343332310000", "9000");
	kit_expect(card, VERIFY, "6300");
	kit_expect(card, "0020008108 3635343332310000", "9000");
	kit_expect(card, "0024018108" PIN8, "9000");
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, "0024018108" PIN8, "6982");
	kit_expect(card, "0024028108" PIN8, "6A86");
	vcard_free(card);
}

static void the_puk_unblocks_and_counts_its_own_tries(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	for (int i = 0; i < 3; i++)
		kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, VERIFY, "6983");
	kit_expect(card, "002C008110" WRONG8 PIN8, "6300");
	kit_expect(card, "002C008110" PUK8 "3635343332310000", "9000");
	kit_expect(card, "0020008108 3635343332310000", "9000");
	for (int i = 0; i < 10; i++)
		kit_expect(card, "002C008110" WRONG8 PIN8, "6300");
	kit_expect(card, "002C008110" PUK8 PIN8, "6983");
	kit_expect(card, "002C008210" PUK8 PIN8, "6982");
	kit_expect(card, "002C048110" PUK8 PIN8, "6A86");
	vcard_free(card);
}

static void the_forms_without_puk_or_pin_work(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "002C0381", "6982");
	kit_expect(card, "002C028108" PIN8, "6982");
	kit_expect(card, "002C018108" PUK8, "9000");
	kit_expect(card, "002C038108" PUK8, "6A87");
	kit_expect(card, "002C028108" PIN8, "9000");
	kit_expect(card, "002C0381", "9000");
	kit_expect(card, "002C018110" PUK8 PIN8, "6A87");
	kit_expect(card, VERIFY, "9000");
	vcard_free(card);
}

static void a_try_is_spent_before_the_comparison(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "wrong-pin=63cx");

	(void)state;
	/* The second write would give the try back; the power goes in it, though the PIN is right.
	 */
	vcard_tear(card, 2);
	kit_expect(card, VERIFY, "");
	vcard_reset(card);
	kit_expect(card, "0020008108" WRONG8, "63C1");
	/* In the first write nothing is spent yet, and nothing was compared. */
	vcard_tear(card, 1);
	kit_expect(card, VERIFY, "");
	vcard_reset(card);
	kit_expect(card, "0020008108" WRONG8, "63C0");
	vcard_free(card);
}

static void a_validity_counter_ends_the_right(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, "00DA016E1D 83020005 8508020387 03FFFF0204 86030005FF 8F08" PIN8, "9000");
	kit_expect(card, "00E000001B 6219 80020010 820101 83024401 850100 8609 05[00*8]", "9000");
	kit_expect(card, "0020008508" PIN8, "9000");
	kit_expect(card, "00B0000001", "00 9000");
	kit_expect(card, "00B0000001", "00 9000");
	kit_expect(card, "00B0000001", "6982");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_pin_costs_one_try_and_the_last_blocks),
		cmocka_unit_test(an_object_with_the_second_options_byte_tells_its_tries),
		cmocka_unit_test(the_switches_change_the_words),
		cmocka_unit_test(references_lengths_and_parameters_are_checked),
		cmocka_unit_test(a_change_needs_the_old_pin),
		cmocka_unit_test(the_puk_unblocks_and_counts_its_own_tries),
		cmocka_unit_test(the_forms_without_puk_or_pin_work),
		cmocka_unit_test(a_try_is_spent_before_the_comparison),
		cmocka_unit_test(a_validity_counter_ends_the_right),
	};

	return cmocka_run_group_tests_name("pin", tests, NULL, NULL);
}
