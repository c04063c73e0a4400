/* SPDX-License-Identifier: Apache-2.0 */
/* The fake source: struct token_ops and struct token_source_ops over the cards in fake.c. */
#include "fake_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "pkcs11/vendor.h"

#include "cardos/secret.h"

struct fake_token {
	struct token token;
	struct fake_card *card;
	uint64_t event;
	uint64_t reset;
	uint64_t writes;
};

static struct fake_card *card_of(struct token *token)
{
	return ((struct fake_token *)(void *)token)->card;
}

/* One exchange with the card: it may be the one in which the card goes or is reset. */
CK_RV fake_exchange(struct fake_card *card)
{
	if (!card->present)
		return CKR_DEVICE_ERROR;
	if (!card->fault_at || --card->fault_at)
		return CKR_OK;
	if (card->fault_resets)
		fake_reset((int)(card - fake_cards));
	else
		fake_remove((int)(card - fake_cards));
	return CKR_DEVICE_ERROR;
}

/* ---- struct token_ops ---- */

static bool op_alive(struct token *token)
{
	struct fake_token *fake = (struct fake_token *)(void *)token;

	return fake->card->present && fake->card->event == fake->event;
}

static void op_logout(struct token *token)
{
	for (int i = 0; i < TOKEN_ROLES; i++)
		card_of(token)->pins[i].verified = false;
}

static void op_close(struct token *token)
{
	if (op_alive(token))
		op_logout(token);
	atomic_fetch_sub(&fake_open, 1);
	free(token);
}

static bool op_was_reset(struct token *token)
{
	struct fake_token *fake = (struct fake_token *)(void *)token;

	return fake->reset != fake->card->reset;
}

static CK_RV op_begin(struct token *token, bool *ret_reset)
{
	struct fake_token *fake = (struct fake_token *)(void *)token;

	if (!op_alive(token))
		return CKR_DEVICE_REMOVED;
	atomic_fetch_add(&fake->card->transactions, 1);
	*ret_reset = op_was_reset(token);
	fake->reset = fake->card->reset;
	return CKR_OK;
}

static void op_end(struct token *token)
{
	(void)token;
}

static CK_RV op_info(struct token *token, struct token_info *ret_info)
{
	struct fake_card *card = card_of(token);

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	*ret_info = (struct token_info){
		.manufacturer = "nobody",
		.model = "fake",
		.serial = "0011223344556677",
		.hardware = true,
		.initialised = !card->blank,
		.login_required = true,
		.random = true,
		.version_major = 4,
		.version_minor = 4,
		.rsa_min_bits = 512,
		.rsa_max_bits = 2048,
		.rsa_raw = card->raw,
		.curves = card->curves,
		.derive = card->curves != 0,
	};
	snprintf(ret_info->label, sizeof(ret_info->label), "%s", card->label);
	return CKR_OK;
}

static CK_RV op_pin(struct token *token, enum token_role role, struct token_pin *ret_pin)
{
	struct fake_card *card = card_of(token);
	const struct fake_pin *pin = &card->pins[role];

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	*ret_pin = (struct token_pin){
		.exists = pin->exists,
		.min_len = 4,
		.max_len = 8,
		.tries_left = card->tells ? pin->tries : -1,
		.tries_max = FAKE_TRIES,
		.locked = pin->exists && pin->tries == 0 && card->tells,
	};
	return CKR_OK;
}

static bool same(const char *value, const struct secret *pin)
{
	return strlen(value) == secret_len(pin) &&
	       memcmp(value, secret_bytes(pin), secret_len(pin)) == 0;
}

static void set_value(struct fake_pin *pin, const struct secret *value)
{
	memset(pin->value, 0, sizeof(pin->value));
	memcpy(pin->value, secret_bytes(value), secret_len(value));
	pin->exists = true;
	pin->tries = FAKE_TRIES;
}

static CK_RV op_login(
	struct token *token, enum token_role role, const struct secret *pin, int *ret_tries_left)
{
	struct fake_card *card = card_of(token);
	struct fake_pin *have = &card->pins[role];

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	if (secret_len(pin) < 4 || secret_len(pin) > 8)
		return CKR_PIN_LEN_RANGE;
	card->logins++;
	if (have->tries == 0) {
		*ret_tries_left = 0;
		return CKR_PIN_LOCKED;
	}
	if (!same(have->value, pin)) {
		have->tries--;
		have->verified = false;
		*ret_tries_left = card->tells ? have->tries : -1;
		return CKR_PIN_INCORRECT;
	}
	have->tries = FAKE_TRIES;
	have->verified = true;
	return CKR_OK;
}

