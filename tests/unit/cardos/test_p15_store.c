/* SPDX-License-Identifier: Apache-2.0 */
/* Making a card, storing, renaming and deleting on a card in memory: what stands in the files, what
 * is left of what was deleted, what a full card keeps. Walks p15_init.c, p15_store.c, p15_write.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "memcard.h"
#include "p15_read.h"
#include "p15_state.h"
#include "p15_store.h"
#include "p15_write.h"
#include "secret.h"

static struct memcard memcard;
static struct cos_card *device;
static struct p15 p15;

static int start(void **state)
{
	(void)state;
	memcard_personalise(&memcard, &device, &p15);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	p15_done(&p15);
	device = cos_card_free(device);
	return 0;
}

static enum cardos_err store(uint8_t fill, size_t len, const char *label, uint32_t *ret_number)
{
	static uint8_t value[MEMCARD_FILE_MAX];
	memset(value, fill, sizeof(value));
	const struct cardos_store params = { .class = CARDOS_DATA,
		.value = value,
		.value_len = len,
		.label = label,
		.application = "unit" };
	return p15_store_object(&p15, &params, ret_number);
}

/* The card read anew agrees with what is remembered. */
static void read_again(unsigned expected)
{
	p15_done(&p15);
	cos_card_forget(device);
	assert_int_equal(p15_read_objects(&p15), CARDOS_OK);
	assert_int_equal(p15.object_count, expected);
}

static void a_new_card_has_its_files(void **state)
{
	static const uint16_t fids[] = { 0x5031, 0x5032, 0x4946, 0x4401 };
	(void)state;
	for (size_t i = 0; i < sizeof(fids) / sizeof(fids[0]); i++)
		assert_non_null(memcard_file(&memcard, 0x5015, fids[i]));
	assert_int_equal(memcard_file(&memcard, 0x3F00, 0x2F00)->bytes[0], 0x61);
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x4401)->ac[1], P15_USER_REFERENCE);
	assert_int_equal(memcard.pins[P15_USER_REFERENCE].tries_max, P15_USER_TRIES);
	assert_int_equal(memcard.pins[P15_USER_REFERENCE].unblock, P15_PUK_REFERENCE);
	assert_int_equal(memcard.pins[P15_PUK_REFERENCE].tries_max, P15_PUK_TRIES);
	assert_int_equal(p15_erase(&p15), CARDOS_OK);
	assert_null(memcard_file(&memcard, 0x3F00, 0x5015));
	assert_null(memcard_file(&memcard, 0x5015, 0x5031));
}

static void a_deleted_object_leaves_no_file(void **state)
{
	uint32_t numbers[3] = { 0 };
	(void)state;
	for (uint8_t i = 0; i < 3; i++)
		assert_int_equal(store(i, 40, "object", &numbers[i]), CARDOS_OK);
	assert_non_null(memcard_file(&memcard, 0x5015, 0x3302));
	/* the last entry: one byte; the first: the directory moves to its other file */
	assert_int_equal(p15_delete_object(&p15, p15_find(&p15, numbers[2])), CARDOS_OK);
	assert_null(memcard_file(&memcard, 0x5015, 0x3302));
	assert_non_null(memcard_file(&memcard, 0x5015, 0x4405));
	assert_int_equal(p15_delete_object(&p15, p15_find(&p15, numbers[0])), CARDOS_OK);
	assert_null(memcard_file(&memcard, 0x5015, 0x3300));
	assert_null(memcard_file(&memcard, 0x5015, 0x4405));
	assert_non_null(memcard_file(&memcard, 0x5015, 0x4415));
	assert_null(p15_find(&p15, numbers[0]));
	read_again(1);
	assert_int_equal(p15_read_value(&p15, p15.objects[0]), CARDOS_OK);
	assert_int_equal(p15.objects[0]->value.bytes[0], 1);
	/* the free id is taken again */
	assert_int_equal(store(7, 40, "object", &numbers[0]), CARDOS_OK);
	assert_non_null(memcard_file(&memcard, 0x5015, 0x3300));
	read_again(2);
}

