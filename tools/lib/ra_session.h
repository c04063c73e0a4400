/* SPDX-License-Identifier: Apache-2.0 */
/* A session with the RA that another command has opened. */
#ifndef TWCA_TOOLS_RA_SESSION_H
#define TWCA_TOOLS_RA_SESSION_H

#include <stdbool.h>

struct fail;
struct ra;

struct ra_session_state {
	char account[65];
	char expires[32]; /* RFC 3339 */
	bool must_change;
	bool renewal_only; /* opened by a card's key */
	bool renewal_due;
};

/* The token of the open session; NULL: none is open. Borrowed. */
const char *ra_session_token(const struct ra *ra);

/* Go on with a token. Errors: SESSION_ENDED (then no session is open). */
bool ra_session_resume(struct ra *ra, const char *token, bool *ret_must_change, struct fail *fail);

/* Ask about the open session. Errors: SESSION_ENDED. */
bool ra_session_ask(struct ra *ra, struct ra_session_state *ret, struct fail *fail);

#endif
