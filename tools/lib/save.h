/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what was fetched to a file that the person named, whole or not at all. */
#ifndef TWCA_TOOLS_SAVE_H
#define TWCA_TOOLS_SAVE_H

#include <stdbool.h>
#include <stddef.h>

struct fail;

/* Write bytes to path; "-" is stdout. A folder: to the file called name in it (name without any
 * folder of its own). An existing file is only replaced with force. *ret_path (may be NULL): where
 * it went; the caller frees. With dry_run nothing is written, and *ret_path stays as it is.
 * Errors: SYSTEM, USAGE (exists, or name is no file name). */
struct save {
	const char *path;
	const char *name;
	const void *bytes;
	size_t len;
	bool force;
	bool dry_run;
};
bool save_bytes(const struct save *save, char **ret_path, struct fail *fail);

#endif
