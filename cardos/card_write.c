/* SPDX-License-Identifier: Apache-2.0 */
/* The door: writes. */
#include "card.h"

#include "cleanup.h"
#include "cos_pin.h"
#include "cos_table.h"
#include "p15_generate.h"
#include "p15_import.h"
#include "p15_read.h"
#include "p15_state.h"
#include "p15_store.h"
#include "p15_write.h"
#include "secret.h"

#include <string.h>

enum cardos_err card_may_write(struct cardos_card *card)
{
	enum cardos_err err = p15_bind(&card->p15);
	if (err == CARDOS_OK)
		err = p15_read_anew(&card->p15);
	if (err == CARDOS_OK &&
		(!(cos_card_row(card->cos)->flags & COS_WRITES) || card->p15.described))
		err = CARDOS_E_NOT_SUPPORTED;
	if (err == CARDOS_OK && card->p15.state != P15_READY)
		err = CARDOS_E_BLANK;
	if (err != CARDOS_OK)
		return err;
	if (!card->logins[CARDOS_PIN_USER].logged_in)
		return CARDOS_E_AUTH_REQUIRED;
	/* Directory files of such a card belong to its SO: known before a key is generated in vain.
	 */
	if (p15_find_pin(&card->p15, CARDOS_PIN_SO) && !card->logins[CARDOS_PIN_SO].logged_in)
		return CARDOS_E_AUTH_REQUIRED;
	return CARDOS_OK;
}

/* What a failed write left is not known: the next call reads the card anew. */
static enum cardos_err write_result(struct cardos_card *card, enum cardos_err err)
{
	card->p15.children_known = card->p15.children_known && err == CARDOS_OK;
	return card_result(card, err);
}

/* A user PIN nobody knows, to delete what only the user may delete; its PUK has been verified. */
static enum cardos_err seize_user_pin(
	struct cardos_card *card, const struct p15_pin *user, const struct secret *puk)
{
	const struct cos_pin pin = { .reference = user->reference & 0x7F,
		.stored_len = (uint8_t)user->stored_len,
		.pad = user->pad };
	int ignored = -1;
	CLEANUP(secret_free_p) struct secret *value = NULL;
	enum cardos_err err =
		p15_random_pin(user->stored_len ? user->stored_len : user->min_len, &value);
	if (err == CARDOS_OK)
		err = cos_pin_unblock(card->cos, &pin, puk, value, &ignored);
	return err == CARDOS_OK ? cos_pin_verify(card->cos, &pin, value, &ignored) : err;
}

/* May this application be erased? One whose PINs live inside is, if it is such as we make: all its
 * PINs and keys would go with its DF. A card of another maker has them elsewhere, and its keys
 * could never be made again. */
static enum cardos_err may_erase(struct cardos_card *card)
{
	const struct p15 *p15 = &card->p15;
	if (!cos_pin_inside(card->cos))
		return CARDOS_OK;
	enum cardos_err err = p15_read_objects(&card->p15);
	for (unsigned i = 0; err == CARDOS_OK && i < p15->pin_count; i++) {
		if (!cos_path_equal(&p15->pins[i].path, &p15->app) ||
			p15->pins[i].stored_len != P15_PIN_STORED)
			err = CARDOS_E_NOT_SUPPORTED;
	}
	for (unsigned i = 0; err == CARDOS_OK && i < p15->object_count; i++) {
		const struct p15_object *object = p15->objects[i];
		if (object->shown && object->entry.object.class == CARDOS_PRIVATE_KEY &&
			!cos_path_equal(&object->entry.path, &p15->app))
			err = CARDOS_E_NOT_SUPPORTED;
	}
	return err;
}

static enum cardos_err erase_rights(
	struct cardos_card *card, const struct secret *puk, int *ret_tries_left)
{
	struct p15_pin user;
	enum cardos_err err = may_erase(card);
	if (err != CARDOS_OK || cos_pin_inside(card->cos))
		return err; /* there p15_format() presents the PUK */
	err = cardos_login(card, CARDOS_PIN_PUK, puk, ret_tries_left);
	if (err == CARDOS_OK && card_pin(card, CARDOS_PIN_USER, &user) == CARDOS_OK)
		err = seize_user_pin(card, &user, puk);
	return err;
}

enum cardos_err cardos_initialise(
	struct cardos_card *card, const struct cardos_initialise *params, int *ret_tries_left)
{
	size_t len = secret_len(params->puk);
	*ret_tries_left = -1;
	if (len < P15_PUK_MIN || len > P15_PIN_STORED)
		return CARDOS_E_PIN_LENGTH;
	enum cardos_err err = p15_bind(&card->p15);
	if (err == CARDOS_OK)
		err = p15_read_anew(&card->p15);
	if (err == CARDOS_OK &&
		(!(cos_card_row(card->cos)->flags & COS_WRITES) || card->p15.described))
		err = CARDOS_E_NOT_SUPPORTED;
	if (err == CARDOS_OK && card->p15.state == P15_READY)
		err = erase_rights(card, params->puk, ret_tries_left);
	card->verified |= err == CARDOS_OK && cos_pin_inside(card->cos); /* on the way */
	if (err == CARDOS_OK)
		err = p15_format(&card->p15, params->label, params->puk, ret_tries_left);
	for (size_t i = 0; err == CARDOS_OK && i < CARD_ROLES; i++)
		card->logins[i] = (struct card_login){ .tries_left = -1 };
	return write_result(card, err);
}

enum cardos_err cardos_key_import(struct cardos_card *card, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private)
{
	enum cardos_err err = card_may_write(card);
	if (err == CARDOS_OK)
		err = p15_import(&card->p15, params, key, ret_private);
	return write_result(card, err);
}

enum cardos_err cardos_key_generate(struct cardos_card *card,
	const struct cardos_key_params *params, uint32_t *ret_private, uint32_t *ret_public)
{
	enum cardos_err err = card_may_write(card);
	if (err == CARDOS_OK)
		err = p15_generate(&card->p15, params, ret_private, ret_public);
	return write_result(card, err);
}

enum cardos_err cardos_object_store(
	struct cardos_card *card, const struct cardos_store *params, uint32_t *ret_number)
{
	enum cardos_err err = card_may_write(card);
	if (err == CARDOS_OK)
		err = p15_store_object(&card->p15, params, ret_number);
	return write_result(card, err);
}

static enum cardos_err find_to_change(
	struct cardos_card *card, uint32_t number, struct p15_object **ret_object)
{
	enum cardos_err err = card_may_write(card);
	if (err == CARDOS_OK)
		err = p15_read_objects(&card->p15);
	if (err != CARDOS_OK)
		return err;
	*ret_object = p15_find(&card->p15, number);
	return *ret_object ? CARDOS_OK : CARDOS_E_NOT_FOUND;
}

enum cardos_err cardos_object_change(
	struct cardos_card *card, uint32_t number, const struct cardos_change *change)
{
	struct p15_object *object = NULL;
	enum cardos_err err = find_to_change(card, number, &object);
	if (err == CARDOS_OK)
		err = p15_change_object(&card->p15, object, change);
	return write_result(card, err);
}

enum cardos_err cardos_object_delete(struct cardos_card *card, uint32_t number)
{
	struct p15_object *object = NULL;
	enum cardos_err err = find_to_change(card, number, &object);
	if (err == CARDOS_OK)
		err = p15_delete_object(&card->p15, object);
	return write_result(card, err);
}
