/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is written: through a pipe that takes little at a time, under signals, or not at all.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_reader_and_signals_lose_nothing),
		cmocka_unit_test(what_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
