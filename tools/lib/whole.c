/* SPDX-License-Identifier: Apache-2.0 */
/* Writes until everything is written. */
#include "whole.h"

#include <errno.h>
#include <stdint.h>
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