static CK_RV op_pin_change(struct token *token, enum token_role role, const struct secret *old_pin,
	const struct secret *new_pin, int *ret_tries_left)
{
	CK_RV rv = op_login(token, role, old_pin, ret_tries_left);

	if (rv == CKR_OK)
		set_value(&card_of(token)->pins[role], new_pin);
	return rv;
}

static CK_RV op_pin_set(struct token *token, const struct secret *so_pin,
	const struct secret *new_pin, int *ret_tries_left)
{
	CK_RV rv = op_login(token, TOKEN_SO, so_pin, ret_tries_left);

	if (rv == CKR_OK)
		set_value(&card_of(token)->pins[TOKEN_USER], new_pin);
	return rv;
}

static CK_RV op_init(
	struct token *token, const char *label, const struct secret *so_pin, int *ret_tries_left)
{
	struct fake_card *card = card_of(token);
	CK_RV rv = card->blank ? CKR_OK : op_login(token, TOKEN_SO, so_pin, ret_tries_left);

	if (rv != CKR_OK)
		return rv;
	fake_forget_objects(card);
	memset(card->pins, 0, sizeof(card->pins));
	set_value(&card->pins[TOKEN_SO], so_pin);
	snprintf(card->label, sizeof(card->label), "%s", label);
	card->blank = false;
	return CKR_OK;
}

static CK_RV op_changed(struct token *token, bool *ret_changed)
{
	struct fake_token *fake = (struct fake_token *)(void *)token;

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	fake->card->questions++;
	*ret_changed = fake->writes != fake->card->writes;
	fake->writes = fake->card->writes;
	return CKR_OK;
}

static CK_RV op_objects(
	struct token *token, const struct token_object **ret_objects, size_t *ret_count)
{
	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	*ret_objects = card_of(token)->objects;
	*ret_count = card_of(token)->count;
	return CKR_OK;
}

int fake_index_of(struct fake_card *card, uint32_t number)
{
	for (size_t i = 0; i < card->count; i++)
		if (card->objects[i].number == number)
			return (int)i;
	return -1;
}

static CK_RV op_value(struct token *token, uint32_t number, struct token_block *ret_value)
{
	struct fake_card *card = card_of(token);
	int at = fake_index_of(card, number);

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	if (at < 0 || !card->lens[at])
		return CKR_OBJECT_HANDLE_INVALID;
	*ret_value = (struct token_block){ card->values[at], card->lens[at] };
	return CKR_OK;
}

static CK_RV op_random(struct token *token, uint8_t *out, size_t len)
{
	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	return RAND_bytes(out, (int)len) == 1 ? CKR_OK : CKR_DEVICE_ERROR;
}

static CK_RV op_sign(struct token *token, uint32_t number, struct token_block block, uint8_t *out,
	size_t *ret_len)
{
	return fake_sign(card_of(token), number, block, out, ret_len);
}

static CK_RV op_decipher(
	struct token *token, uint32_t number, struct token_block block, struct secret **ret_plain)
{
	return fake_decipher(card_of(token), number, block, ret_plain);
}

static CK_RV op_derive(
	struct token *token, uint32_t number, struct token_block point, struct secret **ret_secret)
{
	return fake_derive(card_of(token), number, point, ret_secret);
}

static CK_RV op_generate(struct token *token, const struct token_generate *params,
	uint32_t *ret_private, uint32_t *ret_public)
{
	struct fake_card *card = card_of(token);
	const char *curve = params->bits == 256 ? "P-256" : params->bits == 384 ? "P-384" : "P-521";
	EVP_PKEY *pkey;

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	pkey = params->key_type == CKK_EC ? EVP_EC_gen(curve) : EVP_RSA_gen(params->bits);
	fake_add_pair(card, pkey, params);
	EVP_PKEY_free(pkey);
	*ret_private = card->objects[card->count - 2].number;
	*ret_public = card->objects[card->count - 1].number;
	return CKR_OK;
}

