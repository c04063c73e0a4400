/* SPDX-License-Identifier: Apache-2.0 */
/* Files: exact commands (cardos-facts 3.1 to 3.6), every refusal, no SELECT of what is selected. */
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

#define SCRIPT_M40 "3BE200FFC11031FE55C8029C"
#define LONG_HEX 1600
#define SELECT_APP                                                                                 \
	{                                                                                          \
		"00A4080C 02 5015", "9000"                                                         \
	}
#define SELECT_ODF                                                                                 \
	{                                                                                          \
		"00A4080C 04 50155031", "9000"                                                     \
	}
#define ADMINISTRATION                                                                             \
	{                                                                                          \
		"00CA018300", "20 9000"                                                            \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static struct script script;
static const struct cos_path mf = { .len = 0 };
static const struct cos_path app = { { 0x50, 0x15 }, 2 };
static const struct cos_path odf = { { 0x50, 0x15, 0x50, 0x31 }, 4 };
static const uint8_t open_to_all[ISO_FCP_AC_MAX] = { 0 };

static struct cos_card *start(const char *atr, const struct exchange *steps, size_t apdu_max)
{
	struct cos_card *card = NULL;
	struct transport *transport = script_start(&script, atr, steps);
	transport->apdu_max = apdu_max;
	assert_int_equal(cos_card_new(transport, &card), CARDOS_OK);
	return card;
}

static void stop(struct cos_card *card)
{
	assert_null(cos_card_free(card));
	script_done(&script);
}

/* head, then count bytes of that value, then tail. */
static const char *filled(
	char *out, const char *head, unsigned byte, size_t count, const char *tail)
{
	size_t at = (size_t)snprintf(out, LONG_HEX, "%s", head);
	for (size_t i = 0; i < count; i++)
		at += (size_t)snprintf(out + at, LONG_HEX - at, "%02X", byte);
	(void)snprintf(out + at, LONG_HEX - at, "%s", tail);
	return out;
}

static void a_path_loses_the_mf_in_front(void **state)
{
	static const struct {
		const char *hex;
		bool good;
		size_t len;
		uint16_t fid;
	} rows[] = {
		{ "", true, 0, 0x3F00 },
		{ "3F00", true, 0, 0x3F00 },
		{ "3F005015", true, 2, 0x5015 },
		{ "50154401", true, 4, 0x4401 },
		{ "3F0050", false, 0, 0 },
		{ "3F0001020304050607080910111213141516", true, 16, 0x1516 },
		{ "010203040506070809101112131415161718", false, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[32];
		struct cos_path path = { { 0xAA }, 2 };
		size_t len = script_hex(rows[i].hex, bytes, sizeof(bytes));
		assert_int_equal(cos_path_set(&path, bytes, len), rows[i].good);
		if (rows[i].good) {
			assert_int_equal(path.len, rows[i].len);
			assert_int_equal(cos_path_fid(&path), rows[i].fid);
		} else {
			assert_int_equal(path.bytes[0], 0xAA); /* left as it was */
		}
	}
	struct cos_path deep = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }, 16 };
	const struct cos_path same = cos_path_child(&deep, 0x4401);
	assert_true(cos_path_equal(&same, &deep));
	const struct cos_path up = cos_path_parent(&odf), top = cos_path_parent(&mf);
	assert_true(cos_path_equal(&up, &app));
	assert_true(cos_path_equal(&top, &mf));
	assert_false(cos_path_equal(&up, &odf));
}

static void what_is_selected_is_not_selected_again(void **state)
{
	static const struct exchange steps[] = { { "00A4000C 02 3F00", "9000" }, SELECT_APP,
		SELECT_ODF, { "00A4080C 04 50155032", "6A82" }, SELECT_APP, SELECT_APP, END };
	const struct cos_path token = cos_path_child(&app, 0x5032);
	struct cos_card *card = start(SCRIPT_V44, steps, 0);
	(void)state;
	assert_int_equal(cos_select_df(card, &mf), CARDOS_OK);
	assert_int_equal(cos_select_df(card, &mf), CARDOS_OK);
	assert_int_equal(cos_select_ef(card, &mf), CARDOS_E_NOT_FOUND);
	assert_int_equal(cos_select_df(card, &app), CARDOS_OK);
	assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
	assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
	assert_int_equal(cos_select_df(card, &app), CARDOS_OK); /* the EF's parent is current */
	/* what a refused SELECT leaves is not known */
	assert_int_equal(cos_select_ef(card, &token), CARDOS_E_NOT_FOUND);
	assert_int_equal(cos_select_df(card, &app), CARDOS_OK);
	cos_card_forget(card);
	assert_int_equal(cos_select_df(card, &app), CARDOS_OK);
	stop(card);
}

