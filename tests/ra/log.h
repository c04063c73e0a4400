/* SPDX-License-Identifier: Apache-2.0 */
/* The RA's log for the help desk: a line a request, without any secret. */
#ifndef RA_LOG_H
#define RA_LOG_H

#include "ra.h"

/* Appends to path; false after a line on stderr. */
bool log_open(struct ra *ra, const char *path);
void log_close(struct ra *ra);

/* time conn=N METHOD PATH STATUS instance account, "-" for what is not known; status 0: the
 * connection was closed without an answer. Call it with the lock held. */
void log_request(const struct request *request, const struct reply *reply, unsigned long connection,
	bool answered);

#endif
