/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE KEY, its export, and DELETE KEY of V5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kit5.h"

#define PUBLIC_MAX 512
#define GENERATE(id, algorithm) "B615 8301" id " 8503202000 C20103 950140 C402" algorithm " 8A0101"
#define EXPORT(id, algorithm) "B615 8301" id " 8503200000 C20103 950180 C402" algorithm " 8A0105"

static void a_pair_is_generated_once(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);
	char public[PUBLIC_MAX], again[PUBLIC_MAX];

	(void)state;
	kit5_key(card, 1, 512, public, sizeof(public));
	assert_memory_equal(public, "7F494781", 8);
	/* its objects are not to be generated into any more */
	kit5_send(card, "00478200", GENERATE("01", "0108"), false, "6984");
	vcard_reset(card);
	kit_expect(card, "00A4080C 02 5015", "9000");
	kit5_key(card, 2, 512, again, sizeof(again));
	assert_string_not_equal(public, again);
	vcard_free(card);
}

static void templates_are_checked(void **state)
{
	static const struct {
		const char *header, *data, *sw;
	} rows[] = {
		{ "00478400", GENERATE("01", "0108"), "6A86" },
		{ "00478201", GENERATE("01", "0108"), "6A86" },
		{ "00478200", "830101", "6A80" },
		{ "00478200", GENERATE("05", "0108"), "6A88" },
		{ "00478200", GENERATE("01", "0D00"), "6A80" },
		{ "00478200", EXPORT("01", "0108"), "6A80" }, /* the public half's use */
		{ "00478300", EXPORT("05", "0108"), "6A88" },
		{ "00478300", EXPORT("01", "0D00"), "6A80" },
		{ "00478300", GENERATE("01", "0108"), "6A80" },
	};
	struct vcard *card = kit5_card("v5.3", NULL);
	char public[PUBLIC_MAX];

	(void)state;
	kit5_key(card, 1, 512, public, sizeof(public));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		kit5_send(card, rows[i].header, rows[i].data, false, rows[i].sw);
	vcard_free(card);
}

static void delete_takes_both_halves_with_the_pin(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);
	char public[PUBLIC_MAX];

	(void)state;
	kit5_key(card, 1, 512, public, sizeof(public));
	kit_expect(card, "90E45701", "6A86");
	kit_expect(card, "90E45801", "6A88"); /* without the search bit */
	kit_expect(card, "90E45885", "6A88");
	vcard_reset(card);
	kit_expect(card, "00A4080C 02 5015", "9000");
	kit_expect(card, "90E45881", "6982");
	kit5_send(card, "00478300", EXPORT("01", "0108"), true, "7F49 * 9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "90E45881", "9000");
	kit5_send(card, "00478300", EXPORT("01", "0108"), true, "6A88");
	kit_expect(card, "90E45881", "6A88");
	vcard_free(card);
}

/* The power goes between the halves: a private key whose public half is still the dummy. */
static void a_torn_generation_has_one_half(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);
	char hash[65], text[512];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit5_accumulate(card,
			i ? "AF47 8140[FF*64] 8203FFFFFF" : "AF8184 8140[FF*64] 8240[FF*64]", hash);
		snprintf(text, sizeof(text),
			"830101 8503202000 C20103 9501%s C4020108 8A0101 %s CF20%s",
			i ? "80" : "40", i ? "" : KEY_RULES, hash);
		kit5_send(card, "00DA016E", text, false, "9000");
	}
	kit_expect(card, VERIFY, "9000");
	vcard_tear(card, 1);
	kit5_send(card, "00478200", GENERATE("01", "0108"), false, "");
	vcard_reset(card);
	kit_expect(card, "00A4080C 02 5015", "9000");
	kit_expect(card, VERIFY, "9000");
	kit5_send(card, "00478300", EXPORT("01", "0108"), true, "6984");
	kit5_send(card, "00478200", GENERATE("01", "0108"), false, "6984");
	kit_expect(card, "90E45881", "9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_is_generated_once),
		cmocka_unit_test(templates_are_checked),
		cmocka_unit_test(delete_takes_both_halves_with_the_pin),
		cmocka_unit_test(a_torn_generation_has_one_half),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