static void control_parameters_are_read_or_refused(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = {
		{ "6F19 80020100 820101 83025031 850100 8609000101010101010000 9000", CARDOS_OK },
		{ "9000", CARDOS_E_CORRUPT },
		{ "6F19 8002 9000", CARDOS_E_CORRUPT },
		{ "30020000 9000", CARDOS_E_CORRUPT },
		{ "6A82", CARDOS_E_NOT_FOUND },
		{ "6283", CARDOS_E_LIFECYCLE },
		{ "6D00", CARDOS_E_NOT_SUPPORTED },
		{ "!removed", CARDOS_E_REMOVED },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00A40800 04 50155031 00", rows[i].answer },
			SELECT_ODF, END };
		struct iso_fcp fcp = { 0 };
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		assert_int_equal(cos_select_fcp(card, &odf, &fcp), rows[i].err);
		if (rows[i].err == CARDOS_OK) {
			assert_int_equal(fcp.size, 256);
			assert_int_equal(fcp.ac[1], 1);
			script.at++; /* it is selected now */
		}
		assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
		stop(card);
	}
}

static void a_read_gives_no_more_than_was_asked(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
		size_t got;
	} rows[] = {
		{ "01020304 9000", CARDOS_OK, 4 },
		{ "0102 9000", CARDOS_OK, 2 },
		{ "0102 6282", CARDOS_OK, 2 },
		{ "010203040506 9000", CARDOS_OK, 4 },
		{ "9000", CARDOS_OK, 0 },
		{ "6B00", CARDOS_E_NOT_FOUND, 0 },
		{ "6982", CARDOS_E_AUTH_REQUIRED, 0 },
		{ "6986", CARDOS_E_NOT_FOUND, 0 },
		{ "6981", CARDOS_E_NOT_SUPPORTED, 0 },
		{ "6700", CARDOS_E_LENGTH, 0 },
		{ "6F00", CARDOS_E_CARD, 0 },
		{ "90", CARDOS_E_COMM, 0 },
		{ "!reset", CARDOS_E_RESET, 0 },
		{ "!length", CARDOS_E_LENGTH, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00B01234 04", rows[i].answer }, END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		CLEANUP(buf_done) struct buf buf = { 0 };
		size_t got = 99;
		buf_init(&buf, 16);
		assert_int_equal(cos_read(card, 0x1234, 4, &buf, &got), rows[i].err);
		assert_int_equal(buf.len, rows[i].got);
		assert_int_equal(got, rows[i].err == CARDOS_OK ? rows[i].got : 99);
		stop(card);
	}
}

static void a_read_has_its_limits(void **state)
{
	static const struct exchange steps[] = { { "00B00000 00", "0102 9000" },
		{ "00B00000 02", "0102 9000" }, END };
	struct cos_card *card = start(SCRIPT_V44, steps, 0);
	CLEANUP(buf_done) struct buf buf = { 0 };
	size_t got = 0;
	(void)state;
	buf_init(&buf, 3);
	assert_int_equal(cos_read(card, ISO_OFFSET_MAX + 1, 1, &buf, &got), CARDOS_E_CORRUPT);
	assert_int_equal(cos_read(card, 0, 5000, &buf, &got), CARDOS_OK); /* one command, 256 */
	assert_int_equal(got, 2);
	assert_int_equal(cos_read(card, 0, 2, &buf, &got), CARDOS_E_MEMORY);
	stop(card);
}

/* The card announces 0300 bytes, then either side refuses the long form: short from now on. */
static void a_refused_long_read_goes_on_short(void **state)
{
	static const char *const refusals[] = { "6700", "6E00", "6D00", "6C00", "!length" };
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct exchange steps[] = { { "00CA018D 02", "0300 9000" }, SELECT_ODF,
			{ "00B00000 0002FE", refusals[i] }, { "00B00000 00", "01 9000" },
			{ "00B00001 00", "02 9000" }, END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0x10000);
		CLEANUP(buf_done) struct buf buf = { 0 };
		size_t got = 0;
		buf_init(&buf, 1000);
		assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
		assert_int_equal(cos_read_max(card), 0x2FE);
		assert_int_equal(cos_read(card, 0, 2000, &buf, &got), CARDOS_OK);
		assert_int_equal(cos_read_max(card), ISO_SHORT_RECV);
		assert_int_equal(cos_read(card, 1, 2000, &buf, &got), CARDOS_OK);
		assert_int_equal(buf.len, 2);
		stop(card);
	}
}

