/* SPDX-License-Identifier: Apache-2.0 */
/* File descriptors: reading and writing all of it, closing at the end of a scope. */
#ifndef PKCS11_FD_H
#define PKCS11_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* For CLEANUP: -1 is none, and what it is afterwards. */
void fd_close_p(int *fd);

/* Read len bytes, whatever signals come between; fewer only at the end of the file. -1: errno tells
 * why, some may be read. */
ssize_t fd_read(int fd, void *bytes, size_t len);

/* Write all bytes, whatever signals come between. false: errno tells why, some may be written. */
bool fd_write(int fd, const void *bytes, size_t len);

#endif
