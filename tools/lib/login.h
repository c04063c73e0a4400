/* SPDX-License-Identifier: Apache-2.0 */
/* The session with the RA: a kept one, or a login with password and picture; the first password. */
#ifndef TWCA_TOOLS_LOGIN_H
#define TWCA_TOOLS_LOGIN_H

#include <stdbool.h>

struct fail;
struct pin;
struct tool;

/* Go on with the session that twca-account keeps for this site and account, or log in (the picture
 * is asked for where the site has one). tool->account must be known unless a session is kept; it is
 * asked for otherwise. Wrong passwords and pictures are asked for again where a person can be
 * asked. Sets tool->must_change. Errors: LOGIN_REFUSED, LOGIN_LOCKED, CAPTCHA_*, INPUT_NEEDED. */
bool login_open(struct tool *tool, struct fail *fail);

/* tool->account: from the command line or settings, of the session that is kept, or asked for; for
 * what needs its name before the login. */
bool login_account(struct tool *tool, struct fail *fail);

/* Always log in, whatever is kept. */
bool login_ask(struct tool *tool, struct fail *fail);

/* After login_open(): change the first password where the RA wants that; logs in again where the RA
 * ends the session with it. Recorded as "password_change" (begun, done) if a record is kept. */
bool login_first_password(struct tool *tool, struct fail *fail);

/* tool_open_ra(), login_open() and login_first_password(). */
bool login_ready(struct tool *tool, struct fail *fail);

/* Ask for the site password unless this run has it already, as for a second check of it. */
bool login_password(struct tool *tool, struct fail *fail);

/* Change the site password from tool->password to new, and tell that it was done. *ret_ended: the
 * RA has ended the session with it (a kept one is forgotten). Errors: PASSWORD_RULE, LOGIN_REFUSED
 * (a strike), LOGIN_LOCKED. */
bool login_change_password(
	struct tool *tool, const struct pin *new, bool *ret_ended, struct fail *fail);

#endif
