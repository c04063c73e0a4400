/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE KEY PAIR: sizes, both forms of the public key, conditions, a cut in the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <stdio.h>

#define EF_TLV "00E000001B 6219 80020200 820105 83027EAD 850100 8609[00*9]"
#define EF_PLAIN "00E000001B 6219 80020200 820101 83027EAD 850100 8609[00*9]"
#define GENERATE "0046000008 2010 7EAD 0010 0020"

static void put_plain(struct vcard *card, unsigned bits)
{
	char apdu[256];

	for (unsigned n = 0; n < 2; n++) {
		snprintf(apdu, sizeof(apdu),
			"00DA016E%02X 83022%u10 8508%s008C00FFFF0000 860701010100000000"
			"8F%02X %02X00 [FF*%u]",
			bits / 8 + 27, n, n ? "02" : "22", bits / 8 + 2, bits / 8 + 1, bits / 8);
		kit_expect(card, apdu, "9000");
	}
}

static void put_crt(struct vcard *card, unsigned bits)
{
	char apdu[256];

	for (unsigned n = 0; n < 5; n++) {
		snprintf(apdu, sizeof(apdu),
			"00DA016E%02X 83022%u10 8508%s008A00FFFF0000 860701010100000000"
			"8F%02X [FF*%u]",
			bits / 16 + 25, n, n == 4 ? "02" : "22", bits / 16, bits / 16);
		kit_expect(card, apdu, "9000");
	}
}

static void sizes_up_to_1024_fill_two_records(void **state)
{
	static const unsigned sizes[] = { 512, 768, 1024 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct vcard *card = kit_pin_card("v4.4", NULL);
		char pattern[64];
		size_t len;

		put_plain(card, sizes[i]);
		kit_expect(card, EF_TLV, "9000");
		kit_expect(card, VERIFY, "9000");
		kit_expect(card, GENERATE, "9000");
		snprintf(pattern, sizeof(pattern), "10%02X%02X00 * 9000", sizes[i] / 8 + 2,
			sizes[i] / 8 + 1);
		kit_expect(card, "00B2010400", pattern);
		const uint8_t *record = kit_answer(&len);

		assert_int_equal(len, sizes[i] / 8 + 4);
		assert_true(record[4] & 0x80);
		assert_true(record[len - 1] & 1);
		kit_expect(card, "00B2020400", "1105 0400 010001 9000");
		vcard_free(card);
	}
}

static void larger_sizes_fill_a_template(void **state)
{
	static const unsigned sizes[] = { 1280, 1536, 1792, 2048 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct vcard *card = kit_pin_card("v4.3b", NULL);
		char apdu[64];

		put_crt(card, sizes[i]);
		kit_expect(card, EF_PLAIN, "9000");
		kit_expect(card, VERIFY, "9000");
		kit_expect(card, GENERATE, "9000");
		snprintf(apdu, sizeof(apdu), "00B00000 000%03X", sizes[i] / 8 + 16);
		kit_expect(card, apdu, "7F49* 8203010001 00*9000");
		kit_expect(card, "00B0010400", "* 9000");
		vcard_free(card);
	}
}

static void wrong_requests_are_refused(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, GENERATE, "6A88");
	put_plain(card, 1024);
	kit_expect(card, GENERATE, "6A82");
	kit_expect(card, EF_PLAIN, "9000");
	kit_expect(card, GENERATE, "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, GENERATE, "6981");
	kit_expect(card, "00E4000002 7EAD", "9000");
	kit_expect(card, "00E000001B 6219 80020020 820105 83027EAD 850100 8609[00*9]", "9000");
	kit_expect(card, GENERATE, "6A84");
	kit_expect(card, "0046000007 20107EAD001000", "6700");
	kit_expect(card, "0046000008 0010 7EAD 0010 0020", "6A80");
	kit_expect(card, "0046010008 2010 7EAD 0010 0020", "6A86");
	vcard_free(card);
}

static void a_smaller_key_over_a_larger_drops_its_components(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	put_crt(card, 2048);
	put_plain(card, 1024);
	kit_expect(card, EF_TLV, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, GENERATE, "9000");
	kit_expect(card, "002241B603 830110", "9000");
	kit_expect(card, "002A9E9A80 0001[FF*125]00 00", "* 9000");
	vcard_free(card);
}

static void a_card_that_keeps_old_components_takes_the_key_for_crt(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "oci-existing=keep");

	(void)state;
	put_crt(card, 2048);
	put_plain(card, 1024);
	kit_expect(card, EF_TLV, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, GENERATE, "6984");
	vcard_free(card);
}

static void a_key_of_ff_fails_only_when_used(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	put_crt(card, 2048);
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "002241B603 830110", "9000");
	kit_expect(card, "002A9E9A 000100 0001[FF*253]00 0100", "6984");
	vcard_free(card);
}

static void power_lost_in_generation_leaves_an_unusable_key(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	put_crt(card, 2048);
	kit_expect(card, EF_PLAIN, "9000");
	kit_expect(card, VERIFY, "9000");
	vcard_tear(card, 1);
	kit_expect(card, GENERATE, "");
	vcard_reset(card);
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "002241B603 830110", "9000");
	kit_expect(card, "002A9E9A 000100 0001[FF*253]00 0100", "6984");
	kit_expect(card, "00A4080C0450157EAD", "9000");
	kit_expect(card, "00B0000010", "[00*16] 9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_up_to_1024_fill_two_records),
		cmocka_unit_test(larger_sizes_fill_a_template),
		cmocka_unit_test(wrong_requests_are_refused),
		cmocka_unit_test(a_smaller_key_over_a_larger_drops_its_components),
		cmocka_unit_test(a_card_that_keeps_old_components_takes_the_key_for_crt),
		cmocka_unit_test(a_key_of_ff_fails_only_when_used),
		cmocka_unit_test(power_lost_in_generation_leaves_an_unusable_key),
	};

	return cmocka_run_group_tests_name("keygen", tests, NULL, NULL);
}
