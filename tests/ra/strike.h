/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong passwords in a row, by the account's name, whether it exists or not. */
#ifndef RA_STRIKE_H
#define RA_STRIKE_H

#include "ra.h"

bool strike_locked(struct request *request, const char *account);

/* One more; what is left. */
int64_t strike_add(struct request *request, const char *account);

void strike_clear(struct request *request, const char *account);

/* 403 account-locked with the site's contact. */
void strike_refuse(struct request *request, struct reply *reply);

#endif
