/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of changes where the disk is full, rights are missing, another writer does not end, or
 * somebody put something into the writer's way. kill -9 at every system call: test_soft_dir.c. */
#include "soft_dir.h"

#include <sys/file.h>
#include <time.h>

#include "scope.h"
#include "soft_unit.h"

#define LIMIT 4096

/* Ten seconds of waiting pass at once. */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

static unsigned pauses;

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time, (void)left;
	pauses++;
	return 0;
}

static CK_RV stage(struct soft_write *write, const char *name, size_t len)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	uint8_t *place = blob_extend(&bytes, len);

	assert_non_null(place);
	memset(place, 'n', len);
	return soft_write_stage(write, name, &bytes);
}

static CK_RV change(const struct soft_tmp *tmp, const char *name, size_t len)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_write_begin(tmp->fd, &write);

	if (rv == CKR_OK)
		rv = stage(&write, name, len);
	return rv == CKR_OK ? soft_write_commit(&write) : rv;
}

static void nothing_staged_is_nothing_done(void **state)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	const struct soft_tmp *tmp = *state;

	assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
	assert_int_equal(soft_write_commit(&write), CKR_OK);
	assert_false(unit_exists(tmp, SOFT_STAGE) || unit_exists(tmp, SOFT_COMMIT));
}

static void sizes_have_limits(void **state)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	const struct soft_tmp *tmp = *state;

	assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
	assert_int_equal(stage(&write, "none", 0), CKR_DEVICE_MEMORY); /* it would be a removal */
	assert_int_equal(stage(&write, "much", SOFT_FILE_MAX + 1), CKR_DEVICE_MEMORY);
	assert_int_equal(stage(&write, "most", SOFT_FILE_MAX), CKR_OK);
}

static void what_is_not_there_can_be_removed(void **state)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	const struct soft_tmp *tmp = *state;

	unit_put(tmp, "a", "old", 3);
	assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
	assert_int_equal(soft_write_stage(&write, "a", NULL), CKR_OK);
	assert_int_equal(soft_write_stage(&write, "never", NULL), CKR_OK);
	assert_int_equal(soft_write_commit(&write), CKR_OK);
	assert_false(unit_exists(tmp, "a") || unit_exists(tmp, "never"));
	assert_false(soft_dir_unfinished(tmp->fd));
}

/* The second file of the set does not fit: the first one does not happen either. */
static void a_full_disk_leaves_all_as_it_was(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put(tmp, "a", "old", 3);
	{
		CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

		assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
		unit_limit(LIMIT);
		assert_int_equal(stage(&write, "a", LIMIT), CKR_OK);
		assert_int_equal(stage(&write, "b", LIMIT + 1), CKR_DEVICE_ERROR);
		unit_limit(0);
	}
	assert_true(unit_holds(tmp, "a", "old", 3));
	assert_false(unit_exists(tmp, "b") || unit_exists(tmp, SOFT_STAGE));
	assert_int_equal(change(tmp, "a", LIMIT + 1), CKR_OK);
}

static CK_RV change_one(const struct soft_tmp *tmp)
{
	return change(tmp, "a", 3);
}

static void without_rights_nothing_is_written(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put(tmp, "a", "old", 3);
	assert_int_equal(change(tmp, "b", 3), CKR_OK); /* the lock is there */
	assert_int_equal(chmod(tmp->path, 0555), 0);
	assert_int_equal(unit_without_rights(tmp, change_one), CKR_TOKEN_WRITE_PROTECTED);
	assert_int_equal(chmod(tmp->path, 0777), 0);
	assert_int_equal(
		fchmodat(tmp->fd, SOFT_LOCK, 0444, 0), 0); /* ours, but not to be written */
	assert_int_equal(unit_without_rights(tmp, change_one), CKR_TOKEN_WRITE_PROTECTED);
	assert_int_equal(chmod(tmp->path, 0700), 0);
	assert_true(unit_holds(tmp, "a", "old", 3));
}

static void a_writer_that_does_not_end_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;
	int other = openat(tmp->fd, SOFT_LOCK, O_RDWR | O_CREAT, 0600);

	assert_int_equal(flock(other, LOCK_EX), 0);
	pauses = 0;
	assert_int_equal(change_one(tmp), CKR_FUNCTION_FAILED);
	assert_int_equal(pauses, 1000);
	close(other);
	assert_int_equal(change_one(tmp), CKR_OK);
}

