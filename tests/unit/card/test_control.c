/* SPDX-License-Identifier: Apache-2.0 */
/* tests/card/control.c: lines in pieces, several clients, lines that never end. */
#include "control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char path[64];
static struct vc_control control;

static int open_control(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/card-unit-%ld", (long)getpid());
	return vc_control_open(&control, path) ? 0 : 1;
}

static int close_control(void **state)
{
	(void)state;
	vc_control_close(&control);
	return access(path, F_OK) == 0; /* the socket must be gone */
}

/* Answers the line it got. */
static void echo(void *context, const char *line, char *answer, size_t size)
{
	(*(unsigned *)context)++;
	snprintf(answer, size, "ok %s", line);
}

/* Handles all that is there; the number of lines run. */
static unsigned turn(void)
{
	unsigned lines = 0;
	struct pollfd fds[1 + VC_CLIENTS];

	for (int i = 0; i < 4; i++) {
		vc_control_poll(&control, fds);
		if (poll(fds, 1 + VC_CLIENTS, 0) > 0)
			vc_control_handle(&control, fds, echo, &lines);
	}
	return lines;
}

static int client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void tell(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void hears(int fd, const char *want)
{
	char got[400];
	ssize_t len = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(len >= 0);
	got[len] = 0;
	assert_string_equal(got, want);
}

static void a_line_may_come_in_pieces(void **state)
{
	(void)state;
	int fd = client();

	tell(fd, "co");
	assert_int_equal(turn(), 0);
	tell(fd, "unt\nsta");
	assert_int_equal(turn(), 1);
	hears(fd, "ok count\n");
	tell(fd, "te\n");
	assert_int_equal(turn(), 1);
	hears(fd, "ok state\n");
	close(fd);
	turn();
}

static void many_lines_are_answered_in_turn(void **state)
{
	(void)state;
	int fd = client();

	tell(fd, "a\nb\n\n");
	assert_int_equal(turn(), 3);
	hears(fd, "ok a\nok b\nok \n");
	close(fd);
	turn();
}

static void each_client_has_its_own_line(void **state)
{
	(void)state;
	int one = client();
	int two = client();

	tell(one, "on");
	tell(two, "tw");
	turn();
	tell(two, "o\n");
	tell(one, "e\n");
	assert_int_equal(turn(), 2);
	hears(one, "ok one\n");
	hears(two, "ok two\n");
	close(one);
	close(two);
	turn();
}

/* The place of a client that went is free again, whether it said goodbye or not. */
static void places_are_free_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * VC_CLIENTS; i++) {
		int fd = client();

		tell(fd, i % 2 ? "half" : "x\n");
		turn();
		close(fd);
		turn();
	}
	for (int i = 0; i < VC_CLIENTS; i++)
		assert_int_equal(control.client[i].fd, -1);
}

static void a_line_without_end_overruns_nothing(void **state)
{
	(void)state;
	char text[4 * VC_LINE_MAX];
	int bad = client();
	int good = client();

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	tell(bad, text);
	turn();
	for (int i = 0; i < VC_CLIENTS; i++)
		assert_true(control.client[i].len <= VC_LINE_MAX);
	tell(good, "fine\n");
	turn();
	hears(good, "ok fine\n");
	close(bad);
	close(good);
	turn();
}

static void no_path_is_no_socket(void **state)
{
	(void)state;
	struct vc_control none;
	char longer[300];

	assert_true(vc_control_open(&none, NULL));
	assert_int_equal(none.fd, -1);
	vc_control_close(&none);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = 0;
	assert_false(vc_control_open(&none, longer));
	assert_false(vc_control_open(&none, "/nonexistent/socket"));
	vc_control_close(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_may_come_in_pieces),
		cmocka_unit_test(many_lines_are_answered_in_turn),
		cmocka_unit_test(each_client_has_its_own_line),
		cmocka_unit_test(places_are_free_again),
		cmocka_unit_test(a_line_without_end_overruns_nothing),
		cmocka_unit_test(no_path_is_no_socket),
	};
	return cmocka_run_group_tests(tests, open_control, close_control);
}