/* What is no refusal of the form is not sent again. */
static void a_long_read_that_fails_otherwise_is_not_repeated(void **state)
{
	static const char *const refusals[] = { "6982", "6B00", "6A82", "!removed" };
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct exchange steps[] = { { "00CA018D 02", "0300 9000" }, SELECT_ODF,
			{ "00B00000 0002FE", refusals[i] }, END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0x10000);
		CLEANUP(buf_done) struct buf buf = { 0 };
		size_t got = 0;
		buf_init(&buf, 1000);
		assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
		assert_int_not_equal(cos_read(card, 0, 2000, &buf, &got), CARDOS_OK);
		assert_int_equal(cos_read_max(card), 0x2FE);
		stop(card);
	}
}

static void an_update_is_cut_to_what_one_command_carries(void **state)
{
	static char first[LONG_HEX], long_one[LONG_HEX], second[LONG_HEX];
	static const uint8_t bytes[300] = { 0 };
	const struct exchange short_form[] = { { filled(first, "00D60010FF", 0, 255, ""), "9000" },
		{ filled(second, "00D6010F2D", 0, 45, ""), "9000" }, END };
	const struct exchange refused[] = { { "00CA018D 02", "0300 9000" }, SELECT_ODF,
		{ filled(long_one, "00D6001000012C", 0, 300, ""), "6700" }, { first, "9000" },
		{ second, "9000" }, END };
	const struct exchange torn[] = { { first, "9000" }, { second, "!removed" }, END };
	struct cos_card *card = start(SCRIPT_V44, short_form, 0);
	(void)state;
	assert_int_equal(cos_update(card, 0x10, bytes, 0), CARDOS_OK); /* nothing to write */
	assert_int_equal(cos_update(card, 0x10, bytes, sizeof(bytes)), CARDOS_OK);
	stop(card);
	card = start(SCRIPT_V44, refused, 0x10000);
	assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
	assert_int_equal(cos_update(card, 0x10, bytes, sizeof(bytes)), CARDOS_OK);
	stop(card);
	card = start(SCRIPT_V44, torn, 0);
	assert_int_equal(cos_update(card, 0x10, bytes, sizeof(bytes)), CARDOS_E_REMOVED);
	stop(card);
}

static void a_refused_update_is_told(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = {
		{ "6A84", CARDOS_E_FULL },
		{ "6700", CARDOS_E_LENGTH },
		{ "6982", CARDOS_E_AUTH_REQUIRED },
		{ "6581", CARDOS_E_CARD },
		{ "9001", CARDOS_OK },
	};
	static const uint8_t byte = 0x30;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00D6000001 30", rows[i].answer }, END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		assert_int_equal(cos_update(card, 0, &byte, 1), rows[i].err);
		assert_int_equal(cos_update(card, ISO_OFFSET_MAX + 1, &byte, 1), CARDOS_E_FULL);
		stop(card);
	}
}

static void a_record_comes_whole_or_not_at_all(void **state)
{
	static const struct exchange steps[] = { { "00B20104 00", "01023030 9000" },
		{ "00B20204 00", "6A83" }, { "00B20304 00", "0102 9000" }, END };
	struct cos_card *card = start(SCRIPT_V44, steps, 0);
	CLEANUP(buf_done) struct buf buf = { 0 };
	(void)state;
	buf_init(&buf, 5);
	assert_int_equal(cos_read_record(card, 1, &buf), CARDOS_OK);
	assert_int_equal(cos_read_record(card, 2, &buf), CARDOS_E_NOT_FOUND);
	assert_int_equal(buf.len, 4);
	assert_int_equal(cos_read_record(card, 3, &buf), CARDOS_E_MEMORY);
	stop(card);
}

