/* SPDX-License-Identifier: Apache-2.0 */
/* A card as a token: fills struct token_ops from cardos/. The readers: token_card_source.c. */
#include "token_card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "rv.h"
#include "token_card_cache.h"
#include "token_card_layout.h"

#include "cardos/cardos.h"
#include "cardos/secret.h"

struct card {
	struct token token; /* first: a struct token * is a struct card * */
	struct cardos_card *card;
	struct token_object *objects; /* the last list handed out */
	char *cache;                  /* of token_card_cache() */
};

#define SAME(a, b) _Static_assert((unsigned)(a) == (unsigned)(b), "one set of usage bits")
SAME(TOKEN_USE_ENCRYPT, CARDOS_USE_ENCRYPT);
SAME(TOKEN_USE_DECRYPT, CARDOS_USE_DECRYPT);
SAME(TOKEN_USE_SIGN, CARDOS_USE_SIGN);
SAME(TOKEN_USE_SIGN_RECOVER, CARDOS_USE_SIGN_RECOVER);
SAME(TOKEN_USE_WRAP, CARDOS_USE_WRAP);
SAME(TOKEN_USE_UNWRAP, CARDOS_USE_UNWRAP);
SAME(TOKEN_USE_VERIFY, CARDOS_USE_VERIFY);
SAME(TOKEN_USE_VERIFY_RECOVER, CARDOS_USE_VERIFY_RECOVER);
SAME(TOKEN_USE_DERIVE, CARDOS_USE_DERIVE);
SAME(TOKEN_USE_NON_REPUDIATION, CARDOS_USE_NON_REPUDIATION);
SAME(TOKEN_RSA_MAX, CARDOS_RSA_MAX);
SAME(TOKEN_EC_MAX, CARDOS_EC_MAX);
SAME(TOKEN_ID_MAX, CARDOS_ID_MAX);
SAME(TOKEN_LABEL_MAX, CARDOS_LABEL_MAX);
SAME(TOKEN_DATE_LEN, CARDOS_DATE_LEN);

static struct cardos_card *card_of(struct token *token)
{
	return ((struct card *)(void *)token)->card;
}

static void card_close(struct token *token)
{
	struct card *card = (struct card *)(void *)token;

	cardos_card_close(card->card);
	free(card->cache);
	free(card->objects);
	free(card);
}

static bool card_alive(struct token *token)
{
	return cardos_card_alive(card_of(token));
}

static bool card_was_reset(struct token *token)
{
	return cardos_was_reset(card_of(token));
}

static CK_RV card_begin(struct token *token, bool *ret_reset)
{
	return rv_from_card(cardos_begin(card_of(token), ret_reset));
}

static void card_end(struct token *token)
{
	cardos_end(card_of(token));
}

/* The 16 characters of a token's serial number hold 8 bytes: of a longer one the last 8, where
 * serial numbers differ. */
static void show_serial(const struct cardos_token *token, char *out)
{
	size_t first = token->serial_len > 8 ? token->serial_len - 8 : 0;

	for (size_t i = first; i < token->serial_len; i++)
		out += sprintf(out, "%02x", token->serial[i]);
}

static CK_RV card_info(struct token *token, struct token_info *ret_info)
{
	const struct cardos_token *card = NULL;
	struct token_info info = { .hardware = true };
	struct conf conf;
	CK_RV rv = rv_from_card(cardos_token(card_of(token), &card));

	if (rv != CKR_OK)
		return rv;
	memcpy(info.label, card->label, sizeof(info.label));
	memcpy(info.manufacturer, card->manufacturer, sizeof(info.manufacturer));
	memcpy(info.model, card->model, sizeof(info.model));
	show_serial(card, info.serial);
	info.initialised = !card->blank;
	info.write_protected = card->read_only;
	conf_read(&conf, false);
	info.pinpad = card->pinpad && conf.pinpad;
	info.login_required =
		!card->blank; /* writing needs it, before any private object is there */
	info.random = card->prn_generation;
	info.version_major = card->version_major;
	info.version_minor = card->version_minor;
	info.rsa_min_bits = card->rsa_min_bits;
	info.rsa_max_bits = card->rsa_max_bits;
	info.imports = card->imports;
	info.rsa_raw = card->rsa_raw;
	info.curves = card->ec ? TOKEN_P256 | TOKEN_P384 | TOKEN_P521 : 0;
	info.derive = card->ec;
	*ret_info = info;
	return CKR_OK;
}

