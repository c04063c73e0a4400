/* SPDX-License-Identifier: Apache-2.0 */
/* All of it is read and written: through a pipe that gives and takes little at a time, under
 * signals, up to a limit of the file's size, or not at all. */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "soft_tmp.h"

#define LEN 300000
#define LIMIT 5000

static uint8_t bytes[LEN], back[LEN];

static void take_note(int number)
{
	(void)number;
}

static void under_signals(bool on)
{
	const struct sigaction action = { .sa_handler = take_note }; /* without SA_RESTART */
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { { 0 }, { 0 } };

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, on ? &often : &never, NULL), 0);
}

/* The other side takes little at a time, and tells by how it ends whether all came. */
static pid_t start_taker(int from, int not_this)
{
	pid_t child = fork();
	uint8_t piece[777];
	size_t total = 0;
	ssize_t got;

	if (child != 0)
		return child;
	close(not_this);
	while ((got = read(from, piece, sizeof(piece))) > 0) {
		if (memcmp(piece, bytes + total, (size_t)got) != 0)
			_exit(2);
		total += (size_t)got;
	}
	_exit(total == LEN ? 0 : 1);
}

static pid_t start_giver(int to, int not_this)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	close(not_this);
	for (size_t at = 0; at < LEN; at += 777)
		if (write(to, bytes + at, LEN - at < 777 ? LEN - at : 777) < 0)
			_exit(1);
	_exit(0);
}

static void wait_for(pid_t child)
{
	int status = -1;

	while (waitpid(child, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	assert_int_equal(status, 0);
}

static void slow_takers_and_signals_lose_nothing(void **state)
{
	int ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = start_taker(ends[0], ends[1]);
	close(ends[0]);
	under_signals(true);
	assert_true(fd_write(ends[1], bytes, LEN));
	under_signals(false);
	close(ends[1]);
	wait_for(child);
}

static void what_comes_in_pieces_is_read_whole(void **state)
{
	int ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = start_giver(ends[1], ends[0]);
	close(ends[1]);
	under_signals(true);
	memset(back, 0, sizeof(back));
	assert_int_equal(fd_read(ends[0], back, LEN), LEN);
	under_signals(false);
	assert_memory_equal(back, bytes, LEN);
	assert_int_equal(fd_read(ends[0], back, 1), 0);
	close(ends[0]);
	wait_for(child);
}

static void a_file_may_end_before(void **state)
{
	const struct soft_tmp *tmp = *state;
	int fd = openat(tmp->fd, "short", O_RDWR | O_CREAT | O_EXCL, 0600);

	assert_true(fd_write(fd, bytes, 10));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read(fd, back, 11), 10);
	assert_memory_equal(back, bytes, 10);
	close(fd);
}

static void what_cannot_be_done_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;
	int full = open("/dev/full", O_WRONLY);

	assert_true(full >= 0);
	assert_true(fd_write(full, "", 0));
	assert_false(fd_write(full, "x", 1));
	assert_int_equal(errno, ENOSPC);
	close(full);
	assert_false(fd_write(-1, "x", 1));
	assert_int_equal(errno, EBADF);
	assert_int_equal(fd_read(-1, back, 1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(fd_read(tmp->fd, back, 1), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(fd_read(-1, back, 0), 0);
}

/* The first write takes a part, the next one fails: not all is written, and that is an error. */
static void a_part_is_not_all(void **state)
{
	const struct soft_tmp *tmp = *state;
	const struct rlimit small = { LIMIT, RLIM_INFINITY };
	struct rlimit before;
	int fd = openat(tmp->fd, "limited", O_WRONLY | O_CREAT | O_EXCL, 0600);
	bool written;
	int error;

	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	written = fd_write(fd, bytes, LIMIT + 1);
	error = errno;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(written);
	assert_int_equal(error, EFBIG);
	assert_int_equal(lseek(fd, 0, SEEK_END), LIMIT);
	close(fd);
}

static void closing_is_once(void **state)
{
	int fd = -1;

	(void)state;
	fd_close_p(&fd);
	fd = open("/dev/null", O_RDONLY);
	assert_true(fd >= 0);
	fd_close_p(&fd);
	assert_int_equal(fd, -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, soft_tmp_setup, soft_tmp_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slow_takers_and_signals_lose_nothing),
		TEST(what_comes_in_pieces_is_read_whole),
		TEST(a_file_may_end_before),
		TEST(what_cannot_be_done_is_told),
		TEST(a_part_is_not_all),
		TEST(closing_is_once),
	};

	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
