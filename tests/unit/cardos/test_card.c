/* SPDX-License-Identifier: Apache-2.0 */
/* The door over a scripted card: a card as OpenSC's one-PIN profile leaves it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card.h"
#include "script.h"
#include "secret.h"

#define ODF_VALUE "A80A 3008 04063F0050154401 A00A 3008 04063F0050154402 0000"
#define TOKEN_VALUE                                                                                \
	"3028 020100 0406010203040506 0C0141 800142 03020410"                                      \
	"A511 180F 32303236313132313038343933305A 0000"
#define AODF_VALUE                                                                                 \
	"3037 300E 0C08557365722050494E 030206C0 3003 040101 A120 301E 0302024C 0A0101 020104"     \
	"020108 020108 800101 040100 3006 04043F005015 0000"
#define PRKDF_VALUE                                                                                \
	"3030 300E 0C054B32303438 030206C0 040101 300E 040147 03020520 030203B8 020110"            \
	"A10E 300C 3006 04043F005015 02020200 0000"
#define BIND                                                                                       \
	{ "00A4080C 04 50155031", "9000" }, { "00B00000 40", ODF_VALUE "9000" },                   \
		{ "00A4080C 04 50155032", "9000" }, { "00B00000 60", TOKEN_VALUE "9000" },         \
		{ "00A4080C 04 50154401", "9000" },                                                \
	{                                                                                          \
		"00B00000 50", AODF_VALUE "9000"                                                   \
	}
#define OBJECTS                                                                                    \
	{ "00A4080C 04 50154402", "9000" },                                                        \
	{                                                                                          \
		"00B00000 80", PRKDF_VALUE "9000"                                                  \
	}
#define VERIFY(answer)                                                                             \
	{                                                                                          \
		"00200081 08 3132333435360000", answer                                             \
	}
#define LOGOUT                                                                                     \
	{ "00A4000C 02 3F00", "9000" },                                                            \
	{                                                                                          \
		"80EA0000", "9000"                                                                 \
	}
#define BLOCK                                                                                      \
	"0001FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"                         \
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00010203"

static struct script script;

static struct cardos_card *start(const struct exchange *steps)
{
	struct cardos_card *card = NULL;
	bool reset = true;
	assert_int_equal(
		cardos_card_open_on(script_start(&script, SCRIPT_V44, steps), &card), CARDOS_OK);
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	assert_false(reset);
	return card;
}

static void stop(struct cardos_card *card)
{
	assert_null(cardos_card_close(card));
	assert_true(script.freed);
	script_done(&script);
}

static void the_token_costs_six_commands_once(void **state)
{
	static const struct exchange steps[] = { BIND, { NULL, NULL } };
	const struct cardos_token *token = NULL;
	struct cardos_card *card = start(steps);
	(void)state;
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_string_equal(token->label, "B");
	assert_string_equal(token->model, "CardOS V4.4");
	assert_true(token->user_pin_set);
	assert_true(token->puk_known);
	assert_false(token->so_pin);
	assert_false(token->blank);
	stop(card);
}

static void a_signature_verifies_the_pin_once_and_logs_out(void **state)
{
	static const struct exchange steps[] = { BIND, VERIFY("9000"), OBJECTS,
		{ "002241B6 03 830110", "9000" }, { "002A9E9A 40" BLOCK "00", BLOCK "9000" },
		{ "002A9E9A 40" BLOCK "00", BLOCK "9000" }, LOGOUT, { NULL, NULL } };
	uint8_t block[64], out[CARDOS_RSA_MAX];
	size_t len = 0, count = 0;
	int tries = 0;
	const struct cardos_object *objects = NULL;
	struct secret *pin = secret_new("123456", 6);
	struct cardos_card *card = start(steps);
	(void)state;
	assert_int_equal(cardos_login(card, CARDOS_PIN_USER, pin, &tries), CARDOS_OK);
	assert_true(cardos_logged_in(card, CARDOS_PIN_USER));
	assert_int_equal(cardos_objects(card, &objects, &count), CARDOS_OK);
	assert_int_equal(count, 1);
	assert_int_equal(script_hex(BLOCK, block, sizeof(block)), sizeof(block));
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			cardos_key_sign(card, objects[0].number, block, sizeof(block), out, &len),
			CARDOS_OK);
	assert_int_equal(len, 64);
	(void)secret_free(pin);
	stop(card);
}

static void a_write_of_somebody_else_is_noticed_by_two_commands(void **state)
{
	/* lastUpdate one second later */
	static const struct exchange steps[] = { BIND, { "00A4080C 04 50155032", "9000" },
		{ "00B00000 60", TOKEN_VALUE "9000" },
		/* still selected */
		{ "00B00000 60", "3028 020100 0406010203040506 0C0141 800142 03020410"
				 "A511 180F 32303236313132313038343933315A 0000 9000" },
		BIND, { NULL, NULL } };
	const struct cardos_token *token = NULL;
	struct cardos_card *card = start(steps);
	bool changed = true;
	(void)state;
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_int_equal(cardos_changed(card, &changed), CARDOS_OK);
	assert_false(changed);
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_int_equal(cardos_changed(card, &changed), CARDOS_OK);
	assert_true(changed);
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	stop(card);
}

