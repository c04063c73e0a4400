/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an identity are written whole or stay as they were, in memory too. */
#include "soft_store.h"

#include "scope.h"
#include "soft_slow.h"
#include "soft_unit.h"

static void store_p(struct soft_store **store)
{
	*store = soft_store_free(*store);
}

/* One key in a file of its own. */
static CK_RV add(struct soft_store *store, unsigned number)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_store_edit(store, &write);
	struct soft_file *file = rv == CKR_OK ? soft_store_add_file(store) : NULL;

	if (rv != CKR_OK)
		return rv;
	assert_non_null(file);
	(void)unit_add_key(&file->pfx, number, (uint8_t)(number + 1));
	return soft_store_save(store, &write, file);
}

static CK_RV label(struct soft_store *store, size_t file, const char *text)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_store_edit(store, &write);

	if (rv == CKR_OK)
		rv = soft_store_open_file(store, &store->files[file]);
	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < store->files[file].pfx.count; i++)
		snprintf(store->files[file].pfx.items[i].label, TOKEN_LABEL_MAX, "%s", text);
	return soft_store_save(store, &write, &store->files[file]);
}

static CK_RV empty(struct soft_store *store, size_t file)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_store_edit(store, &write);

	if (rv != CKR_OK)
		return rv;
	while (store->files[file].pfx.count)
		soft_pfx_remove(&store->files[file].pfx, 0);
	return soft_store_save(store, &write, &store->files[file]);
}

static void writing_needs_the_password(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	assert_int_equal(add(store, 1), CKR_USER_NOT_LOGGED_IN);
	assert_false(unit_exists(tmp, SOFT_LOCK));
}

static void names_follow_the_directorys(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "A123456789-3.pfx", 0, 1, UNIT_PIN); /* the person's choice */
	store = unit_store(tmp);
	assert_int_equal(add(store, 1), CKR_OK);
	assert_true(unit_exists(tmp, "A123456789.pfx"));
	assert_int_equal(add(store, 2), CKR_OK);
	assert_true(unit_exists(tmp, "A123456789-4.pfx"));
	assert_int_equal(store->count, 3);
	assert_string_equal(store->files[0].name, "A123456789-3.pfx");
	assert_string_equal(store->files[2].name, "A123456789.pfx");
}

/* Who opens the directory anew sees what was written, under the same password. */
static void what_is_saved_is_there_for_others(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	CLEANUP(store_p) struct soft_store *other = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store(tmp);
	assert_int_equal(label(store, 0, "renamed"), CKR_OK);
	assert_true(store->files[0].opened);
	other = unit_store(tmp);
	assert_string_equal(other->files[0].pfx.items[0].label, "renamed");
	assert_int_equal(soft_store_open_file(other, &other->files[0]), CKR_OK);
}

static void numbers_stay_through_a_write(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	uint32_t number;

	unit_put_pfx(tmp, "m.pfx", 0, 1, UNIT_PIN);
	store = unit_store(tmp);
	number = store->files[0].pfx.items[0].number;
	assert_int_equal(add(store, 1), CKR_OK); /* comes first by name */
	assert_int_equal(label(store, 1, "x"), CKR_OK);
	assert_int_equal(soft_store_find(store, number, NULL)->number, number);
	assert_string_equal(soft_store_find(store, number, NULL)->label, "x");
}

static void a_file_without_items_goes(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, UNIT_PIN);
	store = unit_store(tmp);
	assert_int_equal(empty(store, 1), CKR_OK);
	assert_false(unit_exists(tmp, "b.pfx"));
	assert_int_equal(store->count, 1);
}

static void on_a_full_disk_memory_is_as_the_disk(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	CLEANUP(blob_clear) struct blob before = { 0 };
	CK_RV rv[2];

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_dir_read(tmp->fd, "a.pfx", &before, NULL), CKR_OK);
	store = unit_store(tmp);
	unit_limit(100);
	rv[0] = label(store, 0, "lost");
	rv[1] = add(store, 1);
	unit_limit(0);
	assert_int_equal(rv[0], CKR_DEVICE_ERROR);
	assert_int_equal(rv[1], CKR_DEVICE_ERROR);
	assert_true(unit_holds(tmp, "a.pfx", before.bytes, before.len));
	assert_int_equal(store->count, 1);
	assert_string_equal(store->files[0].pfx.items[0].label, "key 0");
	assert_false(unit_exists(tmp, SOFT_STAGE) || unit_exists(tmp, SOFT_COMMIT));
	assert_true(store->files[0].opened); /* its key is still at hand */
	assert_int_equal(label(store, 0, "kept"), CKR_OK);
}

/* Put off is not yet done: the disk and memory are as before, the key open; then it is done. */
static void a_write_that_is_put_off_happens_later(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	CLEANUP(blob_clear) struct blob before = { 0 };
	struct soft_slow *slow = soft_slow_new(unit_crypto);

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_dir_read(tmp->fd, "a.pfx", &before, NULL), CKR_OK);
	store = unit_store(tmp);
	store->slow = slow;
	for (int rounds = 0; rounds < 2; rounds++) { /* opened, then written */
		assert_int_equal(label(store, 0, "later"), TOKEN_LATER);
		assert_true(unit_holds(tmp, "a.pfx", before.bytes, before.len));
		assert_string_equal(store->files[0].pfx.items[0].label, "key 0");
		assert_int_equal(store->files[0].opened, rounds == 1);
		assert_ptr_equal(store->slow, slow);
		soft_slow_compute(slow);
	}
	assert_int_equal(label(store, 0, "later"), CKR_OK);
	assert_null(store->slow); /* what follows in this call is done at once */
	assert_string_equal(store->files[0].pfx.items[0].label, "later");
	store->slow = slow;
	assert_int_equal(add(store, 1), TOKEN_LATER);
	assert_int_equal(store->count, 1);
	assert_false(unit_exists(tmp, "A123456789.pfx"));
	soft_slow_compute(slow);
	assert_int_equal(add(store, 1), CKR_OK);
	assert_int_equal(store->count, 2);
	(void)soft_slow_free(slow);
}

/* A key that is not open cannot be written: the file stays. */
static void what_is_not_open_is_not_written(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(blob_clear) struct blob before = { 0 };

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_dir_read(tmp->fd, "a.pfx", &before, NULL), CKR_OK);
	store = unit_store(tmp);
	assert_int_equal(soft_store_edit(store, &write), CKR_OK);
	assert_int_not_equal(soft_store_save(store, &write, &store->files[0]), CKR_OK);
	assert_true(unit_holds(tmp, "a.pfx", before.bytes, before.len));
}

/* Another program changed the password between login and write. */
static void a_password_of_yesterday_writes_nothing(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store(tmp);
	unit_put_pfx(tmp, "a.pfx", 0, 1, "another");
	assert_int_equal(label(store, 0, "lost"), CKR_USER_NOT_LOGGED_IN);
	assert_null(store->pin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(writing_needs_the_password),
		UNIT_TEST(names_follow_the_directorys),
		UNIT_TEST(what_is_saved_is_there_for_others),
		UNIT_TEST(numbers_stay_through_a_write),
		UNIT_TEST(a_file_without_items_goes),
		UNIT_TEST(on_a_full_disk_memory_is_as_the_disk),
		UNIT_TEST(a_write_that_is_put_off_happens_later),
		UNIT_TEST(what_is_not_open_is_not_written),
		UNIT_TEST(a_password_of_yesterday_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
