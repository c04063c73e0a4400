/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of one software identity on disk: reading. Writing: soft_write.c. */
#include "soft_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "fd.h"
#include "scope.h"

static void closedir_p(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int soft_dir_open(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void fill_stamp(const struct stat *from, struct soft_stamp *to)
{
	*to = (struct soft_stamp){
		.device = from->st_dev,
		.inode = from->st_ino,
		.size = (uint64_t)from->st_size,
		.seconds = from->st_mtim.tv_sec,
		.nanoseconds = from->st_mtim.tv_nsec,
		.change_seconds = from->st_ctim.tv_sec,
		.change_nanoseconds = from->st_ctim.tv_nsec,
	};
}

bool soft_dir_stamp(int dir, struct soft_stamp *ret_stamp)
{
	struct stat stat;

	if (fstat(dir, &stat) != 0 || stat.st_nlink == 0)
		return false;
	fill_stamp(&stat, ret_stamp);
	return true;
}

bool soft_dir_stamp_of(int dir, const char *name, struct soft_stamp *ret_stamp)
{
	struct stat stat;

	if (fstatat(dir, name, &stat, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(stat.st_mode))
		return false;
	fill_stamp(&stat, ret_stamp);
	return true;
}

bool soft_stamp_equal(const struct soft_stamp *a, const struct soft_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds &&
	       a->change_seconds == b->change_seconds &&
	       a->change_nanoseconds == b->change_nanoseconds;
}

void soft_names_clear(struct soft_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct soft_names){ 0 };
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t end = strlen(suffix);

	return len > end && len <= SOFT_NAME_MAX && strcmp(name + len - end, suffix) == 0;
}

static CK_RV add_name(struct soft_names *names, const char *name)
{
	char *copy;

	if (names->count == SOFT_FILES_MAX)
		return CKR_DEVICE_MEMORY;
	if ((names->count & (names->count - 1)) == 0) {
		size_t room = names->count ? names->count * 2 : 1;
		char **more = reallocarray(names->names, room, sizeof(*more));

		if (!more)
			return CKR_HOST_MEMORY;
		names->names = more;
	}
	copy = strdup(name);
	if (!copy)
		return CKR_HOST_MEMORY;
	names->names[names->count++] = copy;
	return CKR_OK;
}

CK_RV soft_dir_list(int dir, const char *suffix, struct soft_names *ret_names)
{
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CLEANUP(closedir_p) DIR *stream = NULL;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CK_RV rv = CKR_OK;

	if (fd < 0)
		return CKR_DEVICE_ERROR;
	stream = fdopendir(fd);
	if (!stream) {
		close(fd);
		return CKR_HOST_MEMORY;
	}
	for (struct dirent *entry; rv == CKR_OK && (entry = readdir(stream));)
		if (entry->d_name[0] != '.' && ends_in(entry->d_name, suffix))
			rv = add_name(&names, entry->d_name);
	if (rv != CKR_OK)
		return rv;
	if (names.count)
		qsort(names.names, names.count, sizeof(*names.names), compare_names);
	*ret_names = names;
	names = (struct soft_names){ 0 };
	return CKR_OK;
}

static CK_RV read_all(int fd, size_t len, struct blob *ret_bytes)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	uint8_t *place = blob_extend(&bytes, len);
	ssize_t got = place ? fd_read(fd, place, len) : 0;

	if (!place)
		return CKR_HOST_MEMORY;
	if (got < 0)
		return CKR_DEVICE_ERROR;
	bytes.len = (size_t)got; /* somebody may have cut it meanwhile */
	blob_clear(ret_bytes);
	*ret_bytes = bytes;
	bytes = (struct blob){ 0 };
	return CKR_OK;
}

CK_RV soft_dir_read(int dir, const char *name, struct blob *ret_bytes, struct soft_stamp *ret_stamp)
{
	/* O_NONBLOCK: a FIFO must not stop us before it is seen to be none of ours */
	CLEANUP(fd_close_p)
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat stat;
	CK_RV rv;

	if (fd < 0)
		return errno == ENOENT  ? CKR_OBJECT_HANDLE_INVALID
		       : errno == ELOOP ? CKR_DATA_INVALID
					: CKR_DEVICE_ERROR;
	if (fstat(fd, &stat) != 0)
		return CKR_DEVICE_ERROR;
	if (!S_ISREG(stat.st_mode) || stat.st_size > SOFT_FILE_MAX)
		return CKR_DATA_INVALID;
	rv = read_all(fd, (size_t)stat.st_size, ret_bytes);
	if (rv == CKR_OK && ret_stamp)
		fill_stamp(&stat, ret_stamp);
	return rv;
}