static void a_wrong_pin_is_sent_once(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
		int tries;
	} cases[] = { { "6300", CARDOS_E_PIN_WRONG, -1 }, { "63C2", CARDOS_E_PIN_WRONG, 2 },
		{ "63C0", CARDOS_E_PIN_LOCKED, 0 }, { "6983", CARDOS_E_PIN_LOCKED, 0 },
		{ "!removed", CARDOS_E_REMOVED, -1 }, { "!reset", CARDOS_E_RESET, -1 } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct exchange steps[] = { BIND, VERIFY(cases[i].answer), { NULL, NULL } };
		int tries = 7;
		struct secret *pin = secret_new("123456", 6);
		struct cardos_card *card = start(steps);
		assert_int_equal(cardos_login(card, CARDOS_PIN_USER, pin, &tries), cases[i].err);
		assert_int_equal(tries, cases[i].tries);
		assert_false(cardos_logged_in(card, CARDOS_PIN_USER));
		(void)secret_free(pin);
		stop(card);
	}
}

static void a_pin_of_wrong_length_is_not_sent(void **state)
{
	static const struct exchange steps[] = { BIND, { NULL, NULL } };
	int tries = 0;
	struct secret *pin = secret_new("123456789", 9);
	struct cardos_card *card = start(steps);
	(void)state;
	assert_int_equal(cardos_login(card, CARDOS_PIN_USER, pin, &tries), CARDOS_E_PIN_LENGTH);
	(void)secret_free(pin);
	stop(card);
}

static void a_reset_between_transactions_ends_the_login(void **state)
{
	static const struct exchange steps[] = { BIND, VERIFY("9000"), { NULL, NULL } };
	bool reset = false;
	int tries = 0;
	struct secret *pin = secret_new("123456", 6);
	struct cardos_card *card = start(steps);
	(void)state;
	assert_int_equal(cardos_login(card, CARDOS_PIN_USER, pin, &tries), CARDOS_OK);
	cardos_end(card);
	script.reset = true;
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	assert_true(reset);
	assert_false(cardos_logged_in(card, CARDOS_PIN_USER));
	(void)secret_free(pin);
	stop(card);
}

static void a_card_without_directory_is_blank(void **state)
{
	static const struct exchange steps[] = { { "00A4080C 04 50155031", "6A82" },
		{ "00A4080C 02 2F00", "6A82" },
		{ "00CA018100",
			"33660040EBEBEBEB7BFF2081EE141A27000000000100000000000000000000009000" },
		{ NULL, NULL } };
	const struct cardos_token *token = NULL;
	struct cardos_card *card = start(steps);
	(void)state;
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_true(token->blank);
	assert_int_equal(token->serial_len, 6);
	assert_int_equal(token->serial[0], 0x20);
	stop(card);
}

static void a_card_that_goes_at_any_command_says_so(void **state)
{
	static const struct exchange steps[] = { BIND, OBJECTS, { NULL, NULL } };
	(void)state;
	for (size_t n = 0; n < sizeof(steps) / sizeof(steps[0]) - 1; n++) {
		const struct cardos_object *objects = NULL;
		size_t count = 0;
		struct cardos_card *card = start(steps);
		script.fail_at = n;
		assert_int_equal(cardos_objects(card, &objects, &count), CARDOS_E_REMOVED);
		assert_false(cardos_card_alive(card));
		assert_null(cardos_card_close(card));
		assert_true(script.freed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_token_costs_six_commands_once),
		cmocka_unit_test(a_signature_verifies_the_pin_once_and_logs_out),
		cmocka_unit_test(a_write_of_somebody_else_is_noticed_by_two_commands),
		cmocka_unit_test(a_wrong_pin_is_sent_once),
		cmocka_unit_test(a_pin_of_wrong_length_is_not_sent),
		cmocka_unit_test(a_reset_between_transactions_ends_the_login),
		cmocka_unit_test(a_card_without_directory_is_blank),
		cmocka_unit_test(a_card_that_goes_at_any_command_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
