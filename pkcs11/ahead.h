/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose long part is computed without the slot's lock, so that other sessions go on: made,
 * put off by the token, and made again from the beginning, with all their checks, when it is
 * computed (docs/decisions/0216).
 *
 *     CLEANUP(ahead_end) struct ahead ahead = ahead_begin(slot, session);
 *     do
 *             rv = the call;
 *     while (ahead_again(&ahead, &rv)); */
#ifndef PKCS11_AHEAD_H
#define PKCS11_AHEAD_H

#include <stdbool.h>

#include "ck.h"

struct session;
struct slot;
struct token_ahead;

struct ahead {
	struct slot *slot;
	struct session *session;
	struct token_ahead *work; /* NULL: nothing of this token takes long */
	unsigned rounds;
};

/* Slot lock held, no transaction; so for the other two. */
struct ahead ahead_begin(struct slot *slot, struct session *session);
/* Was the call put off? Then what it wants is computed. *rv may become CKR_SESSION_CLOSED. */
bool ahead_again(struct ahead *ahead, CK_RV *rv);
/* For CLEANUP. */
void ahead_end(struct ahead *ahead);

#endif
