/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in use: exact MSE and PSO (cardos-facts 6.1, 6.2), the form of a long PSO and its way back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "cos_internal.h"
#include "script.h"

#define SCRIPT_M401 "3BF29800FFC11031FE55C80315"
#define LONG_HEX 1100
#define BLOCK 256
#define DF_SELECTED                                                                                \
	{                                                                                          \
		"00A4080C 02 5015", "9000"                                                         \
	}
#define MSE_SIGN                                                                                   \
	{                                                                                          \
		"002241B6 03 830110", "9000"                                                       \
	}
#define MSE_DECIPHER                                                                               \
	{                                                                                          \
		"002241B8 03 830110", "9000"                                                       \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static struct script script;
static const struct cos_key key = { { { 0x50, 0x15 }, 2 }, 0x10, COS_ALGORITHM_PLAIN, 0 };
static char extended_sign[LONG_HEX], chain_sign[LONG_HEX], chain_decipher[LONG_HEX];
static char extended_decipher[LONG_HEX];

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

/* Zeros of that length in; the answer's length, or the error. */
static enum cardos_err use(struct cos_card *card, const struct cos_key *with,
	enum cos_key_mode mode, size_t len, size_t *ret_len)
{
	static const uint8_t zeros[ISO_APDU_MAX + 1];
	CLEANUP(buf_done) struct buf in = { 0 }, out = { 0 };
	buf_init(&in, sizeof(zeros));
	buf_init(&out, 8);
	buf_put(&in, zeros, len);
	enum cardos_err err = cos_key_use(card, with, mode, &in, &out);
	*ret_len = out.len;
	return err;
}

static void the_environment_is_set_once_for_a_key(void **state)
{
	static const struct exchange steps[] = { DF_SELECTED, MSE_SIGN,
		{ "002A9E9A 02 0000 00", "0102 9000" }, { "002A9E9A 02 0000 00", "0102 9000" },
		MSE_DECIPHER, { "002A8086 03 000000 00", "01 9000" },
		{ "002241B8 03 830111", "9000" }, { "002A8086 03 000000 00", "01 9000" },
		/* after a refusal nothing is known of it */
		{ "002A8086 03 000000 00", "6A80" }, { "002241B8 03 830111", "6A88" },
		{ "002241B8 03 830111", "9000" }, { "002A8086 03 000000 00", "01 9000" }, END };
	struct cos_key second = key;
	struct cos_card *card = start(SCRIPT_V44, steps);
	size_t len = 0;
	(void)state;
	second.reference = 0x11;
	assert_int_equal(use(card, &key, COS_KEY_SIGN, 2, &len), CARDOS_OK);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, 2, &len), CARDOS_OK);
	assert_int_equal(len, 2);
	assert_int_equal(use(card, &key, COS_KEY_DECIPHER, 2, &len), CARDOS_OK);
	assert_int_equal(use(card, &second, COS_KEY_DECIPHER, 2, &len), CARDOS_OK);
	assert_int_equal(use(card, &second, COS_KEY_DECIPHER, 2, &len), CARDOS_E_INPUT);
	assert_int_equal(use(card, &second, COS_KEY_DECIPHER, 2, &len), CARDOS_E_NOT_FOUND);
	assert_int_equal(use(card, &second, COS_KEY_DECIPHER, 2, &len), CARDOS_OK);
	stop(card);
}