static enum cardos_pin_role role_of(enum token_role role)
{
	return role == TOKEN_USER ? CARDOS_PIN_USER
	       : role == TOKEN_SO ? CARDOS_PIN_PUK
				  : CARDOS_PIN_SO;
}

static bool pin_expected(const struct cardos_token *card, enum token_role role)
{
	if (card->blank)
		return false;
	return role == TOKEN_USER ? card->user_pin_set
	       : role == TOKEN_SO ? card->puk_known
				  : card->so_pin;
}

static CK_RV card_pin(struct token *token, enum token_role role, struct token_pin *ret_pin)
{
	const struct cardos_token *card = NULL;
	struct cardos_pin pin = { 0 };
	enum cardos_err err = cardos_token(card_of(token), &card);
	bool exists = err == CARDOS_OK && pin_expected(card, role);

	if (exists)
		err = cardos_pin_status(card_of(token), role_of(role), &pin);
	else
		pin = (struct cardos_pin){ .tries_left = -1, .tries_max = -1 };
	if (err == CARDOS_E_NOT_FOUND) {
		pin = (struct cardos_pin){ .tries_left = -1, .tries_max = -1 };
		exists = false;
	} else if (err != CARDOS_OK) {
		return rv_from_card(err);
	}
	*ret_pin = (struct token_pin){
		.exists = exists,
		.min_len = pin.min_len,
		.max_len = pin.max_len,
		.tries_left = pin.tries_left,
		.tries_max = pin.tries_max,
		.locked = pin.locked,
	};
	return CKR_OK;
}

static CK_RV card_login(
	struct token *token, enum token_role role, const struct secret *pin, int *ret_tries_left)
{
	return rv_from_card(cardos_login(card_of(token), role_of(role), pin, ret_tries_left));
}

static void card_logout(struct token *token)
{
	(void)cardos_logout(card_of(token)); /* whatever it says, we use the login no more */
}

static CK_RV card_pin_change(struct token *token, enum token_role role,
	const struct secret *old_pin, const struct secret *new_pin, int *ret_tries_left)
{
	return rv_from_card(
		cardos_pin_change(card_of(token), role_of(role), old_pin, new_pin, ret_tries_left));
}

static CK_RV card_pin_set(struct token *token, const struct secret *so_pin,
	const struct secret *new_pin, int *ret_tries_left)
{
	return rv_from_card(cardos_pin_set(card_of(token), so_pin, new_pin, ret_tries_left));
}

static CK_RV card_init(
	struct token *token, const char *label, const struct secret *so_pin, int *ret_tries_left)
{
	const struct cardos_initialise params = { .label = label, .puk = so_pin };

	return rv_from_card(cardos_initialise(card_of(token), &params, ret_tries_left));
}

/* ---- objects ---- */

static CK_OBJECT_CLASS class_of(enum cardos_class class)
{
	switch (class) {
	case CARDOS_PRIVATE_KEY:
		return CKO_PRIVATE_KEY;
	case CARDOS_PUBLIC_KEY:
		return CKO_PUBLIC_KEY;
	case CARDOS_CERTIFICATE:
		return CKO_CERTIFICATE;
	case CARDOS_DATA:
		return CKO_DATA;
	}
	return CK_UNAVAILABLE_INFORMATION;
}

static CK_KEY_TYPE key_type_of(enum cardos_key_type type)
{
	switch (type) {
	case CARDOS_KEY_RSA:
		return CKK_RSA;
	case CARDOS_KEY_EC:
		return CKK_EC;
	case CARDOS_KEY_NONE:
		break;
	}
	return CK_UNAVAILABLE_INFORMATION;
}

