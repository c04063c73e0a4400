/* SPDX-License-Identifier: Apache-2.0 */
/* The door: objects and the use of keys. */
#include "card.h"

#include "cleanup.h"
#include "cos_table.h"
#include "p15_read.h"
#include "secret.h"

#include <string.h>

#define BLOCK_TYPE_1 0x01
#define PAD_MIN 8
#define USE_DECIPHER (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP)

/* The modulus of a key that does not tell its size stands in the public key of the same id. */
static void complete(const struct cardos_card *card, struct cardos_object *object)
{
	const struct p15 *p15 = &card->p15;
	object->raw = object->key_type == CARDOS_KEY_RSA &&
		      (cos_card_row(card->cos)->flags & COS_RSA_RAW) != 0;
	for (unsigned i = 0;
		object->key_type != CARDOS_KEY_NONE && object->bits == 0 && i < p15->object_count;
		i++) {
		const struct cardos_object *other = &p15->objects[i]->entry.object;
		if (p15->objects[i]->shown && other->key_type == object->key_type &&
			other->id_len == object->id_len &&
			memcmp(other->id, object->id, object->id_len) == 0)
			object->bits = other->bits;
	}
}

static enum cardos_err make_list(struct cardos_card *card)
{
	const struct p15 *p15 = &card->p15;
	size_t count = 0;
	if (card->list_generation == p15->generation)
		return CARDOS_OK;
	struct cardos_object *list = calloc(p15->object_count + 1, sizeof(*list));
	if (!list)
		return CARDOS_E_MEMORY;
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (!p15->objects[i]->shown)
			continue;
		list[count] = p15->objects[i]->entry.object;
		complete(card, &list[count]);
		count++;
	}
	free(card->list);
	card->list = list;
	card->list_count = count;
	card->list_generation = p15->generation;
	return CARDOS_OK;
}

enum cardos_err cardos_objects(
	struct cardos_card *card, const struct cardos_object **ret_objects, size_t *ret_count)
{
	enum cardos_err err = p15_read_objects(&card->p15);
	if (err == CARDOS_E_BLANK)
		err = CARDOS_OK;
	if (err == CARDOS_OK)
		err = make_list(card);
	if (err != CARDOS_OK)
		return card_result(card, err);
	*ret_objects = card->list;
	*ret_count = card->list_count;
	return CARDOS_OK;
}

static enum cardos_err find(
	struct cardos_card *card, uint32_t number, struct p15_object **ret_object)
{
	enum cardos_err err = p15_read_objects(&card->p15);
	if (err != CARDOS_OK)
		return err;
	struct p15_object *object = p15_find(&card->p15, number);
	if (!object)
		return CARDOS_E_NOT_FOUND;
	*ret_object = object;
	return CARDOS_OK;
}

