/* SPDX-License-Identifier: Apache-2.0 */
/* C_WaitForSlotEvent() over software identities: directories and files that come, go, are
 * replaced and written in place, on a real file system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "pkcs11/ck.h"
#include "pkcs11/soft_dir.h"
#include "pkcs11/token_soft.h"
#include "soft_tmp.h"

#define IDENTITIES 2
#define EVENTS 1000
#define PATIENCE_S 60

const struct token_source_ops *const token_sources[] = { &token_soft_source, NULL };

static CK_FUNCTION_LIST *p11;
static pthread_t thread;
static atomic_ulong told[IDENTITIES + 1];
static CK_RV thread_end;

static int setup(void **state)
{
	struct soft_tmp *tmp;

	if (soft_tmp_setup(state) != 0)
		return -1;
	tmp = *state;
	setenv("XDG_DATA_HOME", tmp->path, 1);
	if (mkdirat(tmp->fd, "twca", 0700) != 0 || mkdirat(tmp->fd, "twca/a", 0700) != 0 ||
		mkdirat(tmp->fd, "twca/b", 0700) != 0)
		return -1;
	return C_GetFunctionList(&p11) == CKR_OK ? 0 : -1;
}

static int teardown(void **state)
{
	p11->C_Finalize(NULL);
	return soft_tmp_teardown(state);
}

static void put(const struct soft_tmp *tmp, const char *name, int flags, const char *text)
{
	int fd = openat(tmp->fd, name, O_WRONLY | O_CREAT | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* A complete file takes the place, in one moment. */
static void replace(const struct soft_tmp *tmp, const char *name, const char *text)
{
	put(tmp, "new", O_TRUNC, text);
	assert_int_equal(renameat(tmp->fd, "new", tmp->fd, name), 0);
}

/* The clock of the file system ticks a few hundred times a second: a change in the tick of the one
 * before it could not be told apart. */
static void wait_for_a_tick(const struct soft_tmp *tmp, const struct stat *last)
{
	struct stat now;

	do {
		put(tmp, "clock", O_TRUNC, "tick");
		assert_int_equal(fstatat(tmp->fd, "clock", &now, 0), 0);
	} while (now.st_ctim.tv_sec == last->st_ctim.tv_sec &&
		 now.st_ctim.tv_nsec == last->st_ctim.tv_nsec);
}

static void assert_event(CK_SLOT_ID expected)
{
	CK_SLOT_ID id = 99;

	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
	assert_int_equal(id, expected);
}

static void assert_no_event(void)
{
	CK_SLOT_ID id = 99;

	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
}

static void files_that_come_and_go_are_events(void **state)
{
	const struct soft_tmp *tmp = *state;
	CK_SLOT_INFO info;

	replace(tmp, "twca/a/a.pfx", "one");
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_no_event();
	replace(tmp, "twca/b/b.pfx", "one");
	assert_event(1);
	assert_no_event();
	assert_int_equal(unlinkat(tmp->fd, "twca/a/a.pfx", 0), 0);
	assert_event(0);
	assert_no_event();
	assert_int_equal(p11->C_GetSlotInfo(0, &info), CKR_OK);
	assert_int_equal(info.flags & CKF_TOKEN_PRESENT, 0);
	replace(tmp, "twca/a/a.pfx", "one");
	assert_event(0);
	assert_no_event();
	assert_int_equal(p11->C_GetSlotInfo(0, &info), CKR_OK);
	assert_int_equal(info.flags & CKF_TOKEN_PRESENT, CKF_TOKEN_PRESENT);
}

static void other_contents_in_the_same_place_are_events(void **state)
{
	const struct soft_tmp *tmp = *state;
	struct timespec times[2];
	struct stat stat;

	replace(tmp, "twca/a/a.pfx", "one");
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	replace(tmp, "twca/a/a.pfx", "two");
	assert_event(0);
	assert_int_equal(fstatat(tmp->fd, "twca/a/a.pfx", &stat, 0), 0);
	wait_for_a_tick(tmp, &stat);
	/* written in place, and dated back as if nothing had happened */
	put(tmp, "twca/a/a.pfx", O_TRUNC, "six");
	times[0] = stat.st_atim;
	times[1] = stat.st_mtim;
	assert_int_equal(utimensat(tmp->fd, "twca/a/a.pfx", times, 0), 0);
	assert_event(0);
	assert_no_event();
	/* a second file, and one that is none of ours */
	replace(tmp, "twca/a/a-2.pfx", "two");
	assert_event(0);
	replace(tmp, "twca/a/readme.txt", "two");
	assert_no_event();
}

