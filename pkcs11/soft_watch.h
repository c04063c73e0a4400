/* SPDX-License-Identifier: Apache-2.0 */
/* Has anybody changed something in these directories? The system's notices (inotify) and, since not
 * all file systems give them and they may run out, a look once a second.
 *
 * One struct belongs to one thread at a time. */
#ifndef PKCS11_SOFT_WATCH_H
#define PKCS11_SOFT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct soft_watch {
	int fd;             /* -1: no notices, only looks */
	uint64_t looked_ms; /* when the answer was last true */
};

#define SOFT_WATCH_NONE                                                                            \
	{                                                                                          \
		-1, 0                                                                              \
	}

void soft_watch_open(struct soft_watch *watch);
void soft_watch_close(struct soft_watch *watch);

/* Files of this directory that come, go, or are written count from now on. May be given again. */
void soft_watch_add(const struct soft_watch *watch, const char *path);

/* true: something may have changed; waits for it up to ms milliseconds. */
bool soft_watch_changed(struct soft_watch *watch, int ms);

#endif
