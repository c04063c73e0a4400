/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange: chaining, GET RESPONSE, wrong Le, broken answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card_io.h"
#include "iso_cmd.h"
#include "script.h"

#define ROUNDS 40

static struct script script;

static enum cardos_err run(const struct exchange *steps, size_t data_len, size_t le,
	enum card_form form, struct card_reply *reply)
{
	static const uint8_t zeros[300];
	struct card_io io = { .transport = script_start(&script, SCRIPT_V44, steps),
		.trace_fd = -1 };
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_PSO, 0x9E, 0x9A);
	cmd.data = zeros;
	cmd.data_len = data_len;
	cmd.le = le;
	return card_io_send(&io, &cmd, form, reply);
}

static void more_is_fetched_and_joined(void **state)
{
	static const struct exchange steps[] = { { "002A9E9A01 00 00", "0102 6102" },
		{ "00C0000002", "0304 6101" }, { "00C0000001", "05 9000" }, { NULL, NULL } };
	struct card_reply reply;
	(void)state;
	assert_int_equal(run(steps, 1, 256, CARD_FORM_SHORT, &reply), CARDOS_OK);
	assert_int_equal(reply.sw, 0x9000);
	assert_int_equal(reply.len, 5);
	assert_int_equal(reply.bytes[4], 5);
	script_done(&script);
}

static void a_wrong_le_is_corrected_once(void **state)
{
	static const struct exchange good[] = { { "002A9E9A01 00 00", "6C02" },
		{ "002A9E9A01 00 02", "0102 9000" }, { NULL, NULL } };
	static const struct exchange stubborn[] = { { "002A9E9A01 00 00", "6C02" },
		{ "002A9E9A01 00 02", "6C03" }, { NULL, NULL } };
	struct card_reply reply;
	(void)state;
	assert_int_equal(run(good, 1, 256, CARD_FORM_SHORT, &reply), CARDOS_OK);
	assert_int_equal(reply.len, 2);
	script_done(&script);
	assert_int_equal(run(stubborn, 1, 256, CARD_FORM_SHORT, &reply), CARDOS_OK);
	assert_int_equal(reply.sw, 0x6C03);
	script_done(&script);
}

static void a_card_that_always_has_more_is_given_up(void **state)
{
	static struct exchange steps[ROUNDS + 1];
	struct card_reply reply;
	(void)state;
	steps[0] = (struct exchange){ "002A9E9A01 00 00", "6101" };
	for (size_t i = 1; i < ROUNDS; i++)
		steps[i] = (struct exchange){ "00C0000001", "00 6101" };
	assert_int_equal(run(steps, 1, 256, CARD_FORM_SHORT, &reply), CARDOS_E_CORRUPT);
}

static void an_answer_without_status_word_is_a_broken_line(void **state)
{
	static const struct exchange steps[] = { { "002A9E9A01 00", "90" }, { NULL, NULL } };
	struct card_reply reply;
	(void)state;
	assert_int_equal(run(steps, 1, 0, CARD_FORM_SHORT, &reply), CARDOS_E_COMM);
	script_done(&script);
}

static void a_refused_chain_goes_no_further(void **state)
{
	static char first[600] = "102A9E9AFF ";
	static const struct exchange steps[] = { { first, "6884" }, { NULL, NULL } };
	struct card_reply reply;
	(void)state;
	for (size_t i = 0; i < 255; i++)
		(void)strcat(first, "00");
	assert_int_equal(run(steps, 256, 256, CARD_FORM_CHAINED, &reply), CARDOS_OK);
	assert_int_equal(reply.sw, 0x6884);
	script_done(&script);
	assert_int_equal(run(steps, 256, 256, CARD_FORM_SHORT, &reply), CARDOS_E_ARGUMENT);
	assert_int_equal(script.at, 0); /* nothing went out */
}

/* Parts as in a chain, and the last asks for a long answer. */
static void a_chain_may_ask_for_a_long_answer(void **state)
{
	static char first[600] = "102A9E9AFF ", answer[1300] = "";
	static const struct exchange steps[] = { { first, "9000" },
		{ "002A9E9A 00 0001 00 0200", answer }, { NULL, NULL } };
	struct card_reply reply;
	(void)state;
	for (size_t i = 0; i < 255; i++)
		(void)strcat(first, "00");
	for (size_t i = 0; i < 512; i++)
		(void)strcat(answer, "55");
	(void)strcat(answer, "9000");
	assert_int_equal(run(steps, 256, 512, CARD_FORM_MIXED, &reply), CARDOS_OK);
	assert_int_equal(reply.len, 512);
	assert_int_equal(reply.sw, 0x9000);
	script_done(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_is_fetched_and_joined),
		cmocka_unit_test(a_chain_may_ask_for_a_long_answer),
		cmocka_unit_test(a_wrong_le_is_corrected_once),
		cmocka_unit_test(a_card_that_always_has_more_is_given_up),
		cmocka_unit_test(an_answer_without_status_word_is_a_broken_line),
		cmocka_unit_test(a_refused_chain_goes_no_further),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
