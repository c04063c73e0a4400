/* SPDX-License-Identifier: Apache-2.0 */
/* A directory for one test of the software token, gone afterwards. */
#ifndef TEST_SOFT_TMP_H
#define TEST_SOFT_TMP_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct soft_tmp {
	char path[256];
	int fd;
};

static inline void soft_tmp_remove(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	for (struct dirent *e; dir && (e = readdir(dir));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			soft_tmp_remove(dirfd(dir), e->d_name);
	if (dir)
		closedir(dir);
	(void)unlinkat(at, name, dir ? AT_REMOVEDIR : 0);
}

static inline int soft_tmp_setup(void **state)
{
	const char *base = getenv("TMPDIR");
	struct soft_tmp *tmp = calloc(1, sizeof(*tmp));

	if (!tmp)
		return -1;
	snprintf(tmp->path, sizeof(tmp->path), "%s/twca-soft-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(tmp->path))
		return -1;
	tmp->fd = open(tmp->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = tmp;
	return tmp->fd < 0 ? -1 : 0;
}

static inline int soft_tmp_teardown(void **state)
{
	struct soft_tmp *tmp = *state;

	close(tmp->fd);
	soft_tmp_remove(AT_FDCWD, tmp->path);
	free(tmp);
	return 0;
}

#endif