/* cardos-facts 6.2: 84 reference, 95 40, 80 algorithm. */
static void the_environment_of_v5_names_the_algorithm(void **state)
{
	static const struct {
		uint8_t reference;
		enum cos_algorithm algorithm;
		enum cos_key_mode mode;
		const char *mse, *pso;
	} rows[] = {
		{ 0x01, COS_ALGORITHM_PLAIN, COS_KEY_SIGN, "002241B6 06 840101 950140",
			"002A9E9A 02 0000 00" },
		{ 0x01, COS_ALGORITHM_PKCS1, COS_KEY_SIGN, "002241B6 09 840101 950140 800110",
			"002A9E9A 02 0000 00" },
		{ 0x12, COS_ALGORITHM_PLAIN, COS_KEY_DECIPHER, "002241B8 09 840102 950140 800110",
			"002A8086 03 000000 00" },
		{ 0x03, COS_ALGORITHM_ECDSA, COS_KEY_SIGN, "002241B6 09 840103 950140 800130",
			"002A9E9A 02 0000 00" },
		{ 0x03, COS_ALGORITHM_PLAIN, COS_KEY_AGREE, "002241B8 06 840103 950140",
			"002A80A6 04 9C020000 00" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { DF_SELECTED, { rows[i].mse, "9000" },
			{ rows[i].pso, "01 9000" }, END };
		struct cos_key with = key;
		size_t len = 0;
		struct cos_card *card = start(SCRIPT_V53, steps);
		with.reference = rows[i].reference;
		with.algorithm = rows[i].algorithm;
		assert_int_equal(use(card, &with, rows[i].mode, 2, &len), CARDOS_OK);
		stop(card);
	}
}

static void a_refused_operation_is_told(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = {
		{ "6982", CARDOS_E_AUTH_REQUIRED },
		{ "6300", CARDOS_E_AUTH_REQUIRED },
		{ "6983", CARDOS_E_PIN_LOCKED },
		{ "6700", CARDOS_E_LENGTH }, /* a short command has no other form */
		{ "6A80", CARDOS_E_INPUT },
		{ "6F86", CARDOS_E_NOT_FOUND },
		{ "6A81", CARDOS_E_NOT_SUPPORTED },
		{ "6985", CARDOS_E_LIFECYCLE },
		{ "010203040506070809 9000", CARDOS_E_CORRUPT }, /* more than the caller has room */
		{ "90", CARDOS_E_COMM },
		{ "!removed", CARDOS_E_REMOVED },
		{ "!reset", CARDOS_E_RESET },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { DF_SELECTED, MSE_SIGN,
			{ "002A9E9A 02 0000 00", rows[i].answer }, END };
		size_t len = 99;
		struct cos_card *card = start(SCRIPT_V44, steps);
		assert_int_equal(use(card, &key, COS_KEY_SIGN, 2, &len), rows[i].err);
		assert_int_equal(len, 0);
		stop(card);
	}
}

static void a_key_without_its_df_is_not_asked(void **state)
{
	static const struct exchange steps[] = { { "00A4080C 02 5015", "6A82" }, DF_SELECTED,
		MSE_SIGN, END };
	struct cos_card *card = start(SCRIPT_V44, steps);
	size_t len = 0;
	(void)state;
	assert_int_equal(use(card, &key, COS_KEY_SIGN, 2, &len), CARDOS_E_NOT_FOUND);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, ISO_APDU_MAX + 1, &len), CARDOS_E_LENGTH);
	stop(card);
}

/* A reader that says nothing: sign is chained, V4 deciphers in the extended form; refused, the
 * other form is tried, once, and kept if it worked. */
static void a_long_operation_finds_its_form(void **state)
{
	static const char *const refusals[] = { "6700", "6883", "6884", "6E00", "!length" };
	static const struct exchange chained[] = { DF_SELECTED, MSE_SIGN, { chain_sign, "9000" },
		{ "002A9E9A 01 00 00", "01 9000" }, { chain_sign, "9000" },
		{ "002A9E9A 01 00 00", "01 9000" }, END };
	struct cos_card *card = start(SCRIPT_V44, chained);
	size_t len = 0;
	(void)state;
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_OK);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_OK);
	stop(card);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct exchange sign[] = { DF_SELECTED, MSE_SIGN, { chain_sign, refusals[i] },
			{ extended_sign, "01 9000" }, { extended_sign, "01 9000" }, END };
		const struct exchange decipher[] = { DF_SELECTED, MSE_DECIPHER,
			{ extended_decipher, refusals[i] }, { chain_decipher, "9000" },
			{ "002A8086 02 0000 00", "01 9000" }, { chain_decipher, "9000" },
			{ "002A8086 02 0000 00", "01 9000" }, END };
		card = start(SCRIPT_V44, sign);
		assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_OK);
		assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_OK);
		stop(card);
		card = start(SCRIPT_V44, decipher);
		assert_int_equal(use(card, &key, COS_KEY_DECIPHER, BLOCK, &len), CARDOS_OK);
		assert_int_equal(use(card, &key, COS_KEY_DECIPHER, BLOCK, &len), CARDOS_OK);
		stop(card);
	}
}

/* A reader that must not get an extended APDU never does, and the card's refusal stands. */
static void a_short_reader_gets_chains_alone(void **state)
{
	static const struct exchange steps[] = { DF_SELECTED, MSE_DECIPHER,
		{ chain_decipher, "9000" }, { "002A8086 02 0000 00", "01 9000" },
		{ chain_decipher, "6884" }, END };
	size_t len = 0;
	(void)state;
	struct cos_card *card = start(SCRIPT_V44, steps);
	script.transport.short_only = true;
	assert_int_equal(use(card, &key, COS_KEY_DECIPHER, BLOCK, &len), CARDOS_OK);
	assert_int_not_equal(use(card, &key, COS_KEY_DECIPHER, BLOCK, &len), CARDOS_OK);
	stop(card);
}

