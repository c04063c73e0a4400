/* SPDX-License-Identifier: Apache-2.0 */
/* Signals are remembered, told apart, and cut a waiting call. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "interrupt.h"

/* In a child, because what has come once is never forgotten. Returns its exit status. */
static int after_signal(int number)
{
	pid_t child = fork();

	if (child == 0) {
		struct fail fail = FAIL_INIT;
		interrupt_catch();
		if (interrupt_pending() || !interrupt_check(&fail))
			_exit(1);
		if (number)
			raise(number);
		bool ok = interrupt_check(&fail);
		_exit(ok ? 0 : interrupt_pending() ? fail_exit(fail.code) : 2);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void each_signal_has_its_exit_status(void **state)
{
	(void)state;
	assert_int_equal(after_signal(0), 0);
	assert_int_equal(after_signal(SIGINT), 130);
	assert_int_equal(after_signal(SIGTERM), 143);
	assert_int_equal(after_signal(SIGHUP), 143);
	assert_int_equal(after_signal(SIGPIPE), 0);
}

static void a_waiting_read_is_cut(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		char c;
		interrupt_catch();
		alarm(5); /* ends the child if the read goes on */
		_exit(write(ends[1], "r", 1) == 1 && read(ends[0], &c, 1) == 1 &&
					read(ends[0], &c, 1) < 0 && errno == EINTR
				? 0
				: 1);
	}
	usleep(200000);
	assert_int_equal(kill(child, SIGTERM), 0);
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signal_has_its_exit_status),
		cmocka_unit_test(a_waiting_read_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
