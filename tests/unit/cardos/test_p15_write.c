/* SPDX-License-Identifier: Apache-2.0 */
/* Directory files and values on a card in memory: order of the writes, left-overs, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "memcard.h"
#include "p15_read.h"
#include "p15_state.h"
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

static enum cardos_err append(enum p15_df df, const char *label, uint32_t *ret_number)
{
	struct p15_entry entry = { .object = { .class = CARDOS_DATA },
		.path = { { 0x50, 0x15, 0x33, 0x00 }, 4 } };
	struct buf der;
	memcpy(entry.object.label, label, strlen(label) + 1);
	buf_init(&der, 256);
	assert_int_equal(p15_entry_encode(P15_DODF, &entry, &der), CARDOS_OK);
	enum cardos_err err = p15_append(&p15, df, &der, ret_number);
	buf_done(&der);
	return err;
}

/* What an interrupted write left under the id is cleared first. */
static void a_left_over_is_cleared_before_the_new_file(void **state)
{
	static const uint8_t old[] = "left over", new[] = "new";
	struct cos_path path;
	bool exists = false;
	(void)state;
	assert_int_equal(p15_prepare(&p15), CARDOS_OK);
	for (int i = 0; i < 2; i++) { /* no entry names the first: its id is taken again */
		const uint8_t *bytes = i ? new : old;
		size_t len = i ? sizeof(new) : sizeof(old);
		assert_int_equal(
			p15_store_value(&p15, P15_STORE_DATA, bytes, len, &path), CARDOS_OK);
		assert_int_equal(cos_path_fid(&path), 0x3300);
		assert_int_equal(memcard_file(&memcard, 0x5015, 0x3300)->size, len);
		assert_memory_equal(memcard_file(&memcard, 0x5015, 0x3300)->bytes, bytes, len);
	}
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x3300)->ac[0], 0);
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x3300)->ac[1], P15_USER_REFERENCE);
	assert_int_equal(p15_clear_child(&p15, 0x3300), CARDOS_OK);
	assert_int_equal(p15_child_exists(&p15, 0x3300, &exists), CARDOS_OK);
	assert_false(exists);
	assert_int_equal(p15_clear_child(&p15, 0x3300), CARDOS_OK); /* nothing to do */
	assert_int_equal(
		p15_store_value(&p15, P15_STORE_PRIVATE_DATA, new, sizeof(new), &path), CARDOS_OK);
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x3400)->ac[0], P15_USER_REFERENCE);
	assert_int_equal(p15_store_value(&p15, P15_STORE_DATA, new, 0, &path), CARDOS_E_LENGTH);
	assert_int_equal(p15_store_value(&p15, P15_STORE_DATA, new, COS_FILE_MAX + 1, &path),
		CARDOS_E_LENGTH);
}

/* The first byte comes last: torn one command earlier, the entry is not there. */
static void a_torn_append_leaves_the_older_entries(void **state)
{
	uint32_t number = 0;
	(void)state;
	assert_int_equal(p15_prepare(&p15), CARDOS_OK);
	assert_int_equal(append(P15_DODF, "one", &number), CARDOS_OK);
	size_t used = p15_file_of(&p15, P15_DODF)->used;
	assert_int_equal(append(P15_DODF, "two", &number), CARDOS_OK);
	assert_int_equal(p15_remove(&p15, p15_find(&p15, number)), CARDOS_OK);
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x4405)->bytes[used], 0x00);
	assert_int_equal(memcard_file(&memcard, 0x5015, 0x4405)->bytes[used + 1] == 0x00, false);
	assert_int_equal(p15_file_of(&p15, P15_DODF)->used, used);
	memcard.cut_at = memcard.count + 2; /* the file is selected: tail, first byte */
	assert_int_equal(append(P15_DODF, "three", &number), CARDOS_E_REMOVED);
	(void)memcard_insert(&memcard);
	p15_done(&p15);
	cos_card_forget(device);
	assert_int_equal(p15_read_objects(&p15), CARDOS_OK);
	assert_int_equal(p15.object_count, 1);
	assert_string_equal(p15.objects[0]->entry.object.label, "one");
}

/* The same digits in the label are not the mark. */
static void only_the_mark_is_touched(void **state)
{
	static const char time[] = "20261121084930Z";
	struct memcard_file *file = memcard_file(&memcard, 0x5015, P15_FID_TOKEN);
	struct p15_token token = { .serial = { 1 }, .serial_len = 1 };
	struct buf der;
	(void)state;
	memcpy(token.label, time, sizeof(time));
	memcpy(token.last_update, time, sizeof(time));
	buf_init(&der, 256);
	assert_int_equal(p15_token_encode(&token, &der), CARDOS_OK);
	memcpy(file->bytes, der.bytes, der.len);
	file->size = der.len;
	buf_done(&der);
	p15_done(&p15);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_int_equal(p15_touch(&p15), CARDOS_OK);
	assert_string_not_equal(p15.token.last_update, time);
	p15_done(&p15);
	cos_card_forget(device);
	assert_int_equal(p15_bind(&p15), CARDOS_OK);
	assert_string_equal(p15.token.label, time);
	assert_string_not_equal(p15.token.last_update, time);
}

static void a_directory_that_cannot_grow_is_told(void **state)
{
	uint32_t number = 0;
	(void)state;
	assert_int_equal(p15_prepare(&p15), CARDOS_OK);
	/* no profile for it */
	assert_int_equal(append(P15_CDF_USEFUL, "x", &number), CARDOS_E_FULL);
	assert_int_equal(append(P15_DODF, "one", &number), CARDOS_OK);
	/* a full one becomes a larger one, if there is room for it */
	memcard_file(&memcard, 0x5015, 0x4405)->size = p15_file_of(&p15, P15_DODF)->used + 8;
	p15_file_of(&p15, P15_DODF)->size = p15_file_of(&p15, P15_DODF)->used + 8;
	memcard.room = 10;
	assert_int_equal(append(P15_DODF, "two", &number), CARDOS_E_FULL);
	assert_non_null(memcard_file(&memcard, 0x5015, 0x4405));
	memcard.room = 1000;
	assert_int_equal(append(P15_DODF, "two", &number), CARDOS_OK);
	assert_null(memcard_file(&memcard, 0x5015, 0x4405));
	assert_int_equal(
		p15_file_of(&p15, P15_DODF)->size, memcard_file(&memcard, 0x5015, 0x4415)->size);
	p15_file_of(&p15, P15_DODF)->read = false; /* behind a PIN */
	assert_int_equal(append(P15_DODF, "two", &number), CARDOS_E_AUTH_REQUIRED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_left_over_is_cleared_before_the_new_file, start, stop),
		cmocka_unit_test_setup_teardown(
			a_torn_append_leaves_the_older_entries, start, stop),
		cmocka_unit_test_setup_teardown(only_the_mark_is_touched, start, stop),
		cmocka_unit_test_setup_teardown(a_directory_that_cannot_grow_is_told, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
