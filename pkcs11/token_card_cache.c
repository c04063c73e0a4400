/* SPDX-License-Identifier: Apache-2.0 */
/* The folder where what is public on cards is kept between processes. */
#include "token_card_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fd.h"
#include "scope.h"

#include "cardos/cardos.h"

#define FOLDER_MAX 1024
#define OLD_SECONDS 3600 /* a file under a passing name that is older was left by a crash */
#define PASSING '.'      /* how such a name begins */

static void dir_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool only_mine(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

/* Makes path and the folders before it as far as they are missing; those that are made belong to
 * this user alone. */
static void make_folders(const char *path)
{
	char part[FOLDER_MAX];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return;
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);
		*slash = '/';
	}
	(void)mkdir(part, 0700);
}

/* -1: not there, somebody else's, or open to others. */
static int folder_open(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && only_mine(&st))
		return fd;
	fd_close_p(&fd);
	return -1;
}

uint8_t *card_cache_load(const char *folder, const char *name, size_t *ret_len)
{
	CLEANUP(fd_close_p) int dir = folder_open(folder);
	CLEANUP(fd_close_p) int fd = -1;
	CLEANUP(free_p) uint8_t *bytes = NULL;
	struct stat st;

	if (dir < 0)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !only_mine(&st) ||
		st.st_nlink != 1 || st.st_size <= 0 || st.st_size > CARD_CACHE_FILE_MAX)
		return NULL;
	bytes = malloc((size_t)st.st_size);
	if (!bytes || fd_read(fd, bytes, (size_t)st.st_size) != st.st_size)
		return NULL;
	*ret_len = (size_t)st.st_size;
	return TAKE(bytes);
}

/* What a crash left goes; of too many cards the one not seen for the longest time. */
static void tidy(int folder)
{
	CLEANUP(dir_close) DIR *dir = NULL;
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char oldest[NAME_MAX + 1] = "";
	struct timespec now = { 0 };
	time_t oldest_time = 0;
	size_t count = 0;

	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		fd_close_p(&fd);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		struct stat st;

		if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISREG(st.st_mode))
			continue;
		if (entry->d_name[0] == PASSING) {
			if (now.tv_sec - st.st_mtime > OLD_SECONDS)
				(void)unlinkat(folder, entry->d_name, 0);
			continue;
		}
		count++;
		if (!oldest[0] || st.st_mtime < oldest_time) {
			memcpy(oldest, entry->d_name, strlen(entry->d_name) + 1);
			oldest_time = st.st_mtime;
		}
	}
	if (count > CARD_CACHE_FILES_MAX)
		(void)unlinkat(folder, oldest, 0);
}

void card_cache_save(const char *folder, const char *name, const uint8_t *bytes, size_t len)
{
	CLEANUP(fd_close_p) int dir = -1;
	CLEANUP(fd_close_p) int fd = -1;
	char passing[NAME_MAX + 1];
	uint64_t nonce = 0;
	bool written;

	if (len > CARD_CACHE_FILE_MAX || getrandom(&nonce, sizeof(nonce), 0) != sizeof(nonce))
		return;
	make_folders(folder);
	dir = folder_open(folder);
	if (dir < 0 || snprintf(passing, sizeof(passing), "%c%s.%016llx", PASSING, name,
			       (unsigned long long)nonce) >= (int)sizeof(passing))
		return;
	fd = openat(dir, passing, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	written = fd_write(fd, bytes, len) && renameat(dir, passing, dir, name) == 0;
	if (!written)
		(void)unlinkat(dir, passing, 0);
	tidy(dir);
}

/* Where settings say; else the user's own place for such things. */
static bool find_folder(char *ret_folder)
{
	const char *named = secure_getenv("TWCA_CARD_CACHE");
	const char *cache = secure_getenv("XDG_CACHE_HOME");
	const char *home = secure_getenv("HOME");
	int len = 0;

	if (named && *named)
		len = snprintf(ret_folder, FOLDER_MAX, "%s", named);
	else if (cache && *cache == '/')
		len = snprintf(ret_folder, FOLDER_MAX, "%s/twca/cards", cache);
	else if (home && *home == '/')
		len = snprintf(ret_folder, FOLDER_MAX, "%s/.cache/twca/cards", home);
	/* "no" is no absolute path, nor is anything else that is not meant as one */
	return len > 0 && len < FOLDER_MAX && *ret_folder == '/';
}

static uint8_t *load(void *at, const char *name, size_t *ret_len)
{
	return card_cache_load(at, name, ret_len);
}

static void save(void *at, const char *name, const uint8_t *bytes, size_t len)
{
	card_cache_save(at, name, bytes, len);
}

char *token_card_cache(struct cardos_card *card)
{
	char folder[FOLDER_MAX] = "";
	struct cardos_cache cache = { .load = load, .save = save };

	cache.at = find_folder(folder) ? strdup(folder) : NULL;
	if (cache.at)
		cardos_card_cache(card, &cache);
	return cache.at;
}
