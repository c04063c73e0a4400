/* SPDX-License-Identifier: Apache-2.0 */
/* The long part of a call, computed before the call and without the slot's lock. */
#include "ahead.h"

#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

void ahead_free_p(struct token_ahead **ahead)
{
	if (*ahead)
		(*ahead)->free(*ahead);
	*ahead = NULL;
}

static CK_RV compute(void *arg)
{
	struct token_ahead *ahead = arg;

	ahead->compute(ahead);
	return CKR_OK;
}

static CK_RV compute_apart(
	struct slot *slot, struct session *session, struct token_ahead **ret_ahead)
{
	CLEANUP(ahead_free_p) struct token_ahead *ahead = *ret_ahead;
	CK_RV rv;

	*ret_ahead = NULL;
	rv = ahead ? session_apart(slot, session, compute, ahead) : CKR_OK;
	if (rv == CKR_OK)
		*ret_ahead = TAKE(ahead);
	return rv;
}

CK_RV ahead_login(struct slot *slot, struct session *session, enum token_role role,
	const struct secret *pin, struct token_ahead **ret_ahead)
{
	struct slot *held = NULL;
	CK_RV rv;

	if (!slot->token->ops->login_ahead || !pin)
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		*ret_ahead = slot->token->ops->login_ahead(slot->token, role, pin);
	slot_end_p(&held);
	return rv == CKR_OK ? compute_apart(slot, session, ret_ahead) : rv;
}

CK_RV ahead_generate(struct slot *slot, struct session *session,
	const struct token_generate *params, struct token_ahead **ret_ahead)
{
	struct slot *held = NULL;
	CK_RV rv;

	if (!slot->token->ops->generate_ahead)
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		*ret_ahead = slot->token->ops->generate_ahead(slot->token, params);
	slot_end_p(&held);
	return rv == CKR_OK ? compute_apart(slot, session, ret_ahead) : rv;
}

void ahead_at_hand(struct slot *slot, struct token_ahead *ahead)
{
	if (slot->token->ops->at_hand)
		slot->token->ops->at_hand(slot->token, ahead);
}
