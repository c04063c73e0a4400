/* SPDX-License-Identifier: Apache-2.0 */
/* When a certificate may be renewed. */
#ifndef RA_WINDOW_H
#define RA_WINDOW_H

#include <stdint.h>

/* The first second: rule 30d is 30 days before the end, 1m the same day and time of the month
 * before, or the last day of that month when it has no such day. */
int64_t window_opens(const char *rule, int64_t not_after);

#endif
