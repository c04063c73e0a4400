/* SPDX-License-Identifier: Apache-2.0 */
/* What a directory is as an identity: absent, open to others, changed meanwhile, hostile. */
#include "soft_store.h"

#include "scope.h"
#include "soft_unit.h"

static void store_p(struct soft_store **store)
{
	*store = soft_store_free(*store);
}

static CK_RV open_path(const char *path, const char *name)
{
	CLEANUP(store_p) struct soft_store *store = NULL;
	CK_RV rv = soft_store_open(path, name, &store);

	assert_int_equal(store != NULL, rv == CKR_OK);
	return rv;
}

static void what_is_no_identity_is_absent(void **state)
{
	static char path[SOFT_PATH_MAX + 10], name[TOKEN_PLACE_NAME_MAX + 1];
	const struct soft_tmp *tmp = *state;

	assert_int_equal(open_path(tmp->path, "A1"), CKR_TOKEN_NOT_PRESENT); /* empty */
	unit_put(tmp, "file", "x", 1);
	snprintf(path, sizeof(path), "%s/file", tmp->path);
	assert_int_equal(open_path(path, "A1"), CKR_TOKEN_NOT_PRESENT);
	snprintf(path, sizeof(path), "%s/none", tmp->path);
	assert_int_equal(open_path(path, "A1"), CKR_TOKEN_NOT_PRESENT);
	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(symlinkat(tmp->path, tmp->fd, "none"), 0);
	assert_int_equal(open_path(path, "A1"), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(open_path(tmp->path, "A1"), CKR_OK);
	memset(name, 'x', TOKEN_PLACE_NAME_MAX);
	assert_int_equal(open_path(tmp->path, name), CKR_TOKEN_NOT_PRESENT);
	memset(path, 'x', sizeof(path) - 1);
	assert_int_equal(open_path(path, "A1"), CKR_TOKEN_NOT_PRESENT);
}

static CK_RV open_it(const struct soft_tmp *tmp)
{
	return open_path(tmp->path, "A1");
}

static void what_may_not_be_read_is_absent_or_unreadable(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(chmod(tmp->path, 0000), 0);
	assert_int_equal(unit_without_rights(tmp, open_it), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(chmod(tmp->path, 0755), 0);
	assert_int_equal(fchmodat(tmp->fd, "a.pfx", 0000, 0), 0);
	assert_int_equal(unit_without_rights(tmp, open_it), CKR_OK); /* there, and says nothing */
	assert_int_equal(chmod(tmp->path, 0700), 0);
}

static void shapes_follow_the_files(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put(tmp, SOFT_CONF_NAME, "", 0);
	store = unit_store_open(tmp, NULL);
	assert_true(store->shape.present && !store->shape.initialised && !store->shape.has_pin);
	unit_put(tmp, "a.pfx", "damaged", 7);
	assert_int_equal(soft_store_refresh(store), CKR_OK);
	assert_true(store->shape.initialised && !store->shape.has_pin);
	unit_put_pfx(tmp, "b.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_store_refresh(store), CKR_OK);
	assert_true(store->shape.has_pin && !store->shape.has_so);
	assert_int_equal(store->shape.level, SOFT_LEVEL_ONCE);
}

/* Names that others use, and things that are no files: passed over or unreadable, never opened. */
static void what_is_no_pfx_file_harms_nothing(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	int fd;

	unit_put_pfx(tmp, "good.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, ".hidden.pfx", 1, 2, UNIT_PIN);
	unit_put_pfx(tmp, "copy.pfx~", 2, 3, UNIT_PIN);
	assert_int_equal(symlinkat("good.pfx", tmp->fd, "a_link.pfx"), 0);
	assert_int_equal(mkfifoat(tmp->fd, "b_fifo.pfx", 0600), 0);
	assert_int_equal(mkdirat(tmp->fd, "c_folder.pfx", 0700), 0);
	fd = openat(tmp->fd, "d_huge.pfx", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, SOFT_FILE_MAX + 1), 0);
	close(fd);
	unit_put(tmp, "e_empty.pfx", "", 0);
	store = unit_store(tmp);
	assert_int_equal(store->count, 6);
	for (size_t i = 0; i < store->count; i++)
		assert_int_equal(store->files[i].readable, i == 5);
	assert_string_equal(store->files[5].name, "good.pfx");
}

static uint32_t key_number(const struct soft_store *store)
{
	const struct soft_pfx *pfx = &store->files[0].pfx;

	for (size_t i = 0; i < pfx->count; i++)
		if (pfx->items[i].kind == SOFT_KEY)
			return pfx->items[i].number;
	return 0;
}

static void numbers_stay_while_files_come_and_go(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	uint32_t number;

	unit_put_pfx(tmp, "m.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	number = key_number(store);
	assert_true(number != 0);
	assert_null(soft_store_find(store, 0, NULL));
	assert_null(soft_store_find(store, 99, NULL));
	unit_put_pfx(tmp, "a.pfx", 1, 2, UNIT_PIN);
	assert_int_equal(soft_store_refresh(store), CKR_OK);
	assert_true(store->changed);
	assert_string_equal(soft_store_find(store, number, NULL)->label, "key 0");
	unit_put_pfx(tmp, "m.pfx", 0, 1, "another"); /* the same items, written in place */
	assert_int_equal(soft_store_refresh(store), CKR_OK);
	assert_string_equal(soft_store_find(store, number, NULL)->label, "key 0");
	assert_int_equal(unlinkat(tmp->fd, "m.pfx", 0), 0);
	assert_int_equal(soft_store_refresh(store), CKR_OK);
	assert_null(soft_store_find(store, number, NULL));
}

static void a_directory_that_moved_is_not_alive(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	struct soft_tmp inside = { .fd = -1 };
	char moved[300];

	snprintf(inside.path, sizeof(inside.path), "%.200s/A1", tmp->path);
	snprintf(moved, sizeof(moved), "%.200s/A2", tmp->path);
	assert_int_equal(mkdir(inside.path, 0700), 0);
	unit_put_pfx(tmp, "A1/a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(&inside, NULL);
	assert_true(soft_store_alive(store));
	assert_int_equal(rename(inside.path, moved), 0);
	assert_false(soft_store_alive(store));
	assert_int_equal(symlink(moved, inside.path), 0);
	assert_false(soft_store_alive(store));
	assert_int_equal(unlink(inside.path), 0);
	assert_int_equal(rename(moved, inside.path), 0);
	assert_true(soft_store_alive(store));
	soft_tmp_remove(AT_FDCWD, inside.path);
	assert_false(soft_store_alive(store));
	assert_int_equal(soft_store_refresh(store), CKR_DEVICE_REMOVED);
}

/* The password that lies beside is taken only where nobody else may read it, and if it is right. */
static void a_password_beside_is_taken_with_care(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		bool taken;
	} rows[] = { { UNIT_PIN "\n", 0600, true }, { UNIT_PIN, 0400, true },
		{ UNIT_PIN "\nmore", 0600, true }, { UNIT_PIN "\n", 0640, false },
		{ UNIT_PIN "\n", 0604, false }, { "soft-1235\n", 0600, false }, { "", 0600, false },
		{ "\n", 0600, false } };
	const struct soft_tmp *tmp = *state;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put(tmp, SOFT_CONF_NAME, "level=3\n", 8);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(store_p) struct soft_store *store = NULL;

		unit_put(tmp, SOFT_PASSWORD_FILE, rows[i].text, strlen(rows[i].text));
		assert_int_equal(fchmodat(tmp->fd, SOFT_PASSWORD_FILE, rows[i].mode, 0), 0);
		store = unit_store_open(tmp, NULL);
		assert_int_equal(store->pin != NULL, rows[i].taken);
		assert_int_equal(
			store->shape.level, rows[i].taken ? SOFT_LEVEL_NEVER : SOFT_LEVEL_ONCE);
		assert_int_equal(fchmodat(tmp->fd, SOFT_PASSWORD_FILE, 0600, 0), 0);
	}
}

static void a_password_beside_that_is_a_link_is_not_taken(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put(tmp, SOFT_CONF_NAME, "level=3\n", 8);
	unit_put(tmp, "there", UNIT_PIN, strlen(UNIT_PIN));
	assert_int_equal(symlinkat("there", tmp->fd, SOFT_PASSWORD_FILE), 0);
	store = unit_store_open(tmp, NULL);
	assert_null(store->pin);
}

/* What the process chose once stays, whatever is stored. */
static void a_level_that_was_kept_counts(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put(tmp, SOFT_CONF_NAME, "level=3\n", 8);
	unit_put(tmp, SOFT_PASSWORD_FILE, UNIT_PIN, strlen(UNIT_PIN));
	store = unit_store_open(tmp, NULL);
	assert_non_null(store->pin);
	assert_int_equal(soft_store_keep_level(store, SOFT_LEVEL_ALWAYS), CKR_OK);
	assert_null(store->pin);
	assert_int_equal(store->shape.level, SOFT_LEVEL_ALWAYS);
	assert_int_equal(soft_store_reload(store), CKR_OK);
	assert_int_equal(store->shape.level, SOFT_LEVEL_ALWAYS);
	assert_int_equal(store->conf.level, SOFT_LEVEL_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(what_is_no_identity_is_absent),
		UNIT_TEST(what_may_not_be_read_is_absent_or_unreadable),
		UNIT_TEST(shapes_follow_the_files),
		UNIT_TEST(what_is_no_pfx_file_harms_nothing),
		UNIT_TEST(numbers_stay_while_files_come_and_go),
		UNIT_TEST(a_directory_that_moved_is_not_alive),
		UNIT_TEST(a_password_beside_is_taken_with_care),
		UNIT_TEST(a_password_beside_that_is_a_link_is_not_taken),
		UNIT_TEST(a_level_that_was_kept_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
