/* SPDX-License-Identifier: Apache-2.0 */
/* Tells whether a program has a database in use: Firefox's lock, and who has its file open. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"
#include "i18n.h"
#include "scope.h"

/* Firefox holds a POSIX lock on this file from its first moment to its last. */
static bool is_locked(const char *folder, pid_t *ret_pid)
{
	CLEANUP(free_p) char *path = NULL;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (asprintf(&path, "%s/.parentlock", folder) < 0)
		return false;
	CLEANUP(close_p) int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
		return false;
	*ret_pid = lock.l_pid;
	return true;
}

static bool has_open(const char *process, const struct stat *database)
{
	CLEANUP(free_p) char *folder = NULL;
	bool found = false;

	if (asprintf(&folder, "/proc/%s/fd", process) < 0)
		return false;
	DIR *dir = opendir(folder); /* NULL: of another user, or gone */
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));) {
		struct stat st;
		found = fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
			st.st_dev == database->st_dev && st.st_ino == database->st_ino;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Another process of this user that has the database open; it may live in a cage. */
static bool is_open(const char *folder, pid_t *ret_pid)
{
	CLEANUP(free_p) char *path = NULL;
	struct stat database;
	DIR *processes = NULL;
	bool found = false;

	if (asprintf(&path, "%s/cert9.db", folder) < 0 || stat(path, &database) != 0)
		return false;
	processes = opendir("/proc");
	for (struct dirent *entry; processes && !found && (entry = readdir(processes));) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid <= 0 || pid == getpid() || !has_open(entry->d_name, &database))
			continue;
		found = true;
		*ret_pid = pid;
	}
	if (processes)
		closedir(processes);
	return found;
}

static void process_name(pid_t pid, char *name, size_t cap)
{
	CLEANUP(free_p) char *path = NULL;

	name[0] = '\0';
	if (pid <= 0 || asprintf(&path, "/proc/%ld/comm", (long)pid) < 0)
		return;
	CLEANUP(fclose_p) FILE *file = fopen(path, "re");
	if (file && fgets(name, (int)cap, file))
		name[strcspn(name, "\n")] = '\0';
}

bool browser_in_use(const struct browser_place *place, char **ret_who, struct fail *fail)
{
	char name[64];
	pid_t pid = 0;

	*ret_who = NULL;
	if (place->kind != BROWSER_FIREFOX && place->kind != BROWSER_CHROMIUM)
		return true;
	if (!is_locked(place->path, &pid) && !is_open(place->path, &pid))
		return true;
	process_name(pid, name, sizeof name);
	if (asprintf(ret_who, _("%s, process %ld"), name[0] ? name : place->name, (long)pid) < 0) {
		*ret_who = NULL;
		return fail_set(fail, FAIL_MEMORY, NULL);
	}
	return true;
}
