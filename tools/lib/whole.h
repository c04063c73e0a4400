/* SPDX-License-Identifier: Apache-2.0 */
/* Writing all of it. */
#ifndef TWCA_TOOLS_WHOLE_H
#define TWCA_TOOLS_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Write all bytes, whatever signals come between. false: errno tells why; some may be written. */
bool whole_write(int fd, const void *bytes, size_t len);

#endif
