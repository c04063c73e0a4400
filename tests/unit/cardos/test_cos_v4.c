/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of V4 as bytes: the lines traced in cardos-facts 4.1, 4.2, 4.4 and 4.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cos_internal.h"
#include "script.h"
#include "secret.h"

#define SCRIPT_M401 "3BF29800FFC11031FE55C80315"
#define SCRIPT_V43 "3BF2180002C10A31FE55C80776"
#define OBJECT_HEX 600
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static struct script script;

static struct cos_card *start(const char *atr, const struct exchange *steps)
{
	struct cos_card *card = NULL;
	assert_int_equal(cos_card_new(script_start(&script, atr, steps), &card), CARDOS_OK);
	return card;
}

static void stop(struct cos_card *card)
{
	assert_null(cos_card_free(card));
	script_done(&script);
}

/* The nine-byte parameters only where the package that counts tries is loaded. */
static void a_pin_object_counts_where_the_card_can(void **state)
{
#define PLAIN "00DA016E1D 83020003 8508 02038703FFFF0004 8603 000304 8F08 3132333435360000"
#define COUNTING "00DA016E1E 83020003 8509 0204038703FFFF0004 8603 000304 8F08 3132333435360000"
	static const struct {
		const char *atr, *packages, *command;
	} rows[] = {
		{ SCRIPT_V44, "9000", PLAIN },
		{ SCRIPT_V44, "E10903040200C80D8F0101 9000", COUNTING },
		{ SCRIPT_V44, "E10903040100C80D8F0101 9000", PLAIN },
		{ SCRIPT_V44, "E10902040200C80D8F0101 E10903040200C80D8F0101 9000", COUNTING },
		{ SCRIPT_V44, "E1090301 9000", PLAIN },
		{ SCRIPT_V43B, "E10901040700C8088F0101 9000", COUNTING },
		{ SCRIPT_V43B, "E10903040200C80D8F0101 9000", PLAIN },
		{ SCRIPT_V43, NULL, PLAIN },
	};
	struct secret *value = secret_new("123456", 6);
	const struct cos_pin_new pin = { .reference = 0x03,
		.tries = 3,
		.min_len = 4,
		.stored_len = 8,
		.ac_change = 0x03,
		.ac_unblock = 0x04,
		.value = value };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exchange steps[8] = { { "00CA018300", "20 9000" },
			{ "00A4000C 02 3F00", "9000" } };
		size_t n = 2;
		if (rows[i].packages)
			steps[n++] = (struct exchange){ "00CA018800", rows[i].packages };
		steps[n++] = (struct exchange){ rows[i].command, "9000" };
		steps[n++] = (struct exchange){ rows[i].command, "6982" }; /* packages known */
		struct cos_card *card = start(rows[i].atr, steps);
		assert_int_equal(cos_pin_put(card, &pin), CARDOS_OK);
		assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_AUTH_REQUIRED);
		stop(card);
	}
	secret_free(value);
}

static void a_pin_is_not_put_on_a_card_that_does_not_answer(void **state)
{
	static const struct exchange steps[] = { { "00CA018300", "20 9000" },
		{ "00A4000C 02 3F00", "9000" }, { "00CA018800", "!removed" }, END };
	struct secret *value = secret_new("123456", 6);
	const struct cos_pin_new pin = { .reference = 0x03,
		.tries = 3,
		.min_len = 4,
		.stored_len = 8,
		.ac_change = 0x03,
		.ac_unblock = 0x04,
		.value = value };
	struct cos_card *card = start(SCRIPT_V44, steps);
	(void)state;
	assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_REMOVED);
	stop(card);
	secret_free(value);
}

struct component_row {
	const char *atr;
	unsigned bits;
	enum cos_key_mode mode;
	const char *head[COS_COMPONENTS_MAX]; /* up to the value of FFs */
	size_t fill;
};

