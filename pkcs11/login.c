/* SPDX-License-Identifier: Apache-2.0 */
/* PINs: login, logout, change, set. Every PIN is presented once, never again by itself. */
#include "login.h"

#include "held.h"
#include "object.h"
#include "object_read.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"
#include "vendor.h"

#include "cardos/secret.h"

/* What the token said about a PIN goes into the slot. Transaction held. */
static CK_RV note_pin(struct slot *slot, enum token_role role, CK_RV rv, int tries_left)
{
	struct token_pin *pin = &slot->pins[role];
	struct token_pin fresh;

	rv = slot_note(slot, rv);
	if (rv == CKR_PIN_INCORRECT) {
		pin->tries_left = tries_left;
		pin->locked = tries_left == 0;
	} else if (rv == CKR_PIN_LOCKED) {
		pin->tries_left = 0;
		pin->locked = true;
	} else if (rv == CKR_OK && slot->token->ops->pin(slot->token, role, &fresh) == CKR_OK) {
		*pin = fresh;
	}
	return rv;
}

/* Who presents a PIN, and what must be so before that. */
struct entry {
	enum token_role role;
	CK_RV (*may)(struct slot *slot);
	const struct secret *pin;
};

static CK_RV present(struct slot *slot, const struct entry *entry)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	int tries_left = -1;
	CK_RV rv = entry->may(slot);

	if (rv == CKR_OK)
		rv = slot_begin(slot, &held);
	if (rv != CKR_OK)
		return rv;
	rv = slot->token->ops->login(slot->token, entry->role, entry->pin, &tries_left);
	return note_pin(slot, entry->role, rv, tries_left);
}

static CK_RV may_user(struct slot *slot)
{
	if (slot->login == LOGIN_USER)
		return CKR_USER_ALREADY_LOGGED_IN;
	if (slot->login == LOGIN_SO)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	return slot->pins[TOKEN_USER].exists ? CKR_OK : CKR_USER_PIN_NOT_INITIALIZED;
}

static CK_RV login_normal(struct slot *slot, const struct secret *pin)
{
	const struct entry entry = { TOKEN_USER, may_user, pin };
	CK_RV rv = present(slot, &entry);

	if (rv == CKR_OK)
		slot->login = LOGIN_USER;
	return rv;
}

static CK_RV may_so(struct slot *slot)
{
	CK_ULONG read_only;

	if (slot->login == LOGIN_SO)
		return CKR_USER_ALREADY_LOGGED_IN;
	if (slot->login == LOGIN_USER)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	session_count(slot, &read_only);
	if (read_only)
		return CKR_SESSION_READ_ONLY_EXISTS;
	return slot->pins[TOKEN_SO].exists ? CKR_OK : CKR_USER_TYPE_INVALID;
}

static CK_RV login_so(struct slot *slot, const struct secret *pin)
{
	CLEANUP(held_free_p) struct held *kept = NULL;
	const struct entry entry = { TOKEN_SO, may_so, pin };
	CK_RV rv;

	if (pin)
		kept = held_new(slot->crypto, pin);
	if (pin && !kept)
		return CKR_HOST_MEMORY;
	rv = present(slot, &entry);
	if (rv != CKR_OK)
		return rv;
	slot->login = LOGIN_SO;
	slot->so_pin = TAKE(kept);
	return CKR_OK;
}

static CK_RV may_card_so(struct slot *slot)
{
	if (!slot->pins[TOKEN_CARD_SO].exists)
		return CKR_USER_TYPE_INVALID;
	return slot->card_so ? CKR_USER_ALREADY_LOGGED_IN : CKR_OK;
}

static CK_RV login_card_so(struct slot *slot, const struct secret *pin)
{
	const struct entry entry = { TOKEN_CARD_SO, may_card_so, pin };
	CK_RV rv = present(slot, &entry);

	if (rv == CKR_OK)
		slot->card_so = true;
	return rv;
}

static CK_RV may_always(struct slot *slot)
{
	(void)slot;
	return CKR_OK;
}

/* The PIN of one key, which the user's login does not open. */
static CK_RV present_for(struct slot *slot, CK_OBJECT_HANDLE handle, const struct secret *pin)
{
	const struct entry entry = { TOKEN_USER, may_always, pin };
	CLEANUP(slot_end_p) struct slot *held = NULL;
	bool hidden;
	struct object *key = object_find(slot, handle, &hidden);
	int tries_left = -1;

	if (!slot->token->ops->key_login)
		return present(slot, &entry);
	if (!key)
		return CKR_KEY_HANDLE_INVALID;
	CK_RV rv = slot_begin(slot, &held);

	if (rv != CKR_OK)
		return rv;
	return slot->token->ops->key_login(slot->token, key->meta.number, pin, &tries_left);
}

