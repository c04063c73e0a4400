/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_dir.c and soft_write.c: careful reading, and sets of changes under kill -9. */
#include "soft_dir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "blob.h"
#include "scope.h"
#include "soft_tmp.h"

static void put(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool holds(int dir, const char *name, const char *text)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	return soft_dir_read(dir, name, &bytes, NULL) == CKR_OK &&
	       blob_equal(&bytes, text, strlen(text));
}

static CK_RV stage_text(struct soft_write *write, const char *name, const char *text)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	return blob_set(&bytes, text, strlen(text)) ? soft_write_stage(write, name, &bytes)
						    : CKR_HOST_MEMORY;
}

static void only_regular_files_of_sane_size_are_read(void **state)
{
	struct soft_tmp *tmp = *state;
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	int fd;

	put(tmp->fd, "good", "text");
	assert_int_equal(symlinkat("good", tmp->fd, "link"), 0);
	assert_int_equal(mkfifoat(tmp->fd, "fifo", 0600), 0);
	assert_int_equal(mkdirat(tmp->fd, "folder", 0700), 0);
	fd = openat(tmp->fd, "huge", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, SOFT_FILE_MAX + 1), 0);
	close(fd);
	assert_true(holds(tmp->fd, "good", "text"));
	assert_int_equal(soft_dir_read(tmp->fd, "link", &bytes, NULL), CKR_DATA_INVALID);
	assert_int_equal(soft_dir_read(tmp->fd, "fifo", &bytes, NULL), CKR_DATA_INVALID);
	assert_int_equal(soft_dir_read(tmp->fd, "folder", &bytes, NULL), CKR_DATA_INVALID);
	assert_int_equal(soft_dir_read(tmp->fd, "huge", &bytes, NULL), CKR_DATA_INVALID);
	assert_int_equal(soft_dir_read(tmp->fd, "none", &bytes, NULL), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(symlinkat(tmp->path, tmp->fd, "there"), 0);
	assert_int_equal(soft_dir_open(tmp->fd, "there"), -1);
}

static void lists_are_sorted_and_without_hidden_names(void **state)
{
	struct soft_tmp *tmp = *state;
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };

	put(tmp->fd, "b.pfx", "");
	put(tmp->fd, "a.pfx", "");
	put(tmp->fd, ".c.pfx", "");
	put(tmp->fd, "d.txt", "");
	put(tmp->fd, ".pfx", "");
	assert_int_equal(soft_dir_list(tmp->fd, ".pfx", &names), CKR_OK);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.names[0], "a.pfx");
	assert_string_equal(names.names[1], "b.pfx");
}

static void what_is_not_committed_never_was(void **state)
{
	struct soft_tmp *tmp = *state;

	put(tmp->fd, "a", "old");
	{
		CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

		assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
		assert_int_equal(stage_text(&write, "a", "new"), CKR_OK);
	}
	assert_true(holds(tmp->fd, "a", "old"));
	assert_int_equal(faccessat(tmp->fd, SOFT_STAGE, F_OK, 0), -1);
}

static void files_are_for_the_owner_only(void **state)
{
	struct soft_tmp *tmp = *state;
	struct stat stat;
	mode_t old = umask(0);

	{
		CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

		assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
		assert_int_equal(stage_text(&write, "a", "new"), CKR_OK);
		assert_int_equal(soft_write_commit(&write), CKR_OK);
	}
	umask(old);
	assert_int_equal(fstatat(tmp->fd, "a", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
	assert_int_equal(fstatat(tmp->fd, SOFT_LOCK, &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
}

/* Replaces a, makes b, removes c. */
static void change_three(int dir)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

	if (soft_write_begin(dir, &write) != CKR_OK || stage_text(&write, "a", "new") != CKR_OK ||
		stage_text(&write, "b", "new") != CKR_OK ||
		soft_write_stage(&write, "c", NULL) != CKR_OK ||
		soft_write_commit(&write) != CKR_OK)
		_exit(1);
}

/* Lets a child change until it is about to begin or end its N-th system call, and kills it there.
 * false: it had ended before. */
static bool killed_at(int dir, int stop)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(2);
		raise(SIGSTOP);
		change_three(dir);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status)); /* 2: this system does not let a parent trace */
	for (int i = 0; i < stop; i++) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return true;
}

static void a_set_under_kill_happens_wholly_or_not(void **state)
{
	struct soft_tmp *tmp = *state;
	int stop = 1;
	int before = 0;
	int after = 0;
	bool killed = true;

	for (; killed; stop++) {
		CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

		put(tmp->fd, "a", "old");
		put(tmp->fd, "c", "old");
		(void)unlinkat(tmp->fd, "b", 0);
		killed = killed_at(tmp->fd, stop);
		assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
		if (holds(tmp->fd, "a", "old")) {
			before++;
			assert_true(holds(tmp->fd, "c", "old"));
			assert_int_equal(faccessat(tmp->fd, "b", F_OK, 0), -1);
		} else {
			after++;
			assert_true(holds(tmp->fd, "a", "new"));
			assert_true(holds(tmp->fd, "b", "new"));
			assert_int_equal(faccessat(tmp->fd, "c", F_OK, 0), -1);
		}
		assert_int_equal(faccessat(tmp->fd, SOFT_STAGE, F_OK, 0), -1);
		assert_false(soft_dir_unfinished(tmp->fd));
	}
	/* the kills fell on both sides of the moment of truth, and inside the moving */
	assert_true(before > 10);
	assert_true(after > 10);
}

static void a_stage_that_is_a_link_is_refused(void **state)
{
	struct soft_tmp *tmp = *state;
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;

	assert_int_equal(mkdirat(tmp->fd, "elsewhere", 0700), 0);
	assert_int_equal(symlinkat("elsewhere", tmp->fd, SOFT_STAGE), 0);
	assert_int_equal(soft_write_begin(tmp->fd, &write), CKR_OK);
	assert_int_not_equal(stage_text(&write, "a", "new"), CKR_OK);
	assert_int_equal(faccessat(tmp->fd, "elsewhere/a", F_OK, 0), -1);
}

static void writers_wait_for_each_other(void **state)
{
	struct soft_tmp *tmp = *state;
	int status = 0;
	pid_t children[4];

	put(tmp->fd, "count", "x");
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		children[i] = fork();
		for (int round = 0; children[i] == 0 && round < 25; round++) {
			CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
			CLEANUP(blob_clear) struct blob bytes = { 0 };

			if (soft_write_begin(tmp->fd, &write) != CKR_OK ||
				soft_dir_read(tmp->fd, "count", &bytes, NULL) != CKR_OK ||
				!blob_add(&bytes, "x", 1) ||
				soft_write_stage(&write, "count", &bytes) != CKR_OK ||
				soft_write_commit(&write) != CKR_OK)
				_exit(1);
		}
		if (children[i] == 0)
			_exit(0);
	}
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	{
		CLEANUP(blob_clear) struct blob bytes = { 0 };

		assert_int_equal(soft_dir_read(tmp->fd, "count", &bytes, NULL), CKR_OK);
		assert_int_equal(bytes.len, 101);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, soft_tmp_setup, soft_tmp_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_regular_files_of_sane_size_are_read),
		TEST(lists_are_sorted_and_without_hidden_names),
		TEST(what_is_not_committed_never_was),
		TEST(files_are_for_the_owner_only),
		TEST(a_set_under_kill_happens_wholly_or_not),
		TEST(a_stage_that_is_a_link_is_refused),
		TEST(writers_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