enum cardos_err cardos_object_value(
	struct cardos_card *card, uint32_t number, const uint8_t **ret_value, size_t *ret_len)
{
	struct p15_object *object = NULL;
	enum cardos_err err = find(card, number, &object);
	if (err == CARDOS_OK)
		err = p15_read_value(&card->p15, object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	*ret_value = object->value.bytes;
	*ret_len = object->value.len;
	return CARDOS_OK;
}

/* Where the DigestInfo of a block of type 1 begins; 0: it is none. */
static size_t digest_info_at(const struct buf *block)
{
	size_t at = 2;
	if (block->len < PAD_MIN + 3 || block->bytes[0] != 0x00 || block->bytes[1] != BLOCK_TYPE_1)
		return 0;
	while (at < block->len && block->bytes[at] == 0xFF)
		at++;
	if (at < PAD_MIN + 2 || at + 1 >= block->len || block->bytes[at] != 0x00)
		return 0;
	return at + 1;
}

static bool refused_kind(enum cardos_err err)
{
	return err == CARDOS_E_NOT_SUPPORTED || err == CARDOS_E_CARD || err == CARDOS_E_INPUT ||
	       err == CARDOS_E_NOT_FOUND || err == CARDOS_E_LIFECYCLE || err == CARDOS_E_LENGTH;
}

/* V4 keys are made either for signing or for deciphering, and the PrKDF tells by its usage which: a
 * key that may decrypt signs with PSO DECIPHER. A signing key that pads by itself wants the
 * DigestInfo. */
static enum cardos_err sign_block(struct cardos_card *card, const struct p15_entry *entry,
	const struct buf *block, struct buf *out)
{
	const struct cos_key key = { .path = entry->path, .reference = entry->reference };
	enum cos_key_mode mode =
		entry->object.usage & USE_DECIPHER ? COS_KEY_DECIPHER : COS_KEY_SIGN;
	enum cardos_err err = cos_key_use(card->cos, &key, mode, block, out);
	if (mode == COS_KEY_DECIPHER && refused_kind(err)) {
		out->len = 0;
		mode = COS_KEY_SIGN;
		err = cos_key_use(card->cos, &key, mode, block, out);
	}
	size_t at = digest_info_at(block);
	if (mode == COS_KEY_SIGN && at > 0 && (err == CARDOS_E_INPUT || err == CARDOS_E_LENGTH)) {
		CLEANUP(buf_done) struct buf info = { 0 };
		buf_init(&info, CARDOS_RSA_MAX);
		buf_put(&info, block->bytes + at, block->len - at);
		out->len = 0;
		err = info.bad ? CARDOS_E_MEMORY : cos_key_use(card->cos, &key, mode, &info, out);
	}
	return err;
}

static enum cardos_err find_key(
	struct cardos_card *card, uint32_t number, size_t len, struct p15_object **ret_object)
{
	struct p15_object *object = NULL;
	enum cardos_err err = find(card, number, &object);
	if (err != CARDOS_OK)
		return err;
	const struct cardos_object *key = &object->entry.object;
	if (key->class != CARDOS_PRIVATE_KEY || key->key_type != CARDOS_KEY_RSA)
		return CARDOS_E_NOT_SUPPORTED;
	if (len == 0 || len > CARDOS_RSA_MAX || (key->bits > 0 && len != (key->bits + 7) / 8))
		return CARDOS_E_INPUT;
	*ret_object = object;
	return CARDOS_OK;
}

/* The card's answer as a block of len bytes: a card may drop leading zeros, never add bytes. */
static enum cardos_err as_block(const struct buf *answer, size_t len, uint8_t *out)
{
	if (answer->len == 0 || answer->len > len)
		return CARDOS_E_CORRUPT;
	memset(out, 0, len - answer->len);
	memcpy(out + len - answer->len, answer->bytes, answer->len);
	return CARDOS_OK;
}

/* After a refusal for want of a PIN the handle does not believe in its login any more. */
static enum cardos_err key_result(struct cardos_card *card, enum cardos_err err)
{
	if (err == CARDOS_E_AUTH_REQUIRED)
		card->logins[CARDOS_PIN_USER].logged_in = false;
	return card_result(card, err);
}

enum cardos_err cardos_key_sign(struct cardos_card *card, uint32_t number, const uint8_t *block,
	size_t block_len, uint8_t *out, size_t *ret_len)
{
	CLEANUP(buf_done) struct buf in = { 0 }, answer = { 0 };
	struct p15_object *object = NULL;
	buf_init(&in, CARDOS_RSA_MAX);
	buf_init(&answer, CARDOS_RSA_MAX);
	enum cardos_err err = find_key(card, number, block_len, &object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	buf_put(&in, block, block_len);
	if (in.bad)
		return CARDOS_E_MEMORY;
	err = sign_block(card, &object->entry, &in, &answer);
	if (err == CARDOS_OK)
		err = as_block(&answer, block_len, out);
	if (err == CARDOS_OK)
		*ret_len = block_len;
	return key_result(card, err);
}

enum cardos_err cardos_key_decipher(struct cardos_card *card, uint32_t number,
	const uint8_t *cryptogram, size_t cryptogram_len, struct secret **ret_plain)
{
	CLEANUP(buf_done) struct buf in = { 0 }, answer = { 0 };
	struct p15_object *object = NULL;
	buf_init(&in, CARDOS_RSA_MAX);
	buf_init(&answer, CARDOS_RSA_MAX);
	enum cardos_err err = find_key(card, number, cryptogram_len, &object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	CLEANUP(secret_free_p) struct secret *plain = secret_new_empty(cryptogram_len);
	buf_put(&in, cryptogram, cryptogram_len);
	if (in.bad || !plain)
		return CARDOS_E_MEMORY;
	const struct cos_key key = { object->entry.path, object->entry.reference };
	err = cos_key_use(card->cos, &key, COS_KEY_DECIPHER, &in, &answer);
	if (err == CARDOS_OK)
		err = as_block(&answer, cryptogram_len, secret_bytes_mut(plain));
	if (err == CARDOS_OK)
		*ret_plain = TAKE(plain);
	return key_result(card, err);
}