/* A public key without usage bits may do what a public key does: the bits protect nothing. */
static unsigned usage_of(const struct cardos_object *from)
{
	if (from->class == CARDOS_PUBLIC_KEY && !from->usage)
		return TOKEN_USE_ENCRYPT | TOKEN_USE_VERIFY;
	return from->usage;
}

static struct cardos_dates to_card(const struct token_dates *dates)
{
	struct cardos_dates copy;

	memcpy(copy.start, dates->start, sizeof(copy.start));
	memcpy(copy.end, dates->end, sizeof(copy.end));
	return copy;
}

static void copy_object(const struct cardos_object *from, struct token_object *to)
{
	bool key = from->class == CARDOS_PRIVATE_KEY;

	*to = (struct token_object){
		.class = class_of(from->class),
		.number = from->number,
		.id_len = from->id_len,
		.private = from->private,
		.modifiable = from->modifiable,
		.key_type = key_type_of(from->key_type),
		.bits = from->bits,
		.usage = usage_of(from),
		.sensitive = key && !(from->access & CARDOS_ACCESS_EXTRACTABLE),
		.extractable = key && (from->access & CARDOS_ACCESS_EXTRACTABLE),
		.always_sensitive = from->access & CARDOS_ACCESS_ALWAYS_SENSITIVE,
		.never_extractable = from->access & CARDOS_ACCESS_NEVER_EXTRACTABLE,
		.local = from->access & CARDOS_ACCESS_LOCAL,
		.always_authenticate = key && (from->user_consent != 0 || from->own_pin),
		.raw = from->raw,
		.authority = from->authority,
	};
	memcpy(to->dates.start, from->dates.start, sizeof(to->dates.start));
	memcpy(to->dates.end, from->dates.end, sizeof(to->dates.end));
	memcpy(to->id, from->id, from->id_len);
	memcpy(to->label, from->label, sizeof(to->label));
	memcpy(to->application, from->application, sizeof(to->application));
}

static CK_RV card_changed(struct token *token, bool *ret_changed)
{
	return rv_from_card(cardos_changed(card_of(token), ret_changed));
}

static CK_RV card_objects(
	struct token *token, const struct token_object **ret_objects, size_t *ret_count)
{
	struct card *card = (struct card *)(void *)token;
	const struct cardos_object *from = NULL;
	struct token_object *list;
	size_t count = 0;
	CK_RV rv = rv_from_card(cardos_objects(card->card, &from, &count));

	if (rv != CKR_OK)
		return rv;
	list = calloc(count ? count : 1, sizeof(*list));
	if (!list)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < count; i++)
		copy_object(&from[i], &list[i]);
	free(card->objects);
	card->objects = list;
	*ret_objects = list;
	*ret_count = count;
	return CKR_OK;
}

static CK_RV card_value(struct token *token, uint32_t number, struct token_block *ret_value)
{
	return rv_from_card(
		cardos_object_value(card_of(token), number, &ret_value->bytes, &ret_value->len));
}

static CK_RV card_random(struct token *token, uint8_t *out, size_t len)
{
	return rv_from_card(cardos_random(card_of(token), out, len));
}

static CK_RV card_sign(struct token *token, uint32_t number, struct token_block block, uint8_t *out,
	size_t *ret_len)
{
	return rv_from_card(
		cardos_key_sign(card_of(token), number, block.bytes, block.len, out, ret_len));
}

static CK_RV card_decipher(
	struct token *token, uint32_t number, struct token_block block, struct secret **ret_plain)
{
	return rv_from_card(
		cardos_key_decipher(card_of(token), number, block.bytes, block.len, ret_plain));
}

static CK_RV card_derive(
	struct token *token, uint32_t number, struct token_block point, struct secret **ret_secret)
{
	return rv_from_card(
		cardos_key_derive(card_of(token), number, point.bytes, point.len, ret_secret));
}

