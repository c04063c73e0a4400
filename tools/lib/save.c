/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to a temporary file beside the place, syncs, then gives it its name. */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "whole.h"

/* A name that an RA sent must not lead elsewhere. */
static bool name_fits(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/');
}

static bool resolve(const struct save *save, char **ret, struct fail *fail)
{
	struct stat info;

	if (stat(save->path, &info) == 0 && S_ISDIR(info.st_mode)) {
		if (!name_fits(save->name))
			return fail_set(fail, FAIL_USAGE,
				_("%s is a folder; name the file to write"), save->path);
		if (asprintf(ret, "%s/%s", save->path, save->name) < 0)
			*ret = NULL;
	} else {
		*ret = strdup(save->path);
	}
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}

static bool refuse_existing(const char *path, struct fail *fail)
{
	return fail_set(fail, FAIL_USAGE, _("%s exists; give --force to replace it"), path);
}

/* Give the finished file its name; without force never in place of another. */
static bool put_in_place(const char *from, const char *to, bool force, struct fail *fail)
{
	if (whole_place(from, to, force))
		return true;
	return errno == EEXIST ? refuse_existing(to, fail) : fail_errno(fail, to);
}

/* --dry-run: could it be written? */
static bool look(const struct save *save, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;
	struct stat info;

	if (strcmp(save->path, "-") == 0)
		return true;
	if (!resolve(save, &path, fail))
		return false;
	if (!save->force && lstat(path, &info) == 0)
		return refuse_existing(path, fail);
	char *slash = strrchr(path, '/');
	if (slash)
		slash[1] = '\0';
	return access(slash ? path : ".", W_OK | X_OK) == 0 || fail_errno(fail, save->path);
}

bool save_bytes(const struct save *save, char **ret_path, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *temporary = NULL;

	if (save->dry_run)
		return look(save, fail);
	if (strcmp(save->path, "-") == 0) {
		fflush(stdout);
		return whole_write(STDOUT_FILENO, save->bytes, save->len) || fail_errno(fail, "-");
	}
	if (!resolve(save, &path, fail))
		return false;
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	CLEANUP(close_p) int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(fail, path);
	bool ok = whole_write(fd, save->bytes, save->len) && fsync(fd) == 0
			  ? true
			  : fail_errno(fail, path);
	ok = ok && put_in_place(temporary, path, save->force, fail);
	if (!ok)
		unlink(temporary);
	if (ok && ret_path)
		*ret_path = TAKE(path);
	return ok;
}
