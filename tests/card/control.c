/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket. A client that sends no newline within a line's length is dropped. */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool vc_control_open(struct vc_control *control, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*control = (struct vc_control){ .fd = -1, .path = path };
	for (size_t i = 0; i < VC_CLIENTS; i++)
		control->client[i].fd = -1;
	if (!path)
		return true;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(address.sun_path, path);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	return control->fd >= 0 &&
	       bind(control->fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       listen(control->fd, VC_CLIENTS) == 0;
}

static void drop(struct vc_client *client)
{
	close(client->fd);
	client->fd = -1;
	client->len = 0;
}

void vc_control_close(struct vc_control *control)
{
	for (size_t i = 0; i < VC_CLIENTS; i++) {
		if (control->client[i].fd >= 0)
			drop(&control->client[i]);
	}
	if (control->fd >= 0) {
		close(control->fd);
		unlink(control->path);
	}
	control->fd = -1;
}

void vc_control_poll(const struct vc_control *control, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = control->fd, .events = POLLIN };
	for (size_t i = 0; i < VC_CLIENTS; i++)
		fds[1 + i] = (struct pollfd){ .fd = control->client[i].fd, .events = POLLIN };
}

static void take(struct vc_control *control)
{
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (size_t i = 0; fd >= 0 && i < VC_CLIENTS; i++) {
		if (control->client[i].fd < 0) {
			control->client[i] = (struct vc_client){ .fd = fd };
			fd = -1;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void run_lines(struct vc_client *client, vc_control_run *run, void *context)
{
	char *newline;

	while (client->fd >= 0 && (newline = memchr(client->line, '\n', client->len))) {
		char answer[256];
		size_t used = (size_t)(newline - client->line) + 1, len;

		*newline = 0;
		run(context, client->line, answer, sizeof(answer) - 1);
		len = strlen(answer);
		answer[len++] = '\n';
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
		if (send(client->fd, answer, len, MSG_NOSIGNAL) != (ssize_t)len)
			drop(client);
	}
	if (client->fd >= 0 && client->len == sizeof(client->line))
		drop(client);
}

void vc_control_handle(
	struct vc_control *control, const struct pollfd *fds, vc_control_run *run, void *context)
{
	for (size_t i = 0; i < VC_CLIENTS; i++) {
		struct vc_client *client = &control->client[i];

		if (client->fd < 0 || client->fd != fds[1 + i].fd || !fds[1 + i].revents)
			continue;
		ssize_t got = recv(client->fd, client->line + client->len,
			sizeof(client->line) - client->len, 0);

		if (got <= 0) {
			drop(client);
			continue;
		}
		client->len += (size_t)got;
		run_lines(client, run, context);
	}
	if (fds[0].revents)
		take(control);
}