/* The data directory has 256 bytes at first, and grows as long as the card has room; then it
 * refuses and keeps what is there. */
static void a_full_directory_grows_and_keeps_its_entries(void **state)
{
	enum cardos_err err = CARDOS_OK;
	unsigned stored = 0;
	uint32_t number = 0;
	(void)state;
	while ((err = store(1, 8, "a label of some length", &number)) == CARDOS_OK)
		stored++;
	assert_int_equal(err, CARDOS_E_FULL);
	assert_in_range(stored, 7, 60);
	read_again(stored);
	memcard.room = 4;
	assert_int_equal(p15_delete_object(&p15, p15.objects[stored - 1]), CARDOS_OK);
	memcard.room = 4; /* now the value has no room */
	assert_int_equal(store(1, 8, "x", &number), CARDOS_E_FULL);
	read_again(stored - 1);
}

static void an_unchanged_name_writes_nothing(void **state)
{
	static struct memcard before;
	char long_label[CARDOS_LABEL_MAX + 2] = "";
	uint32_t number = 0;
	(void)state;
	assert_int_equal(store(1, 8, "old", &number), CARDOS_OK);
	before = memcard;
	assert_int_equal(p15_change_object(&p15, p15_find(&p15, number),
				 &(struct cardos_change){ .label = "old" }),
		CARDOS_OK);
	assert_memory_equal(before.files, memcard.files, sizeof(before.files));
	memset(long_label, 'x', CARDOS_LABEL_MAX + 1);
	assert_int_equal(p15_change_object(&p15, p15_find(&p15, number),
				 &(struct cardos_change){ .label = long_label }),
		CARDOS_E_ARGUMENT);
	assert_int_equal(p15_change_object(&p15, p15_find(&p15, number),
				 &(struct cardos_change){ .label = "new" }),
		CARDOS_OK);
	assert_string_equal(p15_find(&p15, number)->entry.object.label, "new");
	read_again(1);
	assert_string_equal(p15.objects[0]->entry.object.label, "new");
}

static void a_change_always_moves_the_mark(void **state)
{
	char before[P15_TIME_LEN + 1];
	(void)state;
	for (int i = 0; i < 3; i++) {
		memcpy(before, p15.token.last_update, sizeof(before));
		assert_int_equal(p15_touch(&p15), CARDOS_OK);
		assert_true(strcmp(before, p15.token.last_update) < 0);
		const struct memcard_file *token = memcard_file(&memcard, 0x5015, 0x5032);
		assert_non_null(
			memmem(token->bytes, token->size, p15.token.last_update, P15_TIME_LEN));
	}
}

static void what_cannot_be_stored_is_refused_before_a_write(void **state)
{
	static const uint8_t no_key[] = { 0x30, 0x03, 0x04, 0x01, 0x00 };
	const struct cardos_store rows[] = {
		{ .class = CARDOS_DATA, .value = no_key, .value_len = 0 },
		{ .class = CARDOS_DATA, .value = no_key, .value_len = 5, .id_len = 256 },
		{ .class = CARDOS_PUBLIC_KEY, .value = no_key, .value_len = 5 },
		{ .class = CARDOS_PRIVATE_KEY, .value = no_key, .value_len = 5 },
	};
	static const enum cardos_err errs[] = { CARDOS_E_ARGUMENT, CARDOS_E_ARGUMENT,
		CARDOS_E_NOT_SUPPORTED, CARDOS_E_NOT_SUPPORTED };
	size_t count = memcard.count;
	uint32_t number = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(p15_store_object(&p15, &rows[i], &number), errs[i]);
	assert_int_equal(memcard.count, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_card_has_its_files, start, stop),
		cmocka_unit_test_setup_teardown(a_deleted_object_leaves_no_file, start, stop),
		cmocka_unit_test_setup_teardown(
			a_full_directory_grows_and_keeps_its_entries, start, stop),
		cmocka_unit_test_setup_teardown(an_unchanged_name_writes_nothing, start, stop),
		cmocka_unit_test_setup_teardown(a_change_always_moves_the_mark, start, stop),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_stored_is_refused_before_a_write, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