/* cardos-facts 3.1: the template of V4.2 and later, traced for 5015; and the old one. */
static void create_sends_the_template_of_the_card(void **state)
{
	static const uint8_t aid[] = { 0xA0, 0, 0, 0, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5' };
	static const uint8_t df_ac[] = { 0, 1, 0, 0, 0, 0, 1, 0, 0 };
	const struct cos_file_new df = { 0x5015, 4096, ISO_FILE_DF, aid, 12, df_ac, NULL, 0 };
	static const struct cos_file_new ef = {
		.fid = 0x4401, .size = 256, .kind = ISO_FILE_TRANSPARENT, .ac = open_to_all
	};
	static const struct cos_file_new records = {
		.fid = 0x7EAD, .size = 512, .kind = ISO_FILE_LINEAR_TLV, .ac = open_to_all
	};
	static const struct exchange v44[] = { ADMINISTRATION, { "00A4000C 02 3F00", "9000" },
		{ "00E0000029 6227 81021000 820138 83025015 840CA000000063504B43532D3135 850100"
		  "8609000100000000010000",
			"9000" },
		SELECT_APP,
		{ "00E000001B 6219 80020100 820101 83024401 850100 8609000000000000000000",
			"9000" },
		{ "00E000001B 6219 80020200 820105 83027EAD 850100 8609000000000000000000",
			"9000" },
		END };
	static const struct exchange m40[] = { { "00CA018300", "10 9000" }, { "80100000", "9000" },
		{ "00A4000C 02 3F00", "9000" },
		{ "00E000002D 6F2B 81021000 8203380000 83025015 840CA000000063504B43532D3135"
		  "8503011000 8609000100000000010000",
			"9000" },
		SELECT_APP,
		{ "00E000001F 6F1D 81020100 8203010000 83024401 8503010000"
		  "8609000000000000000000",
			"9000" },
		{ "00E000001F 6F1D 81020200 820305FF00 83027EAD 8503010000"
		  "8609000000000000000000",
			"9000" },
		END };
	const char *const atrs[] = { SCRIPT_V44, SCRIPT_M40 };
	const struct exchange *const scripts[] = { v44, m40 };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cos_card *card = start(atrs[i], scripts[i], 0);
		assert_int_equal(cos_create(card, &mf, &df), CARDOS_OK);
		assert_int_equal(cos_create(card, &app, &ef), CARDOS_OK);
		assert_int_equal(cos_create(card, &app, &records), CARDOS_OK);
		stop(card);
	}
}

