/* SPDX-License-Identifier: Apache-2.0 */
/* The token in a slot: connect, notice removal and reset, transactions. */
#include "slot.h"

#include "held.h"
#include "object.h"
#include "scope.h"
#include "session.h"

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

void slot_drop(struct slot *slot)
{
	slot_forget_login(slot);
	session_close_all(slot);
	object_forget_all(slot);
	if (slot->token)
		slot->token->ops->close(slot->token);
	slot->token = NULL;
}

static bool was_reset(struct slot *slot)
{
	const struct token_ops *ops = slot->token->ops;

	return ops->was_reset && ops->was_reset(slot->token);
}

void slot_check(struct slot *slot)
{
	if (!slot->token)
		return;
	if (!slot->token->ops->alive(slot->token))
		slot_drop(slot);
	else if ((slot->login != LOGIN_NONE || slot->card_so) && was_reset(slot))
		slot_forget_login(slot);
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
	if (slot->login == LOGIN_NONE || !was_reset(slot))
		return rv;
	slot_forget_login(slot);
	return CKR_USER_NOT_LOGGED_IN;
}

static CK_ULONG next_handle(CK_SLOT_ID id, CK_ULONG *last)
{
	*last = *last >= (CK_ULONG)-1 / SLOTS_MAX - 1 ? 1 : *last + 1;
	return *last * SLOTS_MAX + id;
}

CK_ULONG slot_new_session_handle(struct slot *slot)
{
	return next_handle(slot->id, &slot->last_session);
}

CK_ULONG slot_new_object_handle(struct slot *slot)
{
	return next_handle(slot->id, &slot->last_object);
}
