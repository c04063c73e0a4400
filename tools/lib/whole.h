/* SPDX-License-Identifier: Apache-2.0 */
/* Writing all of it, under its name when it is whole. */
#ifndef TWCA_TOOLS_WHOLE_H
#define TWCA_TOOLS_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Write all bytes, whatever signals come between. false: errno tells why; some may be written. */
bool whole_write(int fd, const void *bytes, size_t len);

/* Give a finished file its name, as the last step. Without replace never in place of another:
 * EEXIST. Works too where no file can have two names, on a FAT stick. false: errno tells why, and
 * from is still there. */
bool whole_place(const char *from, const char *to, bool replace);

#endif
