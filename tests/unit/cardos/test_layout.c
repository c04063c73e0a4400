/* SPDX-License-Identifier: Apache-2.0 */
/* The description of a card: what is read from it, and that nothing bad is taken or crashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "layout.h"

#define CARD "[card]\natr = 3bxx\npath = 0DF1\n"
#define PIN "[pin a]\nrole = user\nreference = 87\n"
#define KEY "[key k]\ntype = ec\nbits = 256\nreference = 05\nusage = sign derive\n"

static const char whole[] =
	CARD "aid = A000\nlabel = L\nmanufacturer = M\n"
	     "[pin p]\nrole = puk\nreference = 88\nstored = 12\npad = FF\nmin = 4\nmax = 10\n" PIN
	     "path = 3F00\n" KEY "pin = a\nconsent = 1\npadding = card\nid = 0102\nlabel = Key\n"
	     "[certificate c]\npath = 0DF1C101\nid = 0102\nauthority = yes\n"
	     "[data d]\npath = 0DF1D001\napplication = app\npin = a\n";

static enum cardos_err parse(const char *text, struct layout **ret_layout)
{
	char why[CARDOS_WHY_MAX] = "";
	enum cardos_err err = layout_parse(text, strlen(text), ret_layout, why);
	assert_int_equal(err == CARDOS_OK, why[0] == 0);
	return err;
}

static void everything_is_taken(void **state)
{
	struct layout *layout = NULL;
	(void)state;
	assert_int_equal(parse(whole, &layout), CARDOS_OK);
	assert_string_equal(layout->label, "L");
	assert_int_equal(layout->aid_len, 2);
	assert_int_equal(layout->pin_count, 2);
	/* the user's first, whatever the order; the MF as a path is the application's */
	assert_true(layout->pins[0].user);
	assert_int_equal(layout->pins[0].pin.reference, 0x87);
	assert_int_equal(layout->pins[1].pin.flags & P15_PIN_UNBLOCKING, P15_PIN_UNBLOCKING);
	assert_int_equal(layout->pins[1].pin.stored_len, 12);
	assert_int_equal(layout->pins[1].pin.pad, 0xFF);
	assert_int_equal(layout->object_count, 3);
	const struct p15_entry *key = &layout->objects[0].entry;
	assert_int_equal(key->object.usage, CARDOS_USE_SIGN | CARDOS_USE_DERIVE);
	assert_int_equal(key->auth_id[0], layout->pins[0].pin.auth_id[0]);
	assert_int_equal(key->object.user_consent, 1);
	assert_true(layout->objects[0].pads && key->object.private);
	assert_true(cos_path_equal(&key->path, &layout->path));
	assert_true(layout->objects[1].entry.object.authority);
	assert_string_equal(layout->objects[1].entry.object.label, "c");
	assert_true(layout->objects[2].entry.object.private);
	assert_null(layout_free(layout));
}

static void an_x_is_any_digit(void **state)
{
	static const uint8_t fits[] = { 0x3B, 0x9F }, other[] = { 0x3C, 0x9F };
	struct layout *layout = NULL;
	(void)state;
	assert_int_equal(parse(CARD, &layout), CARDOS_OK);
	assert_true(layout_fits(layout, fits, 2));
	assert_false(layout_fits(layout, other, 2));
	assert_false(layout_fits(layout, fits, 1));
	assert_null(layout_free(layout));
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"[card]\npath = 0DF1\n",
		"[card]\natr = 3B\n",
		"atr = 3B\n",
		"[card]\natr = 3\npath = 0DF1\n",
		"[card]\natr = zz\npath = 0DF1\n",
		"[card]\natr = 3B\npath = 0D\n",
		"[card]\natr = 3B\npath =\n",
		CARD "nonsense\n",
		CARD "[card extra]\nx = 1\n",
		CARD "[pin]\nreference = 01\n",
		CARD "[pin]\nreference = 01\nrole = user\n",
		CARD "[certificate]\npath = 0DF1\nauthority = no\n",
		CARD "[card extra]\nx = 1\nlabel = y\n",
		CARD "[pin p]\nrole = puk\nreference = 02\n",
		CARD "[pin p]\nrole = boss\n",
		CARD PIN "stored = 300\n",
		CARD PIN "min = -1\n",
		CARD PIN "min = 4x\n",
		CARD PIN "[pin b]\nrole = user\nreference = 01\n",
		CARD PIN "pad = 000\n",
		CARD KEY "pin = nobody\n",
		CARD "[key k]\ntype = ec\n",
		CARD KEY "usage = fly\n",
		CARD KEY "usage =\n",
		CARD KEY "type = dsa\n",
		CARD KEY "padding = both\n",
		CARD "[certificate c]\nid = 01\n",
		CARD "[certificate c]\nauthority = perhaps\n",
		CARD "[key k]\nauthority = yes\n",
	};
	struct layout *layout = NULL;
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (parse(texts[i], &layout) != CARDOS_E_INPUT)
			fail_msg("taken: %s", texts[i]);
	}
	assert_null(layout);
}

/* Every beginning of the text, and every byte changed: an answer, whatever it is. */
static void no_text_is_too_strange(void **state)
{
	char text[sizeof(whole)], why[CARDOS_WHY_MAX];
	(void)state;
	for (size_t i = 0; i < 2 * strlen(whole); i++) {
		struct layout *layout = NULL;
		const size_t at = i / 2;
		memcpy(text, whole, sizeof(text));
		text[at] = (char)(i % 2 ? 0xFF : '\n');
		(void)layout_parse(text, strlen(text), &layout, why);
		(void)layout_free(layout);
		layout = NULL;
		(void)layout_parse(whole, at, &layout, why);
		(void)layout_free(layout);
	}
	struct layout *layout = NULL;
	assert_int_equal(layout_parse("\0[card]", 7, &layout, why), CARDOS_E_INPUT);
}

static void there_is_an_end_of_objects(void **state)
{
	static char text[16384];
	struct layout *layout = NULL;
	(void)state;
	(void)strcpy(text, CARD);
	for (int i = 0; i <= LAYOUT_OBJECTS_MAX; i++) {
		char more[64];
		(void)snprintf(more, sizeof(more), "[certificate c%d]\npath = 0DF1\n", i);
		(void)strcat(text, more);
	}
	assert_int_equal(parse(text, &layout), CARDOS_E_INPUT);
	(void)strcpy(text, CARD);
	for (int i = 0; i <= LAYOUT_PINS_MAX; i++) {
		char more[64];
		(void)snprintf(more, sizeof(more), "[pin c%d]\nreference = 01\n", i);
		(void)strcat(text, more);
	}
	assert_int_equal(parse(text, &layout), CARDOS_E_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_taken),
		cmocka_unit_test(an_x_is_any_digit),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(no_text_is_too_strange),
		cmocka_unit_test(there_is_an_end_of_objects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
