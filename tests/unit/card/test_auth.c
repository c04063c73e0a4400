/* SPDX-License-Identifier: Apache-2.0 */
/* GET CHALLENGE, GIVE RANDOM and EXTERNAL AUTHENTICATE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "des.h"
#include "kit.h"

#include <stdio.h>
#include <string.h>

#define KEY "000102030405060708090A0B0C0D0E0F"
#define PUT_KEY "00DA016E25 83020007 8508020382 03FFFF0008 8603000707 8F10" KEY

static void random_comes_in_any_length(void **state)
{
	struct vcard *card = kit_card("v4.4", NULL);
	uint8_t first[10];
	size_t len;

	(void)state;
	kit_expect(card, "008400000A", "* 9000");
	memcpy(first, kit_answer(&len), sizeof(first));
	assert_int_equal(len, 10);
	kit_expect(card, "008400000A", "* 9000");
	assert_memory_not_equal(kit_answer(&len), first, sizeof(first));
	kit_expect(card, "0084000000", "* 9000");
	kit_answer(&len);
	assert_int_equal(len, 256);
	kit_expect(card, "0084010008", "6A86");
	kit_expect(card, "80860000080102030405060708", "9000");
	kit_expect(card, "808600000401020304", "6700");
	vcard_free(card);
	card = kit_card("v4.4", "challenge=8");
	kit_expect(card, "008400000A", "6700");
	vcard_free(card);
}

static void answer_challenge(struct vcard *card, unsigned change, const char *sw)
{
	CLEANUP(vc_buf_clear) struct vc_buf key = { 0 };
	uint8_t mac[8];
	char apdu[64];
	size_t len;

	kit_expect(card, "0084000008", "* 9000");
	kit_hex(KEY, &key);
	assert_true(vc_des_mac(key.data, kit_answer(&len), 8, mac));
	snprintf(apdu, sizeof(apdu), "0082008708%02X%02X%02X%02X%02X%02X%02X%02X",
		(unsigned)mac[0] ^ change, mac[1], mac[2], mac[3], mac[4], mac[5], mac[6], mac[7]);
	kit_expect(card, apdu, sw);
}

static void the_right_mac_of_the_challenge_authenticates(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, PUT_KEY, "9000");
	kit_expect(card, "0082008708 0000000000000000", "6985");
	answer_challenge(card, 1, "6300");
	kit_expect(card, "0082008708 0000000000000000", "6985");
	answer_challenge(card, 0, "9000");
	kit_expect(card, "00CA018400", "07 9000");
	for (int i = 0; i < 3; i++)
		answer_challenge(card, 1, "6300");
	answer_challenge(card, 0, "6983");
	kit_expect(card, "0082008808 0000000000000000", "6A81");
	vcard_free(card);
}

static void a_logic_object_combines_the_others(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, PUT_KEY, "9000");
	kit_expect(card, "00DA016E18 83020009 850802007F00FFFF0000 8603000000 8F03 010700", "9000");
	kit_expect(card, "00DA016E18 8302000A 850802007F00FFFF0000 8603000000 8F03 0107FF", "9000");
	kit_expect(card, "00E000001B 6219 80020001 820101 83024401 850100 8609 09[00*8]", "9000");
	kit_expect(card, "00E000001B 6219 80020001 820101 83024402 850100 8609 0A[00*8]", "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00A4080C0450154401", "9000");
	kit_expect(card, "00B0000000", "6982");
	kit_expect(card, "00A4080C0450154402", "9000");
	kit_expect(card, "00B0000000", "00 9000");
	answer_challenge(card, 0, "9000");
	kit_expect(card, "00A4080C0450154401", "9000");
	kit_expect(card, "00B0000000", "00 9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_comes_in_any_length),
		cmocka_unit_test(the_right_mac_of_the_challenge_authenticates),
		cmocka_unit_test(a_logic_object_combines_the_others),
	};

	return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
