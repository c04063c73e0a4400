/* SPDX-License-Identifier: Apache-2.0 */
/* A door of cardos/ without a room behind it. */
#include "door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cardos/secret.h"

struct door door;

struct cardos_context {
	int unused;
};
struct cardos_card {
	int unused;
};

void door_reset(void)
{
	memset(&door, 0, sizeof(door));
	door.token.user_pin_set = true;
	door.token.puk_known = true;
	door.token.rsa_max_bits = 2048;
	door.tries_left = -1;
}

enum cardos_err cardos_context_new(struct cardos_context **ret_context)
{
	if (door.context_err)
		return door.context_err;
	*ret_context = calloc(1, sizeof(**ret_context));
	door.contexts++;
	return CARDOS_OK;
}

struct cardos_context *cardos_context_free(struct cardos_context *context)
{
	door.contexts--;
	free(context);
	return NULL;
}

enum cardos_err cardos_readers(
	struct cardos_context *context, struct cardos_reader *readers, size_t *ret_count)
{
	(void)context;
	if (door.readers_err)
		return door.readers_err;
	memcpy(readers, door.readers, door.reader_count * sizeof(*readers));
	*ret_count = door.reader_count;
	return CARDOS_OK;
}

enum cardos_err cardos_wait(struct cardos_context *context, const struct cardos_reader *readers,
	size_t count, int timeout_ms)
{
	(void)context, (void)readers, (void)timeout_ms;
	door.waits++;
	door.len = count;
	return door.wait_err;
}

enum cardos_err cardos_card_open(const char *reader, struct cardos_card **ret_card)
{
	snprintf(door.reader, sizeof(door.reader), "%s", reader);
	if (door.err)
		return door.err;
	*ret_card = calloc(1, sizeof(**ret_card));
	door.opened++;
	return CARDOS_OK;
}

enum cardos_err cardos_card_layout(
	struct cardos_card *card, const char *text, size_t len, char *ret_why)
{
	size_t used = strlen(door.layouts);

	(void)card;
	snprintf(door.layouts + used, sizeof(door.layouts) - used, "<%.*s>",
		len < 32 ? (int)len : 32, text);
	door.len = len;
	if (door.layout_err)
		strcpy(ret_why, "line 1 is wrong");
	return door.layout_err;
}

void cardos_card_cache(struct cardos_card *card, const struct cardos_cache *cache)
{
	(void)card;
	snprintf(door.cache, sizeof(door.cache), "%s", (const char *)cache->at);
}

struct cardos_card *cardos_card_close(struct cardos_card *card)
{
	door.closed++;
	free(card);
	return NULL;
}

bool cardos_card_alive(struct cardos_card *card)
{
	(void)card;
	return door.err == CARDOS_OK;
}

bool cardos_was_reset(struct cardos_card *card)
{
	(void)card;
	return door.err != CARDOS_OK;
}

enum cardos_err cardos_begin(struct cardos_card *card, bool *ret_reset)
{
	(void)card;
	*ret_reset = true;
	return door.err;
}

void cardos_end(struct cardos_card *card)
{
	(void)card;
}

enum cardos_err cardos_token(struct cardos_card *card, const struct cardos_token **ret_token)
{
	(void)card;
	*ret_token = &door.token;
	return door.err;
}

enum cardos_err cardos_changed(struct cardos_card *card, bool *ret_changed)
{
	(void)card;
	*ret_changed = true;
	return door.err;
}

/* ---- PINs ---- */

enum cardos_err cardos_pin_status(
	struct cardos_card *card, enum cardos_pin_role role, struct cardos_pin *ret_pin)
{
	(void)card;
	door.role = role;
	*ret_pin = door.pin;
	return door.pin_err;
}

static enum cardos_err present(
	enum cardos_pin_role role, const struct secret *pin, int *ret_tries_left)
{
	door.role = role;
	door.len = pin ? secret_len(pin) : 0;
	*ret_tries_left = door.tries_left;
	return door.err;
}

enum cardos_err cardos_login(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *pin, int *ret_tries_left)
{
	(void)card;
	return present(role, pin, ret_tries_left);
}