static const struct component_row component_rows[] = {
	{ SCRIPT_V44, 2048, COS_KEY_SIGN,
		{ "00DA016E99 83022010 8508 22008A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022110 8508 22008A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022210 8508 22008A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022310 8508 22008A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022410 8508 02008A00FFFF0000 8607 03030300000000 8F80" },
		128 },
	{ SCRIPT_V44, 2048, COS_KEY_DECIPHER,
		{ "00DA016E99 83022010 8508 22000A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022110 8508 22000A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022210 8508 22000A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022310 8508 22000A00FFFF0000 8607 03030300000000 8F80",
			"00DA016E99 83022410 8508 02000A00FFFF0000 8607 03030300000000 8F80" },
		128 },
	{ SCRIPT_V44, 1024, COS_KEY_SIGN,
		{ "00DA016E9B 83022010 8508 22008C00FFFF0000 8607 03030300000000 8F82 8100",
			"00DA016E9B 83022110 8508 02008C00FFFF0000 8607 03030300000000 8F82 8100" },
		128 },
	{ SCRIPT_V44, 512, COS_KEY_DECIPHER,
		{ "00DA016E5B 83022010 8508 22000C00FFFF0000 8607 03030300000000 8F42 4100",
			"00DA016E5B 83022110 8508 02000C00FFFF0000 8607 03030300000000 8F42 4100" },
		64 },
	{ SCRIPT_M401, 1024, COS_KEY_SIGN,
		{ "00DA016E9B 83022010 8508 22008C00FFFF0000 8607 03030300000000 8F82 8100",
			"00DA016E9B 83022110 8508 02008C00FFFF0000 8607 03030300000000 8F82 8100" },
		128 },
};

/* Length bytes are raw: 8F 82 is 130 bytes. The last component has no bit 20. */
static void a_key_object_is_components_of_ff(void **state)
{
	static char commands[COS_COMPONENTS_MAX][OBJECT_HEX];
	(void)state;
	for (size_t i = 0; i < sizeof(component_rows) / sizeof(component_rows[0]); i++) {
		const struct component_row *row = &component_rows[i];
		struct exchange steps[3 + COS_COMPONENTS_MAX] = { { "00CA018300", "20 9000" },
			{ "00A4080C 02 5015", "9000" } };
		for (size_t n = 0; n < COS_COMPONENTS_MAX && row->head[n]; n++) {
			(void)snprintf(commands[n], OBJECT_HEX, "%s", row->head[n]);
			for (size_t j = 0; j < row->fill; j++)
				(void)strcat(commands[n], "FF");
			steps[2 + n] = (struct exchange){ commands[n], "9000" };
		}
		const struct cos_key_new key = { .key = { .path = { { 0x50, 0x15 }, 2 },
							 .reference = 0x10 },
			.bits = row->bits,
			.mode = row->mode,
			.pin = 0x03 };
		struct cos_card *card = start(row->atr, steps);
		assert_int_equal(cos_key_put_dummy(card, &key), CARDOS_OK);
		stop(card);
		/* a refused component ends it */
		steps[3] = (struct exchange){ commands[1], "6A84" };
		steps[4] = (struct exchange)END;
		card = start(row->atr, steps);
		assert_int_equal(cos_key_put_dummy(card, &key), CARDOS_E_FULL);
		stop(card);
	}
}

/* cardos-facts 4.5. */
static void generation_names_key_and_file(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = { { "9000", CARDOS_OK }, { "6A88", CARDOS_E_NOT_FOUND },
		{ "6982", CARDOS_E_AUTH_REQUIRED }, { "6300", CARDOS_E_AUTH_REQUIRED },
		{ "6A84", CARDOS_E_FULL }, { "!reset", CARDOS_E_RESET } };
	const struct cos_key_new key = { .key = { .path = { { 0x50, 0x15 }, 2 },
						 .reference = 0x11 },
		.bits = 2048,
		.pin = 0x03 };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00A4080C 02 5015", "9000" },
			{ "00460000 08 2011 7EAD 00100020", rows[i].answer }, END };
		struct cos_card *card = start(SCRIPT_V44, steps);
		assert_int_equal(cos_key_generate(card, &key, 0x7EAD), rows[i].err);
		stop(card);
	}
}

static void environment_one_is_empty(void **state)
{
	static const struct exchange good[] = { { "00CA018300", "10 9000" }, { "80100000", "9000" },
		{ "00A4080C 02 5015", "9000" },
		{ "00DA016D 0F 830101 86020000 8F06000000000000", "9000" }, END };
	static const struct exchange stuck[] = { { "00CA018300", "10 9000" },
		{ "80100000", "6982" }, END };
	const struct cos_path app = { { 0x50, 0x15 }, 2 };
	struct cos_card *card = start(SCRIPT_V44, good);
	(void)state;
	assert_int_equal(cos_key_put_environment(card, &app), CARDOS_OK);
	stop(card);
	card = start(SCRIPT_V44, stuck);
	assert_int_equal(cos_key_put_environment(card, &app), CARDOS_E_AUTH_REQUIRED);
	stop(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_object_counts_where_the_card_can),
		cmocka_unit_test(a_pin_is_not_put_on_a_card_that_does_not_answer),
		cmocka_unit_test(a_key_object_is_components_of_ff),
		cmocka_unit_test(generation_names_key_and_file),
		cmocka_unit_test(environment_one_is_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
