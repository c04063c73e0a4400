/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#15: how few commands it takes, and what corrupt, torn, missing or guarded files
 * become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "p15_read.h"
#include "p15_state.h"
#include "script.h"

#define ODF_VALUE "A80A 3008 04063F0050154401 A40A 3008 04063F0050154404 0000"
#define TOKEN_BODY                                                                                 \
	"3028 020100 0406010203040506 0C0141 800142 03020410"                                      \
	"A511 180F 32303236313132313038343933305A"
#define AODF_VALUE                                                                                 \
	"3037 300E 0C08557365722050494E 030206C0 3003 040101 A120 301E 0302024C 0A0101 020104"     \
	"020108 020108 800101 040100 3006 04043F005015 0000"
#define SELECT_ODF                                                                                 \
	{                                                                                          \
		"00A4080C 04 50155031", "9000"                                                     \
	}
#define READ_ODF                                                                                   \
	SELECT_ODF,                                                                                \
	{                                                                                          \
		"00B00000 40", ODF_VALUE "9000"                                                    \
	}
#define SELECT_TOKEN                                                                               \
	{                                                                                          \
		"00A4080C 04 50155032", "9000"                                                     \
	}
#define READ_TOKEN                                                                                 \
	SELECT_TOKEN,                                                                              \
	{                                                                                          \
		"00B00000 60", TOKEN_BODY "0000 9000"                                              \
	}
#define BIND                                                                                       \
	READ_ODF, READ_TOKEN, { "00A4080C 04 50154401", "9000" },                                  \
	{                                                                                          \
		"00B00000 50", AODF_VALUE "9000"                                                   \
	}
#define SELECT_CDF                                                                                 \
	{                                                                                          \
		"00A4080C 04 50154404", "9000"                                                     \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static struct script script;
static struct cos_card *device;
static struct p15 p15;

static void start(const struct exchange *steps)
{
	assert_int_equal(
		cos_card_new(script_start(&script, SCRIPT_V44, steps), &device), CARDOS_OK);
	p15_init_state(&p15, device);
}

static void stop(void)
{
	p15_done(&p15);
	device = cos_card_free(device);
	script_done(&script);
}

static void binding_asks_once(void **state)
{
	static const struct exchange steps[] = { BIND, END };
	(void)state;
	start(steps);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_int_equal(p15.state, P15_READY);
	assert_string_equal(p15.token.label, "B");
	assert_int_equal(p15.file_count, 2);
	assert_int_equal(p15.pin_count, 1);
	assert_non_null(p15_file_of(&p15, P15_CDF));
	assert_null(p15_file_of(&p15, P15_DODF));
	assert_ptr_equal(p15_find_pin(&p15, CARDOS_PIN_USER), &p15.pins[0]);
	assert_null(p15_find_pin(&p15, CARDOS_PIN_PUK));
	assert_null(p15_find_pin(&p15, CARDOS_PIN_SO));
	stop();
}

/* The first READ of the ODF, with each answer a broken card may give; the state afterwards. */
static void an_odf_that_does_not_parse_is_corrupt(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
	} rows[] = {
		{ "A80A 3008 04063F00501544 9000", CARDOS_E_CORRUPT }, /* cut by the file's end */
		{ "A882FFFF 3008 9000", CARDOS_E_CORRUPT },
		{ "A880 9000", CARDOS_E_CORRUPT },
		{ "A803 3008 04 0000 9000", CARDOS_E_CORRUPT },
		{ "A80B 3009 04073F005015440100 0000 9000", CARDOS_E_CORRUPT },
		{ "6982", CARDOS_E_AUTH_REQUIRED },
		{ "6F00", CARDOS_E_CARD },
		{ "90", CARDOS_E_COMM },
		{ "!removed", CARDOS_E_REMOVED },
		{ "!reset", CARDOS_E_RESET },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { SELECT_ODF, { "00B00000 40", rows[i].answer },
			END };
		start(steps);
		assert_int_equal(p15_bind(&p15), rows[i].err);
		assert_int_equal(p15.state, P15_UNREAD); /* asked anew next time */
		stop();
	}
}

