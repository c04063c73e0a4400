/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions with the connected token, and what its answers tell of login and removal. All
 * functions: slot lock held. */
#ifndef PKCS11_SLOT_TRANSACTION_H
#define PKCS11_SLOT_TRANSACTION_H

#include <stdbool.h>

#include "ck.h"

struct slot;

/* Begin a transaction with the connected token. A reset by somebody else logs out.
 * *ret_held is slot, for CLEANUP(slot_end_p). */
CK_RV slot_begin(struct slot *slot, struct slot **ret_held);
void slot_end_p(struct slot **held);

/* Ask for the state of all PINs and the token's description again; transaction held. */
CK_RV slot_refresh(struct slot *slot);

/* Forget the login on our side, and what only the user may see. */
void slot_forget_login(struct slot *slot);

/* Did another program reset the card since our last command? Asked without a transaction. */
bool slot_was_reset(struct slot *slot);

/* Pass an answer of the token on; what it tells about login or removal is noted. */
CK_RV slot_note(struct slot *slot, CK_RV rv);

#endif
