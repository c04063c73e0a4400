/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is written: through a pipe that takes little at a time, under signals, or not at all.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "whole.h"

#define LEN 300000

static void take_note(int number)
{
	(void)number;
}

/* The other side reads slowly while timer signals come. */
static void a_slow_reader_and_signals_lose_nothing(void **state)
{
	static char bytes[LEN];
	struct sigaction action = { .sa_handler = take_note }; /* without SA_RESTART */
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	int ends[2], status;

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	bytes[LEN - 1] = 'y';
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		char piece[777], last = 0;
		size_t total = 0;
		ssize_t got;
		close(ends[1]);
		while ((got = read(ends[0], piece, sizeof piece)) > 0) {
			total += (size_t)got;
			last = piece[got - 1];
		}
		_exit(total == LEN && last == 'y' ? 0 : 1);
	}
	close(ends[0]);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_true(whole_write(ends[1], bytes, sizeof bytes));
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	close(ends[1]);
	while (waitpid(child, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	assert_int_equal(status, 0);
}

static void what_cannot_be_written_is_told(void **state)
{
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_true(whole_write(full, "", 0));
	assert_false(whole_write(full, "x", 1));
	assert_int_equal(errno, ENOSPC);
	close(full);
	assert_false(whole_write(-1, "x", 1));
	assert_int_equal(errno, EBADF);
}

/* As on a FAT stick: the kernel refuses second names. false: it would not be told so. */
static bool forbid_links(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 1, 0),
#ifdef SYS_link
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_link, 0, 1),
#else
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof filter[0], filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* 0: all is as it should be; else the number of what is not. */
static int place_two(const char *from, const char *to)
{
	if (!forbid_links() || link(from, to) == 0 || errno != EPERM)
		return 1;
	if (!whole_place(from, to, false) || access(from, F_OK) == 0 || access(to, F_OK) != 0)
		return 2;
	close(open(from, O_WRONLY | O_CREAT, 0600));
	if (whole_place(from, to, false) || errno != EEXIST || access(from, F_OK) != 0)
		return 3;
	return whole_place(from, to, true) && access(from, F_OK) != 0 ? 0 : 4;
}

static void a_file_gets_its_name_where_none_has_two(void **state)
{
	char *folder = fresh_folder();
	char *from = write_file(folder, "from", "x");
	char to[300];
	int status = -1;

	(void)state;
	snprintf(to, sizeof to, "%s/to", folder);
	pid_t child = fork();
	if (child == 0)
		_exit(place_two(from, to));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(WIFEXITED(status));
	free(from);
	remove_folder(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_reader_and_signals_lose_nothing),
		cmocka_unit_test(what_cannot_be_written_is_told),
		cmocka_unit_test(a_file_gets_its_name_where_none_has_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
