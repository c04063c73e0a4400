/* SPDX-License-Identifier: Apache-2.0 */
/* Has anybody changed something in these directories? */
#include "soft_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 1000
#define EVENTS                                                                                     \
	(IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM |          \
		IN_MOVED_TO | IN_MOVE_SELF)

/* Milliseconds of a clock that never goes back. */
static uint64_t now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void soft_watch_open(struct soft_watch *watch)
{
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->looked_ms = 0;
}

void soft_watch_close(struct soft_watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

void soft_watch_add(const struct soft_watch *watch, const char *path)
{
	if (watch->fd >= 0)
		(void)inotify_add_watch(watch->fd, path, EVENTS | IN_ONLYDIR);
}

/* What happened does not matter: who asks looks at everything. */
static bool drain(const struct soft_watch *watch)
{
	char events[2048] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool any = false;

	while (watch->fd >= 0 && read(watch->fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}

bool soft_watch_changed(struct soft_watch *watch, int ms)
{
	struct pollfd wait = { .fd = watch->fd, .events = POLLIN };
	uint64_t now = now_ms();
	int left =
		now - watch->looked_ms >= LOOK_MS ? 0 : (int)(LOOK_MS - (now - watch->looked_ms));

	/* a negative descriptor is passed over, and the wait is a pause */
	if (ms > 0 && left > 0)
		(void)poll(&wait, 1, left < ms ? left : ms);
	now = now_ms();
	if (!drain(watch) && now - watch->looked_ms < LOOK_MS)
		return false;
	watch->looked_ms = now;
	return true;
}
