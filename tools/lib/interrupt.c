/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers the signals that ask the program to end. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "fail.h"

static volatile sig_atomic_t seen;

static void remember(int number)
{
	seen = number;
}

void interrupt_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = remember };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

bool interrupt_pending(void)
{
	return seen != 0;
}

bool interrupt_check(struct fail *fail)
{
	if (!seen)
		return true;
	return fail_set(fail, seen == SIGINT ? FAIL_INTERRUPTED : FAIL_TERMINATED, NULL);
}
