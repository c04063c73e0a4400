/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of one software identity on disk: careful reading, one writer at a time, and sets
 * of changes that happen wholly or not at all.
 *
 * A set of changes is staged in the subdirectory SOFT_STAGE, made durable, and committed by
 * renaming that directory to SOFT_COMMIT. What is found in SOFT_COMMIT is moved to its place, now
 * or by the next process that looks: docs/decisions/0210. Nothing here follows a link or opens
 * anything but regular files. */
#ifndef PKCS11_SOFT_DIR_H
#define PKCS11_SOFT_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck.h"

struct blob;

#define SOFT_STAGE ".stage"
#define SOFT_COMMIT ".commit"
#define SOFT_LOCK ".lock"
#define SOFT_FILE_MAX (1u << 20) /* bytes; a PFX of a person has a few thousand */
#define SOFT_FILES_MAX 16384
#define SOFT_NAME_MAX 255
#define SOFT_PATH_MAX 1024

/* Tells one state of a file or directory from another. */
struct soft_stamp {
	uint64_t device, inode, size;
	int64_t seconds, nanoseconds;               /* of the contents */
	int64_t change_seconds, change_nanoseconds; /* a copy may keep the others, not these */
};

struct soft_names {
	char **names; /* sorted */
	size_t count;
};

struct soft_write {
	int dir;
	int stage; /* -1: nothing staged */
	int lock;
};

/* A directory below dir, or a path with dir AT_FDCWD; -1: none, no directory, a link. */
int soft_dir_open(int dir, const char *name);

/* Of the directory itself, and of a regular file in it. false: it is gone. */
bool soft_dir_stamp(int dir, struct soft_stamp *ret_stamp);
bool soft_dir_stamp_of(int dir, const char *name, struct soft_stamp *ret_stamp);
bool soft_stamp_equal(const struct soft_stamp *a, const struct soft_stamp *b);

/* The names of this directory that begin with no dot and end in suffix.
 * Errors: CKR_DEVICE_ERROR, CKR_HOST_MEMORY, CKR_DEVICE_MEMORY (more than SOFT_FILES_MAX). */
CK_RV soft_dir_list(int dir, const char *suffix, struct soft_names *ret_names);
void soft_names_clear(struct soft_names *names);

/* Errors: CKR_OBJECT_HANDLE_INVALID (not there), CKR_DATA_INVALID (no regular file, or too large),
 * CKR_DEVICE_ERROR, CKR_HOST_MEMORY. */
CK_RV soft_dir_read(
	int dir, const char *name, struct blob *ret_bytes, struct soft_stamp *ret_stamp);

/* Is there a committed set that is not yet in its place? */
bool soft_dir_unfinished(int dir);

/* Become the only writer, finish what another left. Waits up to 10 s for other writers.
 * Errors: CKR_TOKEN_WRITE_PROTECTED, CKR_FUNCTION_FAILED (the other writer does not end). */
CK_RV soft_write_begin(int dir, struct soft_write *ret_write);

/* Stage a file; NULL bytes: its removal. */
CK_RV soft_write_stage(struct soft_write *write, const char *name, const struct blob *bytes);

/* Errors: CKR_DEVICE_MEMORY, CKR_DEVICE_ERROR; the set did not happen. */
CK_RV soft_write_commit(struct soft_write *write);

/* For CLEANUP: ends writing; what was staged and not committed is gone. */
void soft_write_end_p(struct soft_write *write);
#define SOFT_WRITE_NONE                                                                            \
	{                                                                                          \
		-1, -1, -1                                                                         \
	}

#endif
