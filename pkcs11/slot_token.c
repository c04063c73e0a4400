/* SPDX-License-Identifier: Apache-2.0 */
/* The token in a slot: connect, notice that it is gone. */
#include "slot_token.h"

#include "object.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

void slot_drop(struct slot *slot)
{
	slot_forget_login(slot);
	session_close_all(slot);
	object_forget_all(slot);
	if (slot->token)
		slot->token->ops->close(slot->token);
	slot->token = NULL;
}

void slot_check(struct slot *slot)
{
	if (!slot->token)
		return;
	if (!slot->token->ops->alive(slot->token))
		slot_drop(slot);
	else if ((slot->login != LOGIN_NONE || slot->card_so) && slot_was_reset(slot))
		slot_forget_login(slot);
}

static CK_RV connect_fresh(struct slot *slot)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CK_RV rv = slot->source->connect(slot->name, &slot->token);

	/* a program keeps the level that it began with, whatever others set meanwhile */
	if (rv == CKR_OK && slot->token->ops->prompt)
		slot->token->ops->prompt(slot->token, slot->prompt);
	if (rv == CKR_OK)
		rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = slot_refresh(slot);
	return rv;
}

CK_RV slot_connect(struct slot *slot)
{
	uint64_t event = 0;
	CK_RV rv;

	slot_check(slot);
	if (slot->token)
		return CKR_OK;
	if (!slot->source)
		return CKR_TOKEN_NOT_PRESENT;
	rv = slots_scan(slot->table);
	if (rv != CKR_OK)
		return rv;
	if (!slot_present(slot, &event))
		return CKR_TOKEN_NOT_PRESENT;
	if (slot->refusal != CKR_OK && slot->refusal_event == event)
		return slot->refusal;
	rv = connect_fresh(slot);
	if (rv == CKR_OK)
		return CKR_OK;
	slot_drop(slot);
	slot->refusal = rv == CKR_TOKEN_NOT_RECOGNIZED ? rv : CKR_OK;
	slot->refusal_event = event;
	/* a card pulled while we spoke to it is absent, whatever its last words were */
	if (rv == CKR_DEVICE_REMOVED ||
		(slots_scan(slot->table) == CKR_OK && !slot_present(slot, &event)))
		return CKR_TOKEN_NOT_PRESENT;
	return rv;
}
