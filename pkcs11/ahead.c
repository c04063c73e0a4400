/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose long part is computed without the slot's lock. */
#include "ahead.h"

#include "session.h"
#include "slot.h"
#include "token.h"

#define ROUNDS_MAX 8 /* what changes faster than it is computed is computed under the lock */

static void at_hand(struct slot *slot, struct token_ahead *work)
{
	if (slot->token && slot->token->ops->at_hand)
		slot->token->ops->at_hand(slot->token, work);
}

struct ahead ahead_begin(struct slot *slot, struct session *session)
{
	struct ahead ahead = { .slot = slot, .session = session };

	if (slot->token && slot->token->ops->ahead)
		ahead.work = slot->token->ops->ahead(slot->token);
	if (ahead.work)
		at_hand(slot, ahead.work);
	return ahead;
}

static CK_RV compute(void *arg)
{
	struct token_ahead *work = arg;

	work->compute(work);
	return CKR_OK;
}

bool ahead_again(struct ahead *ahead, CK_RV *rv)
{
	if (*rv != TOKEN_LATER)
		return false;
	at_hand(ahead->slot, NULL);
	*rv = session_apart(ahead->slot, ahead->session, compute, ahead->work);
	if (*rv != CKR_OK)
		return false;
	if (++ahead->rounds < ROUNDS_MAX)
		at_hand(ahead->slot, ahead->work);
	return true;
}

void ahead_end(struct ahead *ahead)
{
	if (!ahead->work)
		return;
	at_hand(ahead->slot, NULL);
	ahead->work->free(ahead->work);
	ahead->work = NULL;
}