static void a_file_that_cannot_be_made_is_told(void **state)
{
	static const struct {
		const char *phase, *select, *create;
		enum cardos_err err;
	} rows[] = {
		{ "34 9000", NULL, NULL, CARDOS_E_LIFECYCLE },
		{ "9000", NULL, NULL, CARDOS_E_CORRUPT },
		{ "6D00", NULL, NULL, CARDOS_E_NOT_SUPPORTED },
		{ "20 9000", "6A82", NULL, CARDOS_E_NOT_FOUND },
		{ "20 9000", "9000", "6A84", CARDOS_E_FULL },
		{ "20 9000", "9000", "6A89", CARDOS_E_EXISTS },
		{ "20 9000", "9000", "6982", CARDOS_E_AUTH_REQUIRED },
		{ "20 9000", "9000", "!reset", CARDOS_E_RESET },
	};
	static const struct cos_file_new ef = {
		.fid = 0x4401, .size = 256, .kind = ISO_FILE_TRANSPARENT, .ac = open_to_all
	};
	static const uint8_t name[255] = { 0 };
	static const struct cos_file_new too_long = {
		.fid = 0x5015, .aid = name, .aid_len = 255, .ac = open_to_all
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { { "00CA018300", rows[i].phase },
			{ rows[i].select ? "00A4080C 02 5015" : NULL, rows[i].select },
			{ rows[i].create ? "00E000001B 6219 80020100 820101 83024401 850100"
					   "8609000000000000000000"
					 : NULL,
				rows[i].create },
			END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		assert_int_equal(cos_create(card, &app, &too_long), CARDOS_E_ARGUMENT);
		assert_int_equal(cos_create(card, &app, &ef), rows[i].err);
		stop(card);
	}
}

/* cardos-facts 3.6: DELETE FILE names a child of the current DF. */
static void a_file_is_deleted_from_its_parent(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = { { "9000", CARDOS_OK }, { "6A82", CARDOS_E_NOT_FOUND },
		{ "6982", CARDOS_E_AUTH_REQUIRED }, { "!removed", CARDOS_E_REMOVED } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { SELECT_ODF, ADMINISTRATION,
			{ "00E40000 02 5031", rows[i].answer },
			/* the deleted file is not current any more, its DF is */
			SELECT_ODF, END };
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		assert_int_equal(cos_delete(card, &mf), CARDOS_E_ARGUMENT);
		assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
		assert_int_equal(cos_delete(card, &odf), rows[i].err);
		assert_int_equal(cos_select_ef(card, &odf), CARDOS_OK);
		stop(card);
	}
}

/* cardos-facts 3.5: entries 6F { 82, 86 fid, [8A next] }. */
static void a_directory_is_followed_page_by_page(void **state)
{
	static const struct {
		const char *first, *second;
		enum cardos_err err;
		size_t count;
	} rows[] = {
		{ "9000", NULL, CARDOS_OK, 0 },
		{ "6F00 9000", NULL, CARDOS_OK, 0 },
		{ "6F07 820138 86025015 6F07 820101 86022F00 9000", NULL, CARDOS_OK, 2 },
		{ "6F07 820101 86025031 6F03 8601FF 9000", NULL, CARDOS_OK, 1 },
		{ "6F0A 820101 86025031 8A0105 9000", "6F07 820101 86025032 9000", CARDOS_OK, 2 },
		{ "6F0A 820101 86025031 8A0105 9000", "6F0A 820101 86025032 8A0105 9000", CARDOS_OK,
			2 },
		{ "6F0A 820101 86025031 8A0105 9000", "6F00", CARDOS_E_CARD, 0 },
		{ "6F07 820101 8602 9000", NULL, CARDOS_E_CORRUPT, 0 },
		{ "6D00", NULL, CARDOS_E_NOT_SUPPORTED, 0 },
		{ "6982", NULL, CARDOS_E_AUTH_REQUIRED, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { SELECT_APP, { "80160200 00", rows[i].first },
			{ rows[i].second ? "80160205 00" : NULL, rows[i].second }, END };
		uint16_t fids[COS_CHILDREN_MAX] = { 0 };
		size_t count = 0;
		struct cos_card *card = start(SCRIPT_V44, steps, 0);
		assert_int_equal(cos_directory(card, &app, fids, &count), rows[i].err);
		assert_int_equal(count, rows[i].count);
		stop(card);
	}
}

static void a_directory_without_end_is_given_up(void **state)
{
	static char answer[LONG_HEX], commands[9][16];
	static struct exchange steps[10] = { SELECT_APP };
	static char pages[8][LONG_HEX];
	uint16_t fids[COS_CHILDREN_MAX];
	size_t count = 0;
	(void)state;
	for (size_t i = 0; i < 30; i++)
		(void)strcat(answer, "6F0486024401");
	for (size_t i = 0; i < 8; i++) {
		(void)snprintf(commands[i], sizeof(commands[i]), "801602%02X00", (unsigned)i);
		(void)snprintf(pages[i], LONG_HEX, "%s6F038A01%02X9000", answer, (unsigned)i + 1);
		steps[i + 1] = (struct exchange){ commands[i], pages[i] };
	}
	struct cos_card *card = start(SCRIPT_V44, steps, 0);
	assert_int_equal(cos_directory(card, &app, fids, &count), CARDOS_E_CORRUPT);
	assert_int_equal(script.at, 6); /* 30 on a page: the fifth has one too many */
	assert_null(cos_card_free(card));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_loses_the_mf_in_front),
		cmocka_unit_test(what_is_selected_is_not_selected_again),
		cmocka_unit_test(control_parameters_are_read_or_refused),
		cmocka_unit_test(a_read_gives_no_more_than_was_asked),
		cmocka_unit_test(a_read_has_its_limits),
		cmocka_unit_test(a_refused_long_read_goes_on_short),
		cmocka_unit_test(a_long_read_that_fails_otherwise_is_not_repeated),
		cmocka_unit_test(an_update_is_cut_to_what_one_command_carries),
		cmocka_unit_test(a_refused_update_is_told),
		cmocka_unit_test(a_record_comes_whole_or_not_at_all),
		cmocka_unit_test(create_sends_the_template_of_the_card),
		cmocka_unit_test(a_file_that_cannot_be_made_is_told),
		cmocka_unit_test(a_file_is_deleted_from_its_parent),
		cmocka_unit_test(a_directory_is_followed_page_by_page),
		cmocka_unit_test(a_directory_without_end_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