static CK_RV login_context(struct slot *slot, struct session *session, const struct secret *pin)
{
	static const enum op_kind kinds[] = { OP_SIGN, OP_SIGN_RECOVER, OP_DECRYPT,
		OP_MESSAGE_SIGN };
	CK_RV rv;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct op *op = session->ops[kinds[i]];

		if (!op || !op->authenticate)
			continue;
		rv = present_for(slot, op->key, pin);
		if (rv == CKR_OK)
			op->authenticate = false;
		return rv;
	}
	return CKR_OPERATION_NOT_INITIALIZED;
}

CK_RV login_user(
	struct slot *slot, struct session *session, CK_USER_TYPE type, const struct secret *pin)
{
	if (pin && !secret_len(pin))
		return CKR_PIN_LEN_RANGE;
	switch (type) {
	case CKU_USER:
		return login_normal(slot, pin);
	case CKU_SO:
		return login_so(slot, pin);
	case CKU_TWCA_CARD_SO:
		return login_card_so(slot, pin);
	case CKU_CONTEXT_SPECIFIC:
		return login_context(slot, session, pin);
	default:
		return CKR_USER_TYPE_INVALID;
	}
}

void login_end_quietly(struct slot *slot)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;

	if (slot->login == LOGIN_NONE && !slot->card_so)
		return;
	if (slot_begin(slot, &held) == CKR_OK)
		slot->token->ops->logout(slot->token);
	slot_forget_login(slot);
}

CK_RV login_end(struct slot *slot)
{
	if (slot->login == LOGIN_NONE && !slot->card_so)
		return CKR_USER_NOT_LOGGED_IN;
	login_end_quietly(slot);
	return CKR_OK;
}

static CK_RV keep_so_pin(struct slot *slot, const struct secret *pin)
{
	struct held *kept = held_new(slot->crypto, pin);

	if (!kept) {
		slot_forget_login(slot);
		return CKR_HOST_MEMORY;
	}
	held_free(slot->so_pin);
	slot->so_pin = kept;
	return CKR_OK;
}

CK_RV login_change(struct slot *slot, const struct secret *old_pin, const struct secret *new_pin)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	enum token_role role = slot->login == LOGIN_SO ? TOKEN_SO : TOKEN_USER;
	int tries_left = -1;
	CK_RV rv;

	if (!slot->pins[role].exists)
		return CKR_USER_PIN_NOT_INITIALIZED;
	if (old_pin && (!secret_len(old_pin) || !secret_len(new_pin)))
		return CKR_PIN_LEN_RANGE;
	rv = slot_begin(slot, &held);
	if (rv != CKR_OK)
		return rv;
	rv = slot->token->ops->pin_change(slot->token, role, old_pin, new_pin, &tries_left);
	rv = note_pin(slot, role, rv, tries_left);
	if (rv == CKR_OK && slot->login == LOGIN_SO && new_pin)
		rv = keep_so_pin(slot, new_pin);
	else if (rv == CKR_OK && slot->login == LOGIN_SO)
		slot->so_pin = held_free(slot->so_pin);
	return rv;
}

CK_RV login_set(struct slot *slot, const struct secret *new_pin)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CLEANUP(secret_free_p) struct secret *so_pin = NULL;
	int tries_left = -1;
	CK_RV rv;

	if (slot->login != LOGIN_SO)
		return CKR_USER_NOT_LOGGED_IN;
	if (new_pin && !secret_len(new_pin))
		return CKR_PIN_LEN_RANGE;
	/* An SO PIN that was typed at the reader is not known here: the new one goes there too. */
	if (new_pin && !slot->so_pin)
		return CKR_ARGUMENTS_BAD;
	rv = slot_begin(slot, &held);
	if (rv != CKR_OK)
		return rv;
	if (slot->login != LOGIN_SO)
		return CKR_USER_NOT_LOGGED_IN;
	if (new_pin)
		so_pin = held_open(slot->crypto, slot->so_pin);
	if (new_pin && !so_pin)
		return CKR_HOST_MEMORY;
	rv = slot->token->ops->pin_set(slot->token, so_pin, new_pin, &tries_left);
	rv = note_pin(slot, TOKEN_SO, rv, tries_left);
	if (rv != CKR_OK)
		return rv;
	rv = slot_refresh(slot);
	return rv == CKR_OK && slot->objects_read ? object_reread(slot) : rv;
}

CK_RV login_init_token(struct slot *slot, const struct secret *so_pin, const char *label)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	int tries_left = -1;
	CK_RV rv;

	if (slot->sessions)
		return CKR_SESSION_EXISTS;
	if (!secret_len(so_pin))
		return CKR_PIN_LEN_RANGE;
	rv = slot_begin(slot, &held);
	if (rv != CKR_OK)
		return rv;
	rv = slot->token->ops->init(slot->token, label, so_pin, &tries_left);
	rv = note_pin(slot, TOKEN_SO, rv, tries_left);
	if (rv != CKR_OK)
		return rv;
	object_forget_all(slot);
	return slot_refresh(slot);
}