static void a_lock_that_is_none_is_refused(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put(tmp, "elsewhere", "x", 1);
	assert_int_equal(symlinkat("elsewhere", tmp->fd, SOFT_LOCK), 0);
	assert_int_equal(change_one(tmp), CKR_DEVICE_ERROR);
	assert_int_equal(unlinkat(tmp->fd, SOFT_LOCK, 0), 0);
	assert_int_equal(mkfifoat(tmp->fd, SOFT_LOCK, 0600), 0);
	assert_int_equal(change_one(tmp), CKR_DEVICE_ERROR);
	assert_int_equal(unlinkat(tmp->fd, SOFT_LOCK, 0), 0);
	assert_int_equal(mkdirat(tmp->fd, SOFT_LOCK, 0700), 0);
	assert_int_equal(change_one(tmp), CKR_DEVICE_ERROR);
	assert_true(unit_holds(tmp, "elsewhere", "x", 1));
}

/* A set that somebody else's hand made: links and folders in it go nowhere. */
static void a_forged_set_is_not_followed(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put(tmp, "target", "x", 1);
	unit_put(tmp, "a", "old", 3);
	assert_int_equal(mkdirat(tmp->fd, SOFT_COMMIT, 0700), 0);
	assert_int_equal(symlinkat("../target", tmp->fd, SOFT_COMMIT "/a"), 0);
	assert_true(soft_dir_unfinished(tmp->fd));
	assert_int_equal(change(tmp, "b", 3), CKR_OK);
	assert_true(unit_holds(tmp, "a", "old", 3));
	assert_true(unit_holds(tmp, "target", "x", 1));
	assert_false(soft_dir_unfinished(tmp->fd));
	assert_int_equal(mkdirat(tmp->fd, SOFT_COMMIT, 0700), 0);
	assert_int_equal(mkdirat(tmp->fd, SOFT_COMMIT "/a", 0700), 0);
	assert_int_not_equal(change(tmp, "b", 3), CKR_OK);
	assert_true(unit_holds(tmp, "a", "old", 3));
}

static void a_set_that_is_a_link_or_a_file_is_refused(void **state)
{
	const struct soft_tmp *tmp = *state;

	assert_int_equal(mkdirat(tmp->fd, "elsewhere", 0700), 0);
	unit_put(tmp, "elsewhere/a", "new", 3);
	assert_int_equal(symlinkat("elsewhere", tmp->fd, SOFT_COMMIT), 0);
	assert_int_equal(change_one(tmp), CKR_DEVICE_ERROR);
	assert_false(unit_exists(tmp, "a"));
	assert_true(unit_holds(tmp, "elsewhere/a", "new", 3));
	assert_int_equal(unlinkat(tmp->fd, SOFT_COMMIT, 0), 0);
	unit_put(tmp, SOFT_COMMIT, "x", 1);
	assert_int_equal(change_one(tmp), CKR_DEVICE_ERROR);
}

/* What a writer that was killed had staged is nobody's. */
static void an_old_stage_is_thrown_away(void **state)
{
	const struct soft_tmp *tmp = *state;

	assert_int_equal(mkdirat(tmp->fd, SOFT_STAGE, 0700), 0);
	unit_put(tmp, SOFT_STAGE "/a", "half", 4);
	assert_int_equal(change(tmp, "b", 3), CKR_OK);
	assert_false(unit_exists(tmp, "a") || unit_exists(tmp, SOFT_STAGE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(nothing_staged_is_nothing_done),
		UNIT_TEST(sizes_have_limits),
		UNIT_TEST(what_is_not_there_can_be_removed),
		UNIT_TEST(a_full_disk_leaves_all_as_it_was),
		UNIT_TEST(without_rights_nothing_is_written),
		UNIT_TEST(a_writer_that_does_not_end_is_told),
		UNIT_TEST(a_lock_that_is_none_is_refused),
		UNIT_TEST(a_forged_set_is_not_followed),
		UNIT_TEST(a_set_that_is_a_link_or_a_file_is_refused),
		UNIT_TEST(an_old_stage_is_thrown_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
