/* SPDX-License-Identifier: Apache-2.0 */
/* File descriptors: reading and writing all of it, closing at the end of a scope. */
#include "fd.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

void fd_close_p(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

ssize_t fd_read(int fd, void *bytes, size_t len)
{
	uint8_t *at = bytes;
	size_t done = 0;

	while (done < len) {
		ssize_t got = read(fd, at + done, len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

bool fd_write(int fd, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t done = 0;

	while (done < len) {
		ssize_t put = write(fd, at + done, len - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		done += (size_t)put;
	}
	return true;
}