static void what_neither_form_does_is_told_and_nothing_learnt(void **state)
{
	static const struct exchange both[] = { DF_SELECTED, MSE_SIGN, { chain_sign, "6884" },
		{ extended_sign, "6700" }, MSE_SIGN, { chain_sign, "9000" },
		{ "002A9E9A 01 00 00", "01 9000" }, END };
	static const struct exchange other_error[] = { DF_SELECTED, MSE_SIGN,
		{ chain_sign, "6982" }, MSE_SIGN, { chain_sign, "!removed" }, END };
	struct cos_card *card = start(SCRIPT_V44, both);
	size_t len = 0;
	(void)state;
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_E_LENGTH);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_OK);
	stop(card);
	/* no second form where the card refused something else */
	card = start(SCRIPT_V44, other_error);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_E_AUTH_REQUIRED);
	assert_int_equal(use(card, &key, COS_KEY_SIGN, BLOCK, &len), CARDOS_E_REMOVED);
	stop(card);
}

static void a_dummy_has_a_size_the_card_makes(void **state)
{
	static const struct exchange nothing[] = { END };
	static const struct {
		const char *atr;
		enum cardos_key_type type;
		unsigned bits;
	} rows[] = { { SCRIPT_V44, CARDOS_KEY_RSA, 256 }, { SCRIPT_V44, CARDOS_KEY_RSA, 1000 },
		{ SCRIPT_V44, CARDOS_KEY_RSA, 2304 }, { SCRIPT_V44, CARDOS_KEY_EC, 256 },
		{ SCRIPT_M401, CARDOS_KEY_RSA, 2048 }, { SCRIPT_V53, CARDOS_KEY_RSA, 4352 },
		{ SCRIPT_V53, CARDOS_KEY_EC, 512 } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cos_key_new dummy = {
			.key = key, .type = rows[i].type, .bits = rows[i].bits, .pin = 1
		};
		struct cos_card *card = start(rows[i].atr, nothing);
		assert_int_equal(cos_key_put_dummy(card, &dummy), CARDOS_E_NOT_SUPPORTED);
		stop(card);
	}
}

static struct cos_key_file file_for(struct cos_card *card, unsigned bits)
{
	const struct cos_key_new wanted = { .key = key, .bits = bits };
	struct cos_key_file file;
	cos_key_file(card, &wanted, &file);
	return file;
}

/* cardos-facts 4.5: records up to 1024 bits, else a transparent file. */
static void the_public_file_suits_the_key(void **state)
{
	static const struct exchange nothing[] = { END };
	struct cos_card *card = start(SCRIPT_V44, nothing);
	(void)state;
	assert_int_equal(file_for(card, 1024).kind, ISO_FILE_LINEAR_TLV);
	assert_int_equal(file_for(card, 1280).kind, ISO_FILE_TRANSPARENT);
	assert_true(file_for(card, 2048).size < 512);
	stop(card);
	card = start(SCRIPT_M401, nothing);
	assert_int_equal(file_for(card, 2048).kind, ISO_FILE_LINEAR_TLV);
	stop(card);
	card = start(SCRIPT_V53, nothing);
	assert_int_equal(file_for(card, 2048).content_len, 2);
	assert_int_equal(file_for(card, 2048).content[0], key.reference);
	stop(card);
}

static void zeros(char *out, const char *head, size_t count, const char *tail)
{
	(void)snprintf(out, LONG_HEX, "%s%0*d%s", head, (int)(2 * count), 0, tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_is_set_once_for_a_key),
		cmocka_unit_test(the_environment_of_v5_names_the_algorithm),
		cmocka_unit_test(a_refused_operation_is_told),
		cmocka_unit_test(a_key_without_its_df_is_not_asked),
		cmocka_unit_test(a_long_operation_finds_its_form),
		cmocka_unit_test(a_short_reader_gets_chains_alone),
		cmocka_unit_test(what_neither_form_does_is_told_and_nothing_learnt),
		cmocka_unit_test(a_dummy_has_a_size_the_card_makes),
		cmocka_unit_test(the_public_file_suits_the_key),
	};
	zeros(chain_sign, "102A9E9AFF", 255, "");
	zeros(extended_sign, "002A9E9A000100", 256, "0100");
	zeros(chain_decipher, "102A8086FF", 255, "");
	zeros(extended_decipher, "002A8086000101", 257, "0100");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
