/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: one per place that can hold a token, their ids, hot plug, the token in them.
 *
 * Two locks. The table's lock guards which slots there are and what the last look at the sources
 * saw; it is held for a question to pcscd, never for a card command. Each slot's own lock guards
 * all that belongs to its token and is held while a card computes. Order: slot, then table. */
#ifndef PKCS11_SLOT_H
#define PKCS11_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck.h"
#include "token.h"

struct crypto;
struct held;
struct lock;
struct lock_kind;
struct object;
struct secret;
struct session;
struct slots;

/* Handles of sessions and objects are serial * SLOTS_MAX + slot number, serial from 1. */
#define SLOTS_MAX 64

enum slot_login {
	LOGIN_NONE,
	LOGIN_USER,
	LOGIN_SO
};

/* object_index.c's */
#define SLOT_INDEX_KEYS 4
struct slot_index {
	struct object **chains; /* SLOT_INDEX_KEYS * size */
	size_t size, count;
	struct object *few[SLOT_INDEX_KEYS];
};

struct slot {
	/* constant */
	CK_SLOT_ID id;
	char name[TOKEN_PLACE_NAME_MAX];
	const struct token_source_ops *source; /* NULL: the slot that tells of trouble */
	struct slots *table;
	struct lock *lock;
	struct crypto *crypto;
	CK_ULONG sessions_max;

	/* under the table's lock */
	bool present;
	bool listed;
	uint64_t event;
	bool told; /* the application knows of this state: */
	bool told_present;
	uint64_t told_event;

	/* under lock */
	struct token *token; /* NULL: not connected */
	struct token_info info;
	struct token_pin pins[TOKEN_ROLES];
	struct token_settings settings;
	unsigned prompt; /* the level in force since the token was first seen here; 0: never seen */
	CK_RV refusal;   /* what connecting said to the token of refusal_event */
	uint64_t refusal_event;
	enum slot_login login;
	bool card_so;        /* CKU_TWCA_CARD_SO is logged in */
	struct held *so_pin; /* only while login is LOGIN_SO */
	struct session *sessions;
	struct session *closed_sessions;     /* that another thread still computes in */
	struct object *objects, *last_added; /* the list's ends */
	struct slot_index index;
	bool objects_read;  /* the token's objects are in the list */
	uint64_t synced_ms; /* when the token was last asked whether somebody wrote to it */
	CK_ULONG last_session, last_object;
};

/* What is there at this moment is no event. */
struct slots *slots_new(const struct lock_kind *kind, struct crypto *crypto);
/* Their tokens were dropped before (slot_token.h). */
struct slots *slots_free(struct slots *slots);

/* Do it to every slot; nobody else knows of the table any more. */
void slots_each(struct slots *slots, void (*act)(struct slot *slot));

/* Look at the sources: what is in the slots that there are. */
CK_RV slots_scan(struct slots *slots);

/* The listed slots; ids: SLOTS_MAX elements. Looks, and adds new slots if add or never done. */
CK_RV slots_list(
	struct slots *slots, bool add, bool present_only, CK_SLOT_ID *ids, CK_ULONG *ret_count);

/* Look at the sources; a slot where something happened that the application was not told of counts
 * as told from now on. New places become slots, but are listed only by slots_list(). What happened
 * in one slot between two looks is one event. Errors: CKR_NO_EVENT, CKR_CANT_LOCK. */
CK_RV slots_take_event(struct slots *slots, CK_SLOT_ID *ret_id);

/* NULL: no such slot. Slots live as long as the table. */
struct slot *slots_find(struct slots *slots, CK_SLOT_ID id);
/* The slot that a session or object handle names. */
struct slot *slots_find_handle(struct slots *slots, CK_ULONG handle);

/* As the last look saw it. */
bool slot_present(struct slot *slot, uint64_t *ret_event);

/* ---- all below: slot lock held ---- */

CK_ULONG slot_new_session_handle(struct slot *slot);
CK_ULONG slot_new_object_handle(struct slot *slot);

#endif
