/* SPDX-License-Identifier: Apache-2.0 */
/* The card behind the door: what the files that implement cardos.h share, and the way in for tests.
 */
#ifndef CARDOS_CARD_H
#define CARDOS_CARD_H

#include "cardos.h"
#include "p15_internal.h"

struct transport;

#define CARD_ROLES 3
#define CARD_NO_GENERATION 0xFFFFFFFFu /* of what was not made yet */

struct card_login {
	bool logged_in;
	bool locked;
	int tries_left; /* -1: not told */
};

struct cardos_card {
	struct transport *transport; /* owned */
	struct cos_card *cos;
	struct p15 p15;
	struct layout *layouts;               /* owned */
	struct p15_cache *cache;              /* owned; NULL: none */
	int64_t saved_ms;                     /* when the cache was last given to its store */
	struct card_login logins[CARD_ROLES]; /* by enum cardos_pin_role */
	bool verified;                        /* a PIN was verified and not logged out */
	bool in_transaction;
	struct cardos_token token;
	unsigned token_generation;
	struct cardos_object *list; /* owned; made from p15 when it changed */
	size_t list_count;
	unsigned list_generation;
};

/* A card over any transport, which is the card's from now on, also on failure. */
enum cardos_err cardos_card_open_on(struct transport *transport, struct cardos_card **ret_card);

/* Every [T] function ends here: a lost card or reset also loses the logins. */
enum cardos_err card_result(struct cardos_card *card, enum cardos_err err);

/* How the PIN of that role is presented. NOT_FOUND: the card has none. */
enum cardos_err card_pin(
	struct cardos_card *card, enum cardos_pin_role role, struct p15_pin *ret_pin);

/* The object of that number; directories are read if they were not. */
enum cardos_err card_find(
	struct cardos_card *card, uint32_t number, struct p15_object **ret_object);

/* What a private key takes, and by whom it is guarded. */
void card_key_abilities(const struct cardos_card *card, const struct p15_entry *entry,
	struct cardos_object *object);

/* The user's PIN, and the SO's where the card has one, must have been given before a write. */
enum cardos_err card_may_write(struct cardos_card *card);

#endif
