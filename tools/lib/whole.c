/* SPDX-License-Identifier: Apache-2.0 */
/* Writes until everything is written, and gives it its name. */
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

bool whole_write(int fd, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len) {
		ssize_t done = write(fd, at, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		len -= (size_t)done;
	}
	return true;
}

bool whole_place(const char *from, const char *to, bool replace)
{
	if (replace)
		return rename(from, to) == 0;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	/* some network file systems know links, and not this */
	if ((errno != EINVAL && errno != ENOSYS) || link(from, to) != 0)
		return false;
	(void)unlink(from);
	return true;
}
