/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions with the connected token, and what its answers tell of login and removal. */
#include "slot_transaction.h"

#include "held.h"
#include "object.h"
#include "scope.h"
#include "slot.h"

/* What only the user may see leaves memory. */
static void forget_private(struct slot *slot)
{
	for (struct object *o = slot->objects; o; o = o->next)
		if (o->on_token && o->meta.private && o->meta.class != CKO_PRIVATE_KEY)
			object_forget(o);
}

void slot_forget_login(struct slot *slot)
{
	forget_private(slot);
	slot->login = LOGIN_NONE;
	slot->card_so = false;
	slot->so_pin = held_free(slot->so_pin);
	object_forget_private(slot);
}

bool slot_was_reset(struct slot *slot)
{
	const struct token_ops *ops = slot->token->ops;

	return ops->was_reset && ops->was_reset(slot->token);
}

CK_RV slot_begin(struct slot *slot, struct slot **ret_held)
{
	bool reset = false;
	CK_RV rv = slot->token->ops->begin(slot->token, &reset);

	if (rv != CKR_OK)
		return slot_note(slot, rv);
	if (reset)
		slot_forget_login(slot);
	*ret_held = slot;
	return CKR_OK;
}

void slot_end_p(struct slot **held)
{
	if (*held && (*held)->token)
		(*held)->token->ops->end((*held)->token);
	*held = NULL;
}

CK_RV slot_note(struct slot *slot, CK_RV rv)
{
	if (rv == CKR_USER_NOT_LOGGED_IN && slot->login == LOGIN_USER &&
		!slot->pins[TOKEN_CARD_SO].exists)
		slot_forget_login(slot);
	if (rv != CKR_DEVICE_ERROR)
		return rv;
	/* a card that is gone, or was reset, may first show as an exchange that failed */
	if (!slot->token->ops->alive(slot->token))
		return CKR_DEVICE_REMOVED;
	if (slot->login == LOGIN_NONE || !slot_was_reset(slot))
		return rv;
	slot_forget_login(slot);
	return CKR_USER_NOT_LOGGED_IN;
}

CK_RV slot_refresh(struct slot *slot)
{
	struct token *token = slot->token;
	CK_RV rv = token->ops->info(token, &slot->info);

	slot->settings = (struct token_settings){ 0 };
	if (rv == CKR_OK && token->ops->settings) {
		token->ops->settings(token, &slot->settings);
		slot->prompt = slot->settings.level_now;
	}
	for (int role = 0; rv == CKR_OK && role < TOKEN_ROLES; role++)
		rv = token->ops->pin(token, (enum token_role)role, &slot->pins[role]);
	return slot_note(slot, rv);
}
