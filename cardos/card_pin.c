/* SPDX-License-Identifier: Apache-2.0 */
/* The door: PINs. Which entry of the AODF plays which role, and what this handle knows of logins.
 */
#include "card.h"

#include "cleanup.h"
#include "cos_pin.h"
#include "cos_table.h"
#include "p15_read.h"
#include "p15_state.h"
#include "p15_write.h"
#include "secret.h"

#include <string.h>

#define PUK_FROM_PIN 1 /* OpenSC and this room store the PUK as reference of the PIN + 1 */

static const struct p15_pin *find_reference(const struct p15 *p15, uint8_t reference)
{
	for (unsigned i = 0; i < p15->pin_count; i++) {
		if ((p15->pins[i].reference & 0x7F) == (reference & 0x7F))
			return &p15->pins[i];
	}
	return NULL;
}

/* The PUK of a card that does not name it in its AODF. */
static enum cardos_err guess_puk(const struct p15 *p15, struct p15_pin *ret_pin)
{
	const struct p15_pin *user = p15_find_pin(p15, CARDOS_PIN_USER);
	struct p15_pin puk = { .reference = P15_USER_REFERENCE + PUK_FROM_PIN,
		.min_len = P15_PUK_MIN,
		.stored_len = P15_PIN_STORED,
		.max_len = P15_PIN_STORED,
		.path = p15->app };
	if (!user && p15->pin_count > 0)
		return CARDOS_E_NOT_FOUND; /* an SO PIN but no user PIN: nothing to unblock */
	if (user) {
		puk = *user;
		puk.reference = (uint8_t)(user->reference + PUK_FROM_PIN);
	}
	if (find_reference(p15, puk.reference))
		return CARDOS_E_NOT_FOUND; /* that reference is somebody else's PIN */
	*ret_pin = puk;
	return CARDOS_OK;
}

enum cardos_err card_pin(
	struct cardos_card *card, enum cardos_pin_role role, struct p15_pin *ret_pin)
{
	const struct p15 *p15 = &card->p15;
	const struct p15_pin *pin = p15_find_pin(p15, role);
	if (p15->state != P15_READY)
		return CARDOS_E_NOT_FOUND;
	if (!pin && role == CARDOS_PIN_PUK)
		return guess_puk(p15, ret_pin);
	if (!pin)
		return CARDOS_E_NOT_FOUND;
	*ret_pin = *pin;
	return CARDOS_OK;
}

static size_t longest(const struct p15_pin *pin)
{
	size_t max = pin->stored_len ? pin->stored_len : COS_PIN_STORED_MAX;
	return pin->max_len && pin->max_len < max ? pin->max_len : max;
}

/* Bytes as the card wants them. */
static struct cos_pin presented(const struct cardos_card *card, const struct p15_pin *pin)
{
	struct cos_pin cos = { .reference = pin->reference & 0x7F,
		.stored_len = (uint8_t)pin->stored_len,
		.pad = pin->pad,
		.min_len = (uint8_t)pin->min_len,
		.max_len = (uint8_t)pin->max_len };
	if (cos_pin_inside(card->cos)) {
		cos.path = pin->path;
		return cos;
	}
	/* PINs of the MF are found from everywhere below it; only a DF of its own must be selected.
	 * The application's own DF counts too: there the search begins, and it costs one SELECT. */
	if (!cos_path_equal(&pin->path, &card->p15.app))
		cos.path = pin->path;
	else if (pin->reference & 0x80)
		cos.path = pin->path;
	return cos;
}

static enum cardos_err find_role(struct cardos_card *card, enum cardos_pin_role role,
	struct p15_pin *pin, struct cos_pin *cos)
{
	enum cardos_err err = p15_bind(&card->p15);
	if (err == CARDOS_OK)
		err = card_pin(card, role, pin);
	if (err == CARDOS_OK)
		*cos = presented(card, pin);
	return err;
}

/* NULL is typed at the reader, which sees to its length. */
static bool may_present(const struct p15_pin *pin, const struct secret *value)
{
	return !value || (secret_len(value) > 0 && secret_len(value) <= longest(pin));
}

static bool length_fits(const struct p15_pin *pin, const struct secret *value)
{
	size_t len = value ? secret_len(value) : 0;
	if (!value)
		return true;
	return len > 0 && len >= pin->min_len && len <= longest(pin);
}

/* Remember what an attempt taught. without: the card counts but does not tell. */
static void note(struct card_login *login, enum cardos_err err, int tries_left)
{
	if (err == CARDOS_OK) {
		login->locked = false;
		login->tries_left = -1;
	} else if (err == CARDOS_E_PIN_LOCKED) {
		login->locked = true;
		login->logged_in = false;
		login->tries_left = 0;
	} else if (err == CARDOS_E_PIN_WRONG) {
		login->logged_in = false;
		login->tries_left = tries_left;
	}
}

enum cardos_err cardos_pin_status(
	struct cardos_card *card, enum cardos_pin_role role, struct cardos_pin *ret_pin)
{
	struct p15_pin pin;
	struct cos_pin cos;
	enum cardos_err err = find_role(card, role, &pin, &cos);
	if (err != CARDOS_OK)
		return card_result(card, err);
	struct card_login *login = &card->logins[role];
	/* Only asked where asking costs no try; while the PIN is verified there is nothing to ask.
	 */
	if ((cos_card_row(card->cos)->flags & COS_PIN_QUERY) && !login->logged_in) {
		err = cos_pin_query(card->cos, &cos, &login->tries_left);
		login->locked = err == CARDOS_OK && login->tries_left == 0;
		if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET)
			return card_result(card, err);
	}
	*ret_pin = (struct cardos_pin){ .min_len = pin.min_len,
		.max_len = longest(&pin),
		.tries_left = login->tries_left,
		.tries_max = -1,
		.locked = login->locked,
		.logged_in = login->logged_in };
	return CARDOS_OK;
}

