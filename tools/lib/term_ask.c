/* SPDX-License-Identifier: Apache-2.0 */
/* Asks on the controlling terminal, with echo restored whatever happens. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "interrupt.h"
#include "scope.h"
#include "term.h"
#include "wrap.h"

#define LINE_MAX_BYTES 1024

static volatile sig_atomic_t stop_signal;

static void remember_stop(int number)
{
	stop_signal = number;
}

static void catch_stops(void (*handler)(int))
{
	static const int numbers[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaction(numbers[i], &action, NULL);
}

static void write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t done = write(fd, text, len);
		if (done < 0)
			return;
		text += done;
		len -= (size_t)done;
	}
}

enum line {
	LINE_OK,
	LINE_END,
	LINE_LONG,
	LINE_SIGNAL,
	LINE_ERROR
};

static const int held_back[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };

/* One line without its end; what does not fit is read and dropped, and told.
 * outside: the signals that are let in while waiting, and only then, so that none is lost between
 * the prompt and the wait. */
static enum line read_line(int fd, const sigset_t *outside, char *buf, size_t cap, size_t *ret_len)
{
	size_t len = 0;
	bool dropped = false;

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		char c;
		if (stop_signal || interrupt_pending() || ppoll(&ready, 1, NULL, outside) < 0)
			return LINE_SIGNAL;
		ssize_t got = read(fd, &c, 1);
		if (got < 0)
			return errno == EINTR ? LINE_SIGNAL : LINE_ERROR;
		if (got == 0 && !len)
			return LINE_END;
		if (got == 0 || c == '\n')
			break;
		if (len + 1 < cap)
			buf[len++] = c;
		else
			dropped = true;
	}
	buf[len] = '\0';
	*ret_len = len;
	return dropped ? LINE_LONG : LINE_OK;
}

/* Prompt and read once, echo off if hidden, the terminal as before afterwards. */
static enum line ask_once(
	int fd, const char *prompt, bool hidden, char *buf, size_t cap, size_t *ret_len)
{
	struct termios before;
	bool changed = false;

	catch_stops(remember_stop);
	if (hidden && tcgetattr(fd, &before) == 0) {
		struct termios silent = before;
		silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		changed = tcsetattr(fd, TCSAFLUSH, &silent) == 0;
	}
	sigset_t held, outside;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof held_back / sizeof held_back[0]; i++)
		sigaddset(&held, held_back[i]);
	pthread_sigmask(SIG_BLOCK, &held, &outside);
	write_all(fd, prompt);
	enum line line = read_line(fd, &outside, buf, cap, ret_len);
	pthread_sigmask(SIG_SETMASK, &outside, NULL);
	if (changed)
		tcsetattr(fd, TCSAFLUSH, &before);
	if (changed || (line != LINE_OK && line != LINE_LONG))
		write_all(fd, "\n");
	catch_stops(SIG_DFL);
	return line;
}

static bool ask(const struct term *term, const char *prompt, const char *option, bool hidden,
	char *buf, size_t cap, size_t *ret_len, struct fail *fail)
{
	CLEANUP(close_p) int fd = term->no_input ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return fail_set(fail, FAIL_INPUT_NEEDED, _("give it with %s"), option);
	for (;;) {
		stop_signal = 0;
		switch (ask_once(fd, prompt, hidden, buf, cap, ret_len)) {
		case LINE_OK:
			return true;
		case LINE_END:
			return fail_set(fail, FAIL_CANCELLED, NULL);
		case LINE_LONG: /* half a secret would cost a try */
			return fail_set(fail, FAIL_USAGE, _("%s: the line is too long"), option);
		case LINE_ERROR:
			return fail_errno(fail, "/dev/tty");
		case LINE_SIGNAL:
			if (!interrupt_check(fail))
				return false;
			if (stop_signal)
				raise(stop_signal);
			break;
		}
	}
}

bool term_ask(const struct term *term, const char *prompt, const char *option, char **ret,
	struct fail *fail)
{
	CLEANUP(free_p) char *buf = malloc(LINE_MAX_BYTES);
	size_t len;

	if (!buf)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!ask(term, prompt, option, false, buf, LINE_MAX_BYTES, &len, fail))
		return false;
	*ret = TAKE(buf);
	return true;
}

bool term_ask_hidden(const struct term *term, const char *prompt, const char *option, char *buf,
	size_t cap, size_t *ret_len, struct fail *fail)
{
	return ask(term, prompt, option, true, buf, cap, ret_len, fail);
}

static bool is_yes(const char *answer)
{
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0 ||
	       strcmp(answer, "是") == 0;
}

bool term_confirm(const struct term *term, const char *question, bool *ret_yes, struct fail *fail)
{
	CLEANUP(free_p) char *prompt = NULL;
	CLEANUP(free_p) char *answer = NULL;

	if (term->yes) {
		*ret_yes = true;
		return true;
	}
	CLEANUP(free_p) char *text = NULL;
	if (asprintf(&text, "%s [y/N] ", question) < 0 ||
		!(prompt = wrap_text(text, WRAP_COLUMNS, 0, 0)))
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_ask(term, prompt, "--yes", &answer, fail)) {
		if (fail->code != FAIL_INPUT_NEEDED)
			return false;
		return fail_set(fail, FAIL_INPUT_NEEDED, _("%s (answer with --yes)"), question);
	}
	*ret_yes = is_yes(answer);
	return true;
}

bool term_choose(const struct term *term, const char *title, const char *option,
	const char *const items[], size_t count, size_t *ret_choice, struct fail *fail)
{
	term_title(term, title);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(free_p) char *lines = wrap_text(items[i], term->columns, 6, 6);
		fprintf(stderr, " %2zu  %s\n", i + 1, lines ? lines : items[i]);
	}
	for (;;) {
		CLEANUP(free_p) char *prompt = NULL;
		CLEANUP(free_p) char *answer = NULL;
		if (asprintf(&prompt, _("Number (1 to %zu): "), count) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (!term_ask(term, prompt, option, &answer, fail))
			return false;
		char *end;
		unsigned long number = strtoul(answer, &end, 10);
		if (end != answer && !*end && number >= 1 && number <= count) {
			*ret_choice = number - 1;
			return true;
		}
	}
}
