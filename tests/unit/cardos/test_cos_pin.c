/* SPDX-License-Identifier: Apache-2.0 */
/* PINs: exact commands (cardos-facts 4.1 and 5), each value sent once whatever the answer is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cos_internal.h"
#include "script.h"
#include "secret.h"

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static struct script script;
static struct secret *typed, *other;
static const struct cos_pin in_mf = { .reference = 0x01, .stored_len = 8, .pad = 0x00 };

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

struct answer {
	const char *answer;
	enum cardos_err err;
	int tries;
};

static const struct answer answers[] = {
	{ "9000", CARDOS_OK, -1 },
	{ "6300", CARDOS_E_PIN_WRONG, -1 },
	{ "63C2", CARDOS_E_PIN_WRONG, 2 },
	{ "63C1", CARDOS_E_PIN_WRONG, 1 },
	{ "63C0", CARDOS_E_PIN_LOCKED, 0 },
	{ "6983", CARDOS_E_PIN_LOCKED, 0 },
	{ "6A81", CARDOS_E_NOT_FOUND, -1 },
	{ "6A88", CARDOS_E_NOT_FOUND, -1 },
	{ "6700", CARDOS_E_LENGTH, -1 },
	{ "6E00", CARDOS_E_NOT_SUPPORTED, -1 },
	{ "6982", CARDOS_E_AUTH_REQUIRED, -1 },
	{ "6581", CARDOS_E_CARD, -1 },
	{ "90", CARDOS_E_COMM, -1 },
	{ "!reset", CARDOS_E_RESET, -1 },
	{ "!removed", CARDOS_E_REMOVED, -1 },
	{ "!length", CARDOS_E_LENGTH, -1 },
};

/* A second command of any kind would come after the script and fail the test. */
static void a_value_is_sent_once_whatever_the_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct answer *row = &answers[i];
		const struct exchange verify[] = { { "00200081 08 3132333435360000", row->answer },
			END };
		const struct exchange change[] = {
			{ "00240081 10 3132333435360000 3837363500000000", row->answer }, END
		};
		const struct exchange unblock[] = {
			{ "002C0081 10 3837363500000000 3132333435360000", row->answer }, END
		};
		int tries = 99;
		struct cos_card *card = start(SCRIPT_V44, verify);
		assert_int_equal(cos_pin_verify(card, &in_mf, typed, &tries), row->err);
		assert_int_equal(tries, row->tries);
		stop(card);
		card = start(SCRIPT_V44, change);
		tries = 99;
		assert_int_equal(cos_pin_change(card, &in_mf, typed, other, &tries), row->err);
		assert_int_equal(tries, row->tries);
		stop(card);
		card = start(SCRIPT_V44, unblock);
		tries = 99;
		assert_int_equal(cos_pin_unblock(card, &in_mf, other, typed, &tries), row->err);
		assert_int_equal(tries, row->tries);
		stop(card);
	}
}

static void padding_is_what_the_card_says(void **state)
{
	static const struct {
		struct cos_pin pin;
		const char *command;
	} rows[] = {
		{ { .reference = 0x03, .stored_len = 8, .pad = 0xFF },
			"00200083 08 313233343536FFFF" },
		{ { .reference = 0x83, .stored_len = 6, .pad = 0x00 }, "00200083 06 313233343536" },
		{ { .reference = 0x03, .stored_len = 0, .pad = 0x00 },
			"00200083 06 313233343536" }, /* as typed */
		{ { .reference = 0x03, .stored_len = 12, .pad = 0x20 },
			"00200083 0C 313233343536202020202020" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { rows[i].command, "9000" }, END };
		struct cos_card *card = start(SCRIPT_V44, steps);
		int tries = 0;
		assert_int_equal(cos_pin_verify(card, &rows[i].pin, typed, &tries), CARDOS_OK);
		stop(card);
	}
}

static void a_pin_in_a_df_needs_that_df(void **state)
{
	static const struct cos_pin local = {
		.path = { { 0x50, 0x15 }, 2 }, .reference = 0x03, .stored_len = 8
	};
	static const struct exchange good[] = { { "00A4080C 02 5015", "9000" },
		{ "00200083 08 3132333435360000", "9000" },
		{ "00200083 08 3132333435360000", "63C2" }, END };
	static const struct exchange gone[] = { { "00A4080C 02 5015", "6A82" }, END };
	int tries = 0;
	struct cos_card *card = start(SCRIPT_V44, good);
	(void)state;
	assert_int_equal(cos_pin_verify(card, &local, typed, &tries), CARDOS_OK);
	assert_int_equal(cos_pin_verify(card, &local, typed, &tries), CARDOS_E_PIN_WRONG);
	stop(card);
	/* no try is spent where the DF is missing */
	card = start(SCRIPT_V44, gone);
	assert_int_equal(cos_pin_verify(card, &local, typed, &tries), CARDOS_E_NOT_FOUND);
	assert_int_equal(tries, -1);
	stop(card);
}

