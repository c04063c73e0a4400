/* SPDX-License-Identifier: Apache-2.0 */
/* What the two ways of logging in share: the captcha, the session that is opened. */
#ifndef RA_LOGIN_H
#define RA_LOGIN_H

#include "ra.h"

/* Uses the captcha up; false: reply is the problem. */
bool captcha_pass(struct request *request, struct reply *reply, const char *id, const char *answer);

struct login {
	const char *account; /* as registered */
	int64_t account_id;
	bool must_change;
	const char *scope; /* full, renewal */
};

/* Answers with a new session and its token. */
void login_open(struct request *request, struct reply *reply, const struct login *login);

/* The site password again, inside a session: a wrong one is a strike. False: reply is the problem.
 */
bool login_password_again(struct request *request, struct reply *reply, const char *password);

#endif
