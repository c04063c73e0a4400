/* SPDX-License-Identifier: Apache-2.0 */
/* An RA without a protocol: struct ra_ops that answer what the test says, and count. */
#ifndef TWCA_TEST_DESK_H
#define TWCA_TEST_DESK_H

#include "fail.h"
#include "ra.h"

#define DESK_ANSWERS 8

extern struct desk {
	struct ra ra;
	enum fail_code logins[DESK_ANSWERS]; /* of each login, in their order; then success */
	unsigned login_count, captcha_count, password_count, terms_count, logout_count;
	int tries_left;           /* told with a refused login */
	const char *detail;       /* likewise */
	bool must_change;         /* after a login with this password: */
	const char *old_password; /* (NULL: any) */
	bool ends;                /* a change of the password ends the session */
	enum fail_code change;    /* what comes of one */
	enum fail_code terms_fail, registration_fail;
	struct ra_terms terms;
	struct ra_registration registration;
	/* what was said last */
	char account[64], password[64], new_password[64], captcha[64], language[16];
} desk;

/* Everything succeeds; returns the RA. */
struct ra *desk_open(void);

struct tool;

/* A tool at this RA, for the account A1, that records in a folder of its own. */
void desk_tool(struct tool *tool, char **ret_folder);
void desk_tool_end(struct tool *tool, char *folder);

#endif