enum cardos_err cardos_logout(struct cardos_card *card)
{
	(void)card;
	return door.err;
}

enum cardos_err cardos_pin_change(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *old_pin, const struct secret *new_pin, int *ret_tries_left)
{
	(void)card, (void)old_pin;
	return present(role, new_pin, ret_tries_left);
}

enum cardos_err cardos_pin_set(struct cardos_card *card, const struct secret *puk,
	const struct secret *new_pin, int *ret_tries_left)
{
	(void)card, (void)puk;
	return present(CARDOS_PIN_PUK, new_pin, ret_tries_left);
}

enum cardos_err cardos_key_login(
	struct cardos_card *card, uint32_t number, const struct secret *pin, int *ret_tries_left)
{
	(void)card;
	door.number = number;
	return present(CARDOS_PIN_USER, pin, ret_tries_left);
}

enum cardos_err cardos_initialise(
	struct cardos_card *card, const struct cardos_initialise *params, int *ret_tries_left)
{
	(void)card;
	snprintf(door.label, sizeof(door.label), "%s", params->label);
	return present(CARDOS_PIN_PUK, params->puk, ret_tries_left);
}

/* ---- objects and keys ---- */

enum cardos_err cardos_objects(
	struct cardos_card *card, const struct cardos_object **ret_objects, size_t *ret_count)
{
	(void)card;
	*ret_objects = door.objects;
	*ret_count = door.object_count;
	return door.err;
}

static enum cardos_err on_object(uint32_t number, size_t len)
{
	door.number = number;
	door.len = len;
	return door.err;
}

enum cardos_err cardos_object_value(
	struct cardos_card *card, uint32_t number, const uint8_t **ret_value, size_t *ret_len)
{
	(void)card;
	*ret_value = (const uint8_t *)"value";
	*ret_len = 5;
	return on_object(number, 0);
}

enum cardos_err cardos_key_sign(struct cardos_card *card, uint32_t number, const uint8_t *block,
	size_t block_len, uint8_t *out, size_t *ret_len)
{
	(void)card, (void)block;
	memcpy(out, "signature", 9);
	*ret_len = 9;
	return on_object(number, block_len);
}

enum cardos_err cardos_key_decipher(struct cardos_card *card, uint32_t number,
	const uint8_t *cryptogram, size_t cryptogram_len, struct secret **ret_plain)
{
	(void)card, (void)cryptogram, (void)ret_plain;
	return on_object(number, cryptogram_len);
}

enum cardos_err cardos_key_derive(struct cardos_card *card, uint32_t number, const uint8_t *point,
	size_t point_len, struct secret **ret_shared)
{
	(void)card, (void)point, (void)ret_shared;
	return on_object(number, point_len);
}

enum cardos_err cardos_random(struct cardos_card *card, uint8_t *out, size_t len)
{
	(void)card;
	memset(out, 7, len);
	return door.err;
}

enum cardos_err cardos_key_generate(struct cardos_card *card,
	const struct cardos_key_params *params, uint32_t *ret_private, uint32_t *ret_public)
{
	(void)card;
	door.key = *params;
	*ret_private = 8;
	*ret_public = 9;
	return door.err;
}

enum cardos_err cardos_key_import(struct cardos_card *card, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private)
{
	(void)card;
	door.key = *params;
	door.len = secret_len(key);
	*ret_private = 8;
	return door.err;
}

enum cardos_err cardos_object_store(
	struct cardos_card *card, const struct cardos_store *params, uint32_t *ret_number)
{
	(void)card;
	door.store = *params;
	*ret_number = 7;
	return door.err;
}

enum cardos_err cardos_object_change(
	struct cardos_card *card, uint32_t number, const struct cardos_change *change)
{
	(void)card;
	snprintf(door.label, sizeof(door.label), "%s", change->label ? change->label : "(kept)");
	if (change->dates)
		door.dates = *change->dates;
	return on_object(number, change->id_len);
}

enum cardos_err cardos_object_delete(struct cardos_card *card, uint32_t number)
{
	(void)card;
	return on_object(number, 0);
}
