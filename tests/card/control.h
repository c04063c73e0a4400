/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket: a unix stream socket, lines in, one line out for each. */
#ifndef VCARD_CONTROL_H
#define VCARD_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define VC_CLIENTS 8
#define VC_LINE_MAX 128

struct vc_client {
	int fd; /* -1: free */
	char line[VC_LINE_MAX];
	size_t len;
};

struct vc_control {
	int fd; /* -1: no control socket */
	const char *path;
	struct vc_client client[VC_CLIENTS];
};

/* path NULL: none. false: it cannot be made; errno says why. */
bool vc_control_open(struct vc_control *control, const char *path);
void vc_control_close(struct vc_control *control);

/* Fill fds (1 + VC_CLIENTS elements) for poll(). */
void vc_control_poll(const struct vc_control *control, struct pollfd *fds);

/* Handle what poll() found; run answers a line. */
typedef void vc_control_run(void *context, const char *line, char *answer, size_t size);
void vc_control_handle(
	struct vc_control *control, const struct pollfd *fds, vc_control_run *run, void *context);

#endif