static void a_value_of_wrong_length_is_not_sent(void **state)
{
	static const struct exchange nothing[] = { END };
	static const struct cos_pin huge = { .reference = 0x01, .stored_len = 200, .pad = 0x00 };
	static const struct cos_pin as_typed = { .reference = 0x01, .stored_len = 0, .pad = 0x00 };
	struct secret *empty = secret_new("", 0), *nine = secret_new("123456789", 9);
	struct secret *longest = secret_new_empty(COS_PIN_STORED_MAX + 1);
	struct cos_card *card = start(SCRIPT_V44, nothing);
	int tries = 0;
	(void)state;
	assert_int_equal(cos_pin_verify(card, &in_mf, NULL, &tries), CARDOS_E_NOT_SUPPORTED);
	assert_int_equal(cos_pin_change(card, &in_mf, NULL, NULL, &tries), CARDOS_E_NOT_SUPPORTED);
	assert_int_equal(cos_pin_verify(card, &in_mf, empty, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(cos_pin_verify(card, &in_mf, nine, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(cos_pin_verify(card, &huge, typed, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(cos_pin_verify(card, &as_typed, longest, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(cos_pin_change(card, &in_mf, typed, nine, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(cos_pin_unblock(card, &in_mf, nine, typed, &tries), CARDOS_E_PIN_LENGTH);
	assert_int_equal(tries, -1);
	stop(card);
	secret_free(empty);
	secret_free(nine);
	secret_free(longest);
}

/* V4 takes a VERIFY without a value for an attempt: it is never asked. */
static void tries_are_asked_only_where_that_is_free(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
		int tries;
	} rows[] = {
		{ "63C3", CARDOS_OK, 3 },
		{ "63C0", CARDOS_OK, 0 },
		{ "6983", CARDOS_OK, 0 },
		{ "6300", CARDOS_OK, -1 },
		{ "9000", CARDOS_OK, -1 },
		{ "6A88", CARDOS_E_NOT_FOUND, 99 },
		{ "6700", CARDOS_E_LENGTH, 99 },
		{ "!removed", CARDOS_E_REMOVED, 99 },
	};
	static const struct exchange nothing[] = { END };
	static const struct exchange no_df[] = { { "00A4080C 02 5015", "6A82" }, END };
	static const struct cos_pin local = {
		.path = { { 0x50, 0x15 }, 2 }, .reference = 0x03, .stored_len = 8
	};
	int tries = 99;
	struct cos_card *card = start(SCRIPT_V44, nothing);
	(void)state;
	assert_int_equal(cos_pin_query(card, &in_mf, &tries), CARDOS_E_NOT_SUPPORTED);
	stop(card);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00200081", rows[i].answer }, END };
		tries = 99;
		card = start(SCRIPT_V53, steps);
		assert_int_equal(cos_pin_query(card, &in_mf, &tries), rows[i].err);
		assert_int_equal(tries, rows[i].tries);
		stop(card);
	}
	card = start(SCRIPT_V53, no_df);
	assert_int_equal(cos_pin_query(card, &local, &tries), CARDOS_E_NOT_FOUND);
	stop(card);
}

static void logout_is_sent_in_the_mf(void **state)
{
	static const struct exchange good[] = { { "00A4000C 02 3F00", "9000" },
		{ "80EA0000", "9000" }, { "80EA0000", "6D00" }, END };
	static const struct exchange lost[] = { { "00A4000C 02 3F00", "!removed" }, END };
	struct cos_card *card = start(SCRIPT_V44, good);
	(void)state;
	assert_int_equal(cos_pin_logout(card), CARDOS_OK);
	assert_int_equal(cos_pin_logout(card), CARDOS_E_NOT_SUPPORTED);
	stop(card);
	card = start(SCRIPT_V44, lost);
	assert_int_equal(cos_pin_logout(card), CARDOS_E_REMOVED);
	stop(card);
}

static void a_new_pin_has_its_limits(void **state)
{
	static const struct exchange nothing[] = { END };
	static const struct exchange phase[] = { { "00CA018300", "34 9000" }, END };
	static const struct exchange mf[] = { { "00CA018300", "20 9000" },
		{ "00A4000C 02 3F00", "6982" }, END };
	struct cos_pin_new pin = { .reference = 0x01,
		.tries = 3,
		.stored_len = 8,
		.ac_change = 0x01,
		.ac_unblock = 0x02,
		.value = typed };
	struct cos_card *card = start(SCRIPT_V44, nothing);
	(void)state;
	pin.min_len = 7;
	assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_PIN_LENGTH);
	pin.min_len = 4;
	pin.stored_len = 5;
	assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_PIN_LENGTH);
	stop(card);
	pin.stored_len = 8;
	card = start(SCRIPT_V44, phase);
	assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_LIFECYCLE);
	stop(card);
	card = start(SCRIPT_V44, mf);
	assert_int_equal(cos_pin_put(card, &pin), CARDOS_E_AUTH_REQUIRED);
	stop(card);
}

static int make(void **state)
{
	(void)state;
	typed = secret_new("123456", 6);
	other = secret_new("8765", 4);
	return typed && other ? 0 : -1;
}

static int clear(void **state)
{
	(void)state;
	typed = secret_free(typed);
	other = secret_free(other);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_sent_once_whatever_the_answer),
		cmocka_unit_test(padding_is_what_the_card_says),
		cmocka_unit_test(a_pin_in_a_df_needs_that_df),
		cmocka_unit_test(a_value_of_wrong_length_is_not_sent),
		cmocka_unit_test(tries_are_asked_only_where_that_is_free),
		cmocka_unit_test(logout_is_sent_in_the_mf),
		cmocka_unit_test(a_new_pin_has_its_limits),
	};
	return cmocka_run_group_tests(tests, make, clear);
}
