/* SPDX-License-Identifier: Apache-2.0 */
/* The gate of everything that needs a login. */
#ifndef RA_SESSION_H
#define RA_SESSION_H

#include "ra.h"

/* Finds the bearer token's session and sets the request's account; false: reply is the problem.
 * first_login: also before the first password was changed. renewal: also after a login by card. */
bool session_pass(struct request *request, struct reply *reply, bool first_login, bool renewal);

#endif