static void an_identity_is_no_slot_before_it_has_files(void **state)
{
	const struct soft_tmp *tmp = *state;
	CK_ULONG count = 99;

	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(mkdirat(tmp->fd, "twca/c", 0700), 0);
	assert_no_event();
	replace(tmp, "twca/c/c.pfx", "one");
	assert_event(0);
	assert_no_event();
	assert_int_equal(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
	assert_int_equal(count, 1);
	/* the directory goes as a whole */
	assert_int_equal(renameat(tmp->fd, "twca/c", tmp->fd, "elsewhere"), 0);
	assert_event(0);
	assert_no_event();
}

static void a_set_of_changes_is_told_when_it_is_in_place(void **state)
{
	const struct soft_tmp *tmp = *state;

	replace(tmp, "twca/a/a.pfx", "one");
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(mkdirat(tmp->fd, "twca/a/" SOFT_COMMIT, 0700), 0);
	replace(tmp, "twca/a/a.pfx", "two");
	assert_no_event();
	replace(tmp, "twca/a/a-2.pfx", "two");
	assert_no_event();
	assert_int_equal(unlinkat(tmp->fd, "twca/a/" SOFT_COMMIT, AT_REMOVEDIR), 0);
	assert_event(0);
	assert_no_event();
}

static void *wait_on(void *arg)
{
	CK_SLOT_ID id = 99;

	(void)arg;
	while ((thread_end = p11->C_WaitForSlotEvent(0, &id, NULL)) == CKR_OK) {
		atomic_fetch_add(&told[id < IDENTITIES ? id : IDENTITIES], 1);
		id = 99;
	}
	return NULL;
}

static void assert_told(size_t slot, unsigned long expected)
{
	const struct timespec pause = { 0, 100000 };

	for (int i = 0; atomic_load(&told[slot]) < expected && i < PATIENCE_S * 10000; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(atomic_load(&told[slot]), expected);
}

/* Empty files, which are as good: a file system syncs a full one that takes another's place, and a
 * thousand of those last. Writing in place is not among them: it may be several changes. */
static void change(const struct soft_tmp *tmp, size_t slot, size_t turn)
{
	static const char *const names[IDENTITIES] = { "twca/a/a.pfx", "twca/b/b.pfx" };
	static const char *const asides[IDENTITIES] = { "aside-a", "aside-b" };

	switch (turn % 4) {
	case 0:
		replace(tmp, names[slot], "");
		break;
	case 1:
		replace(tmp, names[slot], "");
		break;
	case 2:
		assert_int_equal(renameat(tmp->fd, names[slot], tmp->fd, asides[slot]), 0);
		break;
	default:
		assert_int_equal(renameat(tmp->fd, asides[slot], tmp->fd, names[slot]), 0);
		break;
	}
}

static void none_of_a_thousand_is_lost_or_doubled(void **state)
{
	const struct soft_tmp *tmp = *state;
	unsigned long expected[IDENTITIES] = { 0 };

	memset(told, 0, sizeof(told));
	replace(tmp, "twca/a/a.pfx", "begin");
	replace(tmp, "twca/b/b.pfx", "begin");
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(pthread_create(&thread, NULL, wait_on, NULL), 0);
	for (size_t i = 0; i < EVENTS; i++) {
		size_t slot = i % IDENTITIES;

		change(tmp, slot, i / IDENTITIES);
		assert_told(slot, ++expected[slot]);
	}
	assert_no_event();
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	pthread_join(thread, NULL);
	assert_int_equal(thread_end, CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(atomic_load(&told[IDENTITIES]), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_that_come_and_go_are_events),
		TEST(other_contents_in_the_same_place_are_events),
		TEST(an_identity_is_no_slot_before_it_has_files),
		TEST(a_set_of_changes_is_told_when_it_is_in_place),
		TEST(none_of_a_thousand_is_lost_or_doubled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
