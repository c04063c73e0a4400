/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of one software identity on disk: sets of changes that happen wholly or not. */
#include "soft_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "blob.h"
#include "fd.h"
#include "scope.h"

#define LOCK_TRIES 1000 /* of 10 ms */

bool soft_dir_unfinished(int dir)
{
	struct stat stat;

	return fstatat(dir, SOFT_COMMIT, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

static CK_RV error_now(void)
{
	switch (errno) {
	case ENOSPC:
	case EDQUOT:
		return CKR_DEVICE_MEMORY;
	case EACCES:
	case EPERM:
	case EROFS:
		return CKR_TOKEN_WRITE_PROTECTED;
	default:
		return CKR_DEVICE_ERROR;
	}
}

/* An empty staged file stands for a removal. */
static bool put_in_place(int from, int dir, const char *name)
{
	struct stat stat;

	if (fstatat(from, name, &stat, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	if (!S_ISREG(stat.st_mode))
		return unlinkat(from, name, 0) == 0;
	if (stat.st_size > 0)
		return renameat(from, name, dir, name) == 0;
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		return false;
	return unlinkat(from, name, 0) == 0;
}

/* Lock held. */
static CK_RV roll_forward(int dir)
{
	CLEANUP(fd_close_p) int from = soft_dir_open(dir, SOFT_COMMIT);
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CK_RV rv;

	if (from < 0)
		return errno == ENOENT ? CKR_OK : error_now();
	rv = soft_dir_list(from, "", &names);
	for (size_t i = 0; rv == CKR_OK && i < names.count; i++)
		if (!put_in_place(from, dir, names.names[i]))
			rv = error_now();
	if (rv == CKR_OK && (fsync(dir) != 0 || unlinkat(dir, SOFT_COMMIT, AT_REMOVEDIR) != 0))
		rv = error_now();
	return rv;
}

static void throw_stage_away(int dir)
{
	CLEANUP(fd_close_p) int stage = soft_dir_open(dir, SOFT_STAGE);
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };

	if (stage < 0)
		return;
	if (soft_dir_list(stage, "", &names) == CKR_OK)
		for (size_t i = 0; i < names.count; i++)
			(void)unlinkat(stage, names.names[i], 0);
	(void)unlinkat(dir, SOFT_STAGE, AT_REMOVEDIR);
}

static CK_RV take_lock(int dir, int *ret_lock)
{
	static const struct timespec pause = { 0, 10000000 };
	CLEANUP(fd_close_p)
	int lock = openat(dir, SOFT_LOCK,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	struct stat stat;

	if (lock < 0 || fstat(lock, &stat) != 0)
		return error_now();
	if (!S_ISREG(stat.st_mode))
		return CKR_DEVICE_ERROR;
	for (int i = 0; flock(lock, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_now();
		if (i == LOCK_TRIES)
			return CKR_FUNCTION_FAILED;
		(void)nanosleep(&pause, NULL);
	}
	*ret_lock = lock;
	lock = -1;
	return CKR_OK;
}

CK_RV soft_write_begin(int dir, struct soft_write *ret_write)
{
	CLEANUP(fd_close_p) int lock = -1;
	CK_RV rv = take_lock(dir, &lock);

	if (rv == CKR_OK)
		rv = roll_forward(dir);
	if (rv != CKR_OK)
		return rv;
	throw_stage_away(dir);
	*ret_write = (struct soft_write){ .dir = dir, .stage = -1, .lock = lock };
	lock = -1;
	return CKR_OK;
}

static CK_RV open_stage(struct soft_write *write)
{
	if (write->stage >= 0)
		return CKR_OK;
	if (mkdirat(write->dir, SOFT_STAGE, 0700) != 0)
		return error_now();
	write->stage = soft_dir_open(write->dir, SOFT_STAGE);
	return write->stage >= 0 ? CKR_OK : error_now();
}

CK_RV soft_write_stage(struct soft_write *write, const char *name, const struct blob *bytes)
{
	CLEANUP(fd_close_p) int fd = -1;
	CK_RV rv = open_stage(write);

	if (rv != CKR_OK)
		return rv;
	if (bytes && (bytes->len == 0 || bytes->len > SOFT_FILE_MAX))
		return CKR_DEVICE_MEMORY;
	fd = openat(
		write->stage, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || (bytes && !fd_write(fd, bytes->bytes, bytes->len)) || fsync(fd) != 0)
		return error_now();
	return CKR_OK;
}

CK_RV soft_write_commit(struct soft_write *write)
{
	if (write->stage < 0)
		return CKR_OK;
	if (fsync(write->stage) != 0 ||
		renameat(write->dir, SOFT_STAGE, write->dir, SOFT_COMMIT) != 0)
		return error_now();
	fd_close_p(&write->stage);
	/* From here on the set has happened; who comes next would finish it if we could not. */
	(void)fsync(write->dir);
	(void)roll_forward(write->dir);
	return CKR_OK;
}

void soft_write_end_p(struct soft_write *write)
{
	if (write->stage >= 0)
		throw_stage_away(write->dir);
	fd_close_p(&write->stage);
	fd_close_p(&write->lock);
	write->dir = -1;
}