static CK_RV card_key_login(
	struct token *token, uint32_t number, const struct secret *pin, int *ret_tries_left)
{
	return rv_from_card(cardos_key_login(card_of(token), number, pin, ret_tries_left));
}

static CK_RV card_generate(struct token *token, const struct token_generate *params,
	uint32_t *ret_private, uint32_t *ret_public)
{
	const struct cardos_key_params card_params = {
		.type = params->key_type == CKK_EC ? CARDOS_KEY_EC : CARDOS_KEY_RSA,
		.bits = params->bits,
		.usage = params->usage,
		.id = params->id,
		.id_len = params->id_len,
		.label = params->label,
		.public_object = params->public_object,
		.dates = to_card(&params->dates),
		.public_dates = to_card(&params->public_dates),
	};

	return rv_from_card(
		cardos_key_generate(card_of(token), &card_params, ret_private, ret_public));
}

static CK_RV card_import(
	struct token *token, const struct token_import *params, uint32_t *ret_private)
{
	const struct cardos_key_params card_params = {
		.type = params->key_type == CKK_EC ? CARDOS_KEY_EC : CARDOS_KEY_RSA,
		.bits = params->bits,
		.usage = params->usage,
		.id = params->id,
		.id_len = params->id_len,
		.label = params->label,
		.dates = to_card(&params->dates),
	};

	return rv_from_card(
		cardos_key_import(card_of(token), &card_params, params->key, ret_private));
}

static CK_RV card_store(struct token *token, const struct token_store *params, uint32_t *ret_number)
{
	const struct cardos_store card_params = {
		.class = params->class == CKO_CERTIFICATE  ? CARDOS_CERTIFICATE
			 : params->class == CKO_PUBLIC_KEY ? CARDOS_PUBLIC_KEY
							   : CARDOS_DATA,
		.value = params->value,
		.value_len = params->value_len,
		.id = params->id,
		.id_len = params->id_len,
		.label = params->label,
		.usage = params->usage,
		.dates = to_card(&params->dates),
		.authority = params->authority,
		.private = params->private,
		.application = params->application,
	};

	return rv_from_card(cardos_object_store(card_of(token), &card_params, ret_number));
}

static CK_RV card_change(struct token *token, uint32_t number, const struct token_change *change)
{
	struct cardos_dates dates = { 0 };
	const struct cardos_change card_params = {
		.label = change->label,
		.id = change->id ? change->id->bytes : NULL,
		.id_len = change->id ? change->id->len : 0,
		.dates = change->dates ? &dates : NULL,
	};

	if (change->dates)
		dates = to_card(change->dates);
	return rv_from_card(cardos_object_change(card_of(token), number, &card_params));
}

static CK_RV card_destroy(struct token *token, uint32_t number)
{
	return rv_from_card(cardos_object_delete(card_of(token), number));
}

static const struct token_ops card_ops = {
	.close = card_close,
	.alive = card_alive,
	.was_reset = card_was_reset,
	.begin = card_begin,
	.end = card_end,
	.info = card_info,
	.pin = card_pin,
	.login = card_login,
	.logout = card_logout,
	.pin_change = card_pin_change,
	.pin_set = card_pin_set,
	.init = card_init,
	.changed = card_changed,
	.objects = card_objects,
	.value = card_value,
	.random = card_random,
	.sign = card_sign,
	.key_login = card_key_login,
	.decipher = card_decipher,
	.derive = card_derive,
	.generate = card_generate,
	.import = card_import,
	.store = card_store,
	.change = card_change,
	.destroy = card_destroy,
};

CK_RV token_card_open(const char *reader, struct token **ret_token)
{
	struct card *card = calloc(1, sizeof(*card));
	CK_RV rv;

	if (!card)
		return CKR_HOST_MEMORY;
	card->token.ops = &card_ops;
	rv = rv_from_card(cardos_card_open(reader, &card->card));
	if (rv != CKR_OK) {
		free(card);
		return rv;
	}
	token_card_layouts(card->card);
	card->cache = token_card_cache(card->card);
	*ret_token = &card->token;
	return CKR_OK;
}
