/* SPDX-License-Identifier: Apache-2.0 */
/* The long part of a call, computed before the call and without the slot's lock, so that other
 * sessions go on: docs/decisions/0214. */
#ifndef PKCS11_AHEAD_H
#define PKCS11_AHEAD_H

#include "ck.h"
#include "token.h"

struct session;
struct slot;

/* Slot lock held, no transaction. The caller frees *ret_ahead, which stays NULL where nothing takes
 * long. What was checked before must be checked again: others went on meanwhile.
 * Errors: those of slot_begin(), CKR_SESSION_CLOSED. */
CK_RV ahead_login(struct slot *slot, struct session *session, enum token_role role,
	const struct secret *pin, struct token_ahead **ret_ahead);
CK_RV ahead_generate(struct slot *slot, struct session *session,
	const struct token_generate *params, struct token_ahead **ret_ahead);

/* Transaction held: the token's next call has this at hand; NULL: no more. */
void ahead_at_hand(struct slot *slot, struct token_ahead *ahead);

/* For CLEANUP. */
void ahead_free_p(struct token_ahead **ahead);

#endif