static CK_RV op_store(struct token *token, const struct token_store *params, uint32_t *ret_number)
{
	struct token_object object = {
		.class = params->class,
		.key_type = params->class == CKO_PUBLIC_KEY ? params->key_type
							    : CK_UNAVAILABLE_INFORMATION,
		.usage = params->usage,
		.authority = params->authority,
		.private = params->private,
		.id_len = params->id_len,
		.dates = params->dates,
	};
	size_t at;

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	memcpy(object.id, params->id, params->id_len);
	snprintf(object.label, sizeof(object.label), "%s", params->label);
	at = fake_add(card_of(token), &object, params->value, params->value_len);
	*ret_number = card_of(token)->objects[at].number;
	return CKR_OK;
}

static CK_RV op_change(struct token *token, uint32_t number, const struct token_change *change)
{
	struct fake_card *card = card_of(token);
	const char *label = change->label;
	const struct token_block *id = change->id;
	int at = fake_index_of(card, number);

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	if (label)
		snprintf(card->objects[at].label, sizeof(card->objects[at].label), "%s", label);
	if (id) {
		memcpy(card->objects[at].id, id->bytes, id->len);
		card->objects[at].id_len = id->len;
	}
	if (change->dates)
		card->objects[at].dates = *change->dates;
	return CKR_OK;
}

static CK_RV op_destroy(struct token *token, uint32_t number)
{
	struct fake_card *card = card_of(token);
	size_t at = (size_t)fake_index_of(card, number);
	size_t last;

	if (fake_exchange(card_of(token)) != CKR_OK)
		return CKR_DEVICE_ERROR;
	last = --card->count;
	free(card->values[at]);
	EVP_PKEY_free(card->keys[at]);
	card->objects[at] = card->objects[last];
	card->values[at] = card->values[last];
	card->lens[at] = card->lens[last];
	card->keys[at] = card->keys[last];
	return CKR_OK;
}

static const struct token_ops ops = {
	.close = op_close,
	.alive = op_alive,
	.was_reset = op_was_reset,
	.begin = op_begin,
	.end = op_end,
	.info = op_info,
	.pin = op_pin,
	.login = op_login,
	.logout = op_logout,
	.pin_change = op_pin_change,
	.pin_set = op_pin_set,
	.init = op_init,
	.changed = op_changed,
	.objects = op_objects,
	.value = op_value,
	.random = op_random,
	.sign = op_sign,
	.decipher = op_decipher,
	.derive = op_derive,
	.generate = op_generate,
	.store = op_store,
	.change = op_change,
	.destroy = op_destroy,
};

/* ---- struct token_source_ops ---- */

static struct token_source *source_open(void);

static void source_close(struct token_source *source)
{
	free(source);
}

static void source_scan(struct token_source *source, struct token_place *places, size_t *ret_count,
	const char **ret_trouble)
{
	(void)source;
	*ret_trouble = fake_running ? NULL : TWCA_SLOT_NO_SERVICE;
	*ret_count = fake_running ? (size_t)fake_reader_count : 0;
	for (int i = 0; fake_running && i < fake_reader_count; i++) {
		places[i] = (struct token_place){ .present = fake_cards[i].present,
			.event = fake_cards[i].event };
		snprintf(places[i].name, sizeof(places[i].name), "Reader %d", i);
	}
}

static CK_RV source_connect(const char *place, struct token **ret_token)
{
	struct fake_card *card = &fake_cards[atoi(place + strlen("Reader "))];
	struct fake_token *fake;

	card->connects++;
	if (!card->present)
		return CKR_TOKEN_NOT_PRESENT;
	if (card->foreign)
		return CKR_TOKEN_NOT_RECOGNIZED;
	fake = calloc(1, sizeof(*fake));
	fake->token.ops = &ops;
	fake->card = card;
	fake->event = card->event;
	fake->reset = card->reset;
	fake->writes = card->writes;
	atomic_fetch_add(&fake_open, 1);
	*ret_token = &fake->token;
	return CKR_OK;
}

static const struct token_source_ops source_ops = {
	.open = source_open,
	.close = source_close,
	.scan = source_scan,
	.connect = source_connect,
};

static struct token_source *source_open(void)
{
	struct token_source *source = calloc(1, sizeof(*source));

	source->ops = &source_ops;
	return source;
}

const struct token_source_ops *const token_sources[] = { &source_ops, NULL };