/* TokenInfo is written last: where it is missing or begins with 00 the card is blank. */
static void a_torn_making_is_a_blank_card(void **state)
{
	static const struct exchange no_token[] = { READ_ODF, { "00A4080C 04 50155032", "6A82" },
		END };
	static const struct exchange torn_token[] = { READ_ODF, SELECT_TOKEN,
		{ "00B00000 60", "0028020100 9000" }, END };
	static const struct exchange no_app[] = { { "00A4080C 04 50155031", "6A82" },
		{ "00A4080C 02 2F00", "6A82" }, END };
	static const struct exchange empty_dir[] = { { "00A4080C 04 50155031", "6A82" },
		{ "00A4080C 02 2F00", "9000" }, { "00B00000 40", "0000 9000" }, END };
	/* EF(DIR) names 5015, which has just not been found */
	static const struct exchange itself[] = { { "00A4080C 04 50155031", "6A82" },
		{ "00A4080C 02 2F00", "9000" },
		{ "00B00000 40", "6114 4F0C A000000063504B43532D3135 51043F005015 0000 9000" },
		END };
	const struct exchange *const scripts[] = { no_token, torn_token, no_app, empty_dir,
		itself };
	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		bool changed = false;
		start(scripts[i]);
		assert_int_equal(p15_bind(&p15), CARDOS_OK);
		assert_int_equal(p15.state, P15_BLANK);
		assert_int_equal(p15_read_objects(&p15), CARDOS_E_BLANK);
		assert_int_equal(p15_changed(&p15, &changed), CARDOS_OK);
		assert_true(changed);
		stop();
	}
}

static void the_application_may_be_elsewhere(void **state)
{
	static const struct exchange steps[] = { { "00A4080C 04 50155031", "6A82" },
		{ "00A4080C 02 2F00", "9000" },
		{ "00B00000 40", "6104 4F02A000 6114 4F0C A000000063504B43532D3135 51043F006000"
				 "0000 9000" },
		{ "00A4080C 04 60005031", "9000" }, { "00B00000 40", "0000 9000" },
		{ "00A4080C 04 60005032", "9000" }, { "00B00000 60", TOKEN_BODY "0000 9000" },
		END };
	(void)state;
	start(steps);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_int_equal(p15.state, P15_READY);
	assert_int_equal(cos_path_fid(&p15.app), 0x6000);
	stop();
}

static void a_moved_mark_forgets_everything(void **state)
{
	static const struct {
		const char *select, *read;
		enum cardos_err err;
		bool changed;
	} rows[] = {
		{ "9000", TOKEN_BODY "0000 9000", CARDOS_OK, false },
		{ "9000",
			"3028 020100 0406010203040506 0C0141 800142 03020410"
			"A511 180F 32303236313132313038343933315A 0000 9000",
			CARDOS_OK, true },
		{ "9000", "0000 9000", CARDOS_OK, true },
		{ "6A82", NULL, CARDOS_OK, true },
		{ "!removed", NULL, CARDOS_E_REMOVED, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { BIND, { "00A4080C 04 50155032", rows[i].select },
			{ rows[i].read ? "00B00000 60" : NULL, rows[i].read }, END };
		bool changed = false;
		start(steps);
		assert_int_equal(p15_bind(&p15), CARDOS_OK);
		assert_int_equal(p15_changed(&p15, &changed), rows[i].err);
		assert_int_equal(changed, rows[i].changed);
		assert_int_equal(p15.state, changed ? P15_UNREAD : P15_READY);
		stop();
	}
}

/* A directory behind a PIN or missing is empty until asked again; any other failure leaves no half
 * list. */
static void a_directory_may_be_refused(void **state)
{
	static const struct {
		const char *answer;
		enum cardos_err err;
		unsigned objects;
	} rows[] = {
		{ "0000 9000", CARDOS_OK, 0 },
		{ "6982", CARDOS_OK, 0 },
		{ "3003 020101 0000 9000", CARDOS_OK, 1 }, /* kept, not shown */
		{ "3003 0201 9000", CARDOS_E_CORRUPT, 0 },
		{ "!removed", CARDOS_E_REMOVED, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange steps[] = { BIND, SELECT_CDF,
			{ "00B00000 80", rows[i].answer }, END };
		start(steps);
		assert_int_equal(p15_read_objects(&p15), rows[i].err);
		assert_int_equal(p15.object_count, rows[i].objects);
		assert_int_equal(p15.objects_read, rows[i].err == CARDOS_OK);
		assert_null(p15_find(&p15, 1));
		stop();
	}
}

/* A card that refuses a length beyond the end is asked for the size, once. */
static void a_strict_card_is_asked_for_the_size(void **state)
{
	static const struct exchange steps[] = { SELECT_ODF, { "00B00000 40", "6700" },
		{ "00A40800 04 50155031 00", "6F0B 80020004 820101 83025031 9000" },
		{ "00B00000 04", "00000000 9000" }, READ_TOKEN, END };
	(void)state;
	start(steps);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_int_equal(p15.state, P15_READY);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binding_asks_once),
		cmocka_unit_test(an_odf_that_does_not_parse_is_corrupt),
		cmocka_unit_test(a_torn_making_is_a_blank_card),
		cmocka_unit_test(the_application_may_be_elsewhere),
		cmocka_unit_test(a_moved_mark_forgets_everything),
		cmocka_unit_test(a_directory_may_be_refused),
		cmocka_unit_test(a_strict_card_is_asked_for_the_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
