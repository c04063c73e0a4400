/* SPDX-License-Identifier: Apache-2.0 */
/* Changes in directories are noticed, by the system's notices and without them. */
#include "soft_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "soft_tmp.h"

static void put(const struct soft_tmp *tmp, const char *name, int flags)
{
	int fd = openat(tmp->fd, name, O_WRONLY | O_CREAT | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

/* Notices are there as soon as the call that made them returns. */
static void assert_noticed(struct soft_watch *watch)
{
	assert_true(soft_watch_changed(watch, 0));
}

static void every_kind_of_change_is_noticed(void **state)
{
	const struct soft_tmp *tmp = *state;
	struct soft_watch watch = SOFT_WATCH_NONE;

	soft_watch_open(&watch);
	assert_true(watch.fd >= 0);
	soft_watch_add(&watch, tmp->path);
	assert_true(soft_watch_changed(&watch, 0));
	put(tmp, "a", 0);
	assert_noticed(&watch);
	put(tmp, "a", O_APPEND);
	assert_noticed(&watch);
	assert_int_equal(fchmodat(tmp->fd, "a", 0400, 0), 0);
	assert_noticed(&watch);
	assert_int_equal(renameat(tmp->fd, "a", tmp->fd, "b"), 0);
	assert_noticed(&watch);
	assert_int_equal(unlinkat(tmp->fd, "b", 0), 0);
	assert_noticed(&watch);
	soft_watch_close(&watch);
	assert_int_equal(watch.fd, -1);
}

/* Without a change only the look once a second says yes. */
static void nothing_happens_by_itself(void **state)
{
	const struct soft_tmp *tmp = *state;
	struct soft_watch watch = SOFT_WATCH_NONE;
	uint64_t looked;

	soft_watch_open(&watch);
	soft_watch_add(&watch, tmp->path);
	assert_true(soft_watch_changed(&watch, 0));
	looked = watch.looked_ms;
	while (!soft_watch_changed(&watch, 1))
		continue;
	assert_true(watch.looked_ms - looked >= 1000);
	soft_watch_close(&watch);
}

static void without_notices_there_is_a_look_once_a_second(void **state)
{
	struct soft_watch watch = SOFT_WATCH_NONE;
	uint64_t looked;

	(void)state;
	soft_watch_add(&watch, "/nonexistent");
	assert_true(soft_watch_changed(&watch, 0));
	looked = watch.looked_ms;
	while (!soft_watch_changed(&watch, 100))
		continue;
	assert_true(watch.looked_ms - looked >= 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, soft_tmp_setup, soft_tmp_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_of_change_is_noticed),
		TEST(nothing_happens_by_itself),
		TEST(without_notices_there_is_a_look_once_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
