/* SPDX-License-Identifier: Apache-2.0 */
/* twca-vcard-ctl SOCKET COMMAND...: give a running virtual card one order, print its answer. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define TIMEOUT_S 10

static bool join(char **words, int count, char *line, size_t size)
{
	size_t len = 0;

	for (int i = 0; i < count; i++) {
		int more = snprintf(
			line + len, size - len, "%s%c", words[i], i + 1 < count ? ' ' : '\n');

		if (more < 0 || (size_t)more >= size - len)
			return false;
		len += (size_t)more;
	}
	return true;
}

static int ask(int fd, const char *line)
{
	char answer[512];
	size_t len = 0;
	ssize_t got = 0;

	if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
		return 1;
	while (len < sizeof(answer) - 1 && !memchr(answer, '\n', len)) {
		got = recv(fd, answer + len, sizeof(answer) - 1 - len, 0);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	answer[len] = 0;
	fputs(answer, stdout);
	return strncmp(answer, "ok", 2) != 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	char line[256];
	int fd, status;

	if (argc < 3 || strlen(argv[1]) >= sizeof(address.sun_path) ||
		!join(argv + 2, argc - 2, line, sizeof(line))) {
		fputs("usage: twca-vcard-ctl SOCKET COMMAND...\n", stderr);
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		perror(argv[1]);
		close(fd);
		return 1;
	}
	status = ask(fd, line);
	close(fd);
	return status;
}