enum cardos_err cardos_login(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *pin, int *ret_tries_left)
{
	struct p15_pin entry;
	struct cos_pin cos;
	*ret_tries_left = -1;
	enum cardos_err err = find_role(card, role, &entry, &cos);
	/* A PIN shorter than the AODF's minimum may still be the right one of a foreign card. */
	if (err == CARDOS_OK && !may_present(&entry, pin))
		err = CARDOS_E_PIN_LENGTH;
	if (err != CARDOS_OK)
		return card_result(card, err);
	err = cos_pin_verify(card->cos, &cos, pin, ret_tries_left);
	note(&card->logins[role], err, *ret_tries_left);
	if (err == CARDOS_OK) {
		card->logins[role].logged_in = true;
		card->verified = true;
		for (unsigned i = 0; i < card->p15.file_count; i++) {
			if (!card->p15.files[i].read)
				card->p15.objects_read = false; /* perhaps readable now */
		}
	}
	return card_result(card, err);
}

enum cardos_err cardos_key_login(
	struct cardos_card *card, uint32_t number, const struct secret *pin, int *ret_tries_left)
{
	struct p15_object *object = NULL;
	*ret_tries_left = -1;
	enum cardos_err err = card_find(card, number, &object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	const struct p15_pin *entry = p15_pin_of(&card->p15, &object->entry);
	if (!entry || entry == p15_find_pin(&card->p15, CARDOS_PIN_USER))
		return cardos_login(card, CARDOS_PIN_USER, pin, ret_tries_left);
	if (!may_present(entry, pin))
		return CARDOS_E_PIN_LENGTH;
	const struct cos_pin cos = presented(card, entry);
	err = cos_pin_verify(card->cos, &cos, pin, ret_tries_left);
	card->verified = card->verified || err == CARDOS_OK;
	return card_result(card, err);
}

enum cardos_err cardos_logout(struct cardos_card *card)
{
	enum cardos_err err = cos_pin_logout(card->cos);
	if (err == CARDOS_OK) {
		for (size_t i = 0; i < CARD_ROLES; i++)
			card->logins[i].logged_in = false;
		card->verified = false;
	}
	return card_result(card, err);
}

bool cardos_logged_in(const struct cardos_card *card, enum cardos_pin_role role)
{
	return card->logins[role].logged_in;
}

enum cardos_err cardos_pin_change(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *old_pin, const struct secret *new_pin, int *ret_tries_left)
{
	struct p15_pin entry;
	struct cos_pin cos;
	*ret_tries_left = -1;
	if (!old_pin != !new_pin)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = find_role(card, role, &entry, &cos);
	if (err == CARDOS_OK && (!may_present(&entry, old_pin) || !length_fits(&entry, new_pin)))
		err = CARDOS_E_PIN_LENGTH;
	if (err != CARDOS_OK)
		return card_result(card, err);
	err = cos_pin_change(card->cos, &cos, old_pin, new_pin, ret_tries_left);
	note(&card->logins[role], err, *ret_tries_left);
	card->verified = card->verified || err == CARDOS_OK; /* for the card it is a login too */
	return card_result(card, err);
}

enum cardos_err cardos_pin_set(struct cardos_card *card, const struct secret *puk,
	const struct secret *new_pin, int *ret_tries_left)
{
	struct p15_pin user, entry;
	struct cos_pin cos_user, cos_puk;
	*ret_tries_left = -1;
	if (!puk != !new_pin)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = find_role(card, CARDOS_PIN_PUK, &entry, &cos_puk);
	if (err == CARDOS_OK && !may_present(&entry, puk))
		err = CARDOS_E_PIN_LENGTH;
	if (err != CARDOS_OK)
		return card_result(card, err);
	if (find_role(card, CARDOS_PIN_USER, &user, &cos_user) != CARDOS_OK) {
		err = p15_read_anew(&card->p15); /* the AODF is to be written */
		if (err != CARDOS_OK)
			return card_result(card, err);
	}
	if (find_role(card, CARDOS_PIN_USER, &user, &cos_user) != CARDOS_OK) {
		if (!(cos_card_row(card->cos)->flags & COS_WRITES) || card->p15.described)
			return CARDOS_E_NOT_SUPPORTED;
		err = p15_create_user_pin(&card->p15, &cos_puk, puk, new_pin, ret_tries_left);
	} else if (!length_fits(&user, new_pin)) {
		err = CARDOS_E_PIN_LENGTH;
	} else {
		err = cos_pin_unblock(card->cos, &cos_user, puk, new_pin, ret_tries_left);
	}
	note(&card->logins[CARDOS_PIN_PUK], err, *ret_tries_left);
	if (err == CARDOS_OK) {
		note(&card->logins[CARDOS_PIN_USER], CARDOS_OK, -1);
		card->verified = true; /* whatever the card verified on the way */
	}
	return card_result(card, err);
}
