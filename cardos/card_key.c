/* SPDX-License-Identifier: Apache-2.0 */
/* The door: the use of private keys. What a key takes - whole blocks, a DigestInfo that the card
 * pads, a hash - depends on the card, on TokenInfo and on the key; the caller gives whole blocks.
 */
#include "card.h"

#include "cleanup.h"
#include "cos_table.h"
#include "p15_state.h"
#include "p15_write.h"
#include "secret.h"

#include <string.h>

#define BLOCK_TYPE_1 0x01
#define BLOCK_TYPE_2 0x02
#define PAD_MIN 8
#define USE_DECIPHER (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP)
#define TOKEN_EID_COMPLIANT (1u << 3)
#define REFERENCE_RAW 0x10 /* in the reference of a PKCS#1 mechanism: means raw */
#define POINT_UNCOMPRESSED 0x04
#define EC_TAIL 2 /* bytes V5.0 adds to each coordinate */

static bool bound_to(const struct p15_entry *entry, unsigned reference)
{
	for (size_t i = 0; i < entry->algorithm_count; i++) {
		if (entry->algorithms[i] == reference)
			return true;
	}
	return entry->algorithm_count == 0;
}

/* Cardos-facts 6.2: what TokenInfo says of RSA, as far as the key is not bound to less. */
static void rsa_abilities(const struct cardos_card *card, const struct p15_entry *entry,
	bool *ret_raw, bool *ret_digest_info)
{
	const unsigned flags = cos_card_row(card->cos)->flags;
	const struct p15_token *token = &card->p15.token;
	*ret_raw = (flags & COS_RSA_RAW) != 0;
	*ret_digest_info = !*ret_raw;
	if (!(flags & COS_BY_TOKEN))
		return;
	if (token->algorithm_count > 0)
		*ret_raw = *ret_digest_info = false;
	for (size_t i = 0; i < token->algorithm_count; i++) {
		const struct p15_algorithm *algorithm = &token->algorithms[i];
		if (!bound_to(entry, algorithm->reference))
			continue;
		bool odd = algorithm->mechanism == P15_MECHANISM_PKCS1 &&
			   (algorithm->reference & REFERENCE_RAW);
		*ret_raw |= odd || algorithm->mechanism == P15_MECHANISM_RAW;
		*ret_digest_info |= algorithm->mechanism == P15_MECHANISM_PKCS1 && !odd;
	}
	if (token->flags & TOKEN_EID_COMPLIANT)
		*ret_raw = false;
	*ret_digest_info |= !*ret_raw;
}

void card_key_abilities(
	const struct cardos_card *card, const struct p15_entry *entry, struct cardos_object *object)
{
	const struct p15_pin *pin = p15_pin_of(&card->p15, entry);
	if (object->key_type == CARDOS_KEY_RSA)
		rsa_abilities(card, entry, &object->raw, &object->digest_info);
	object->own_pin = pin && pin != p15_find_pin(&card->p15, CARDOS_PIN_USER);
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

/* Only the DigestInfo of a block, for a key whose card pads. */
static enum cardos_err sign_info(struct cardos_card *card, const struct cos_key *key,
	const struct buf *block, struct buf *out)
{
	CLEANUP(buf_done) struct buf info = { 0 };
	size_t at = digest_info_at(block);
	if (at == 0)
		return CARDOS_E_NOT_SUPPORTED;
	buf_init(&info, CARDOS_RSA_MAX);
	buf_put(&info, block->bytes + at, block->len - at);
	return info.bad ? CARDOS_E_MEMORY : cos_key_use(card->cos, key, COS_KEY_SIGN, &info, out);
}

/* V4 keys are made either for signing or for deciphering, and the PrKDF tells by its usage which: a
 * key that may decrypt signs with PSO DECIPHER. A signing key that pads by itself wants the
 * DigestInfo. */
static enum cardos_err sign_block(struct cardos_card *card, const struct p15_entry *entry,
	const struct cos_key *key, const struct buf *block, struct buf *out)
{
	const bool v4 = !(cos_card_row(card->cos)->flags & COS_BY_TOKEN);
	enum cos_key_mode mode =
		v4 && (entry->object.usage & USE_DECIPHER) ? COS_KEY_DECIPHER : COS_KEY_SIGN;
	enum cardos_err err = cos_key_use(card->cos, key, mode, block, out);
	if (mode == COS_KEY_DECIPHER && refused_kind(err)) {
		out->len = 0;
		mode = COS_KEY_SIGN;
		err = cos_key_use(card->cos, key, mode, block, out);
	}
	if (v4 && mode == COS_KEY_SIGN && (err == CARDOS_E_INPUT || err == CARDOS_E_LENGTH)) {
		out->len = 0;
		enum cardos_err second = sign_info(card, key, block, out);
		err = second == CARDOS_E_NOT_SUPPORTED ? err : second;
	}
	return err;
}

static enum cardos_err find_key(struct cardos_card *card, uint32_t number,
	enum cardos_key_type type, struct p15_object **ret_object)
{
	struct p15_object *object = NULL;
	enum cardos_err err = card_find(card, number, &object);
	if (err != CARDOS_OK)
		return err;
	const struct cardos_object *key = &object->entry.object;
	if (key->class != CARDOS_PRIVATE_KEY || (type != CARDOS_KEY_NONE && key->key_type != type))
		return CARDOS_E_NOT_SUPPORTED;
	*ret_object = object;
	return CARDOS_OK;
}

static bool block_fits(const struct cardos_object *key, size_t len)
{
	return len > 0 && len <= CARDOS_RSA_MAX && (key->bits == 0 || len == (key->bits + 7) / 8);
}

static struct cos_key key_of(const struct p15_entry *entry, size_t answer_len)
{
	return (struct cos_key){
		.path = entry->path, .reference = entry->reference, .answer_len = answer_len
	};
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
static enum cardos_err key_result(
	struct cardos_card *card, const struct p15_object *object, enum cardos_err err)
{
	const struct p15_pin *pin = p15_pin_of(&card->p15, &object->entry);
	bool own_pin = pin && pin != p15_find_pin(&card->p15, CARDOS_PIN_USER);
	if (err == CARDOS_E_AUTH_REQUIRED && !own_pin)
		card->logins[CARDOS_PIN_USER].logged_in = false;
	return card_result(card, err);
}

static enum cardos_err sign_rsa(struct cardos_card *card, const struct p15_entry *entry,
	const struct buf *block, struct buf *answer, uint8_t *out)
{
	struct cos_key key = key_of(entry, block->len);
	bool raw = false, digest_info = false;
	enum cardos_err err;
	if (!block_fits(&entry->object, block->len))
		return CARDOS_E_INPUT;
	rsa_abilities(card, entry, &raw, &digest_info);
	if (raw) {
		err = sign_block(card, entry, &key, block, answer);
	} else {
		key.algorithm = COS_ALGORITHM_PKCS1;
		err = sign_info(card, &key, block, answer);
	}
	return err == CARDOS_OK ? as_block(answer, block->len, out) : err;
}

/* r and s without what V5.0 puts behind each. *ret_field: bytes of one. */
static enum cardos_err as_signature(
	const struct buf *answer, unsigned bits, uint8_t *out, size_t *ret_field)
{
	static const size_t fields[] = { 24, 28, 32, 48, 64, 66 };
	size_t each = answer->len / 2, field = (bits + 7) / 8;
	for (size_t i = 0; bits == 0 && i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (each == fields[i] || (field == 0 && each == fields[i] + EC_TAIL))
			field = fields[i];
	}
	if (answer->len % 2 != 0 || field == 0 || (each != field && each != field + EC_TAIL))
		return CARDOS_E_CORRUPT;
	memcpy(out, answer->bytes, field);
	memcpy(out + field, answer->bytes + each, field);
	*ret_field = field;
	return CARDOS_OK;
}

static enum cardos_err sign_ec(struct cardos_card *card, const struct p15_entry *entry,
	const struct buf *hash, struct buf *answer, uint8_t *out, size_t *ret_len)
{
	struct cos_key key = key_of(entry, 0);
	size_t field = 0;
	key.algorithm = COS_ALGORITHM_ECDSA;
	enum cardos_err err = cos_key_use(card->cos, &key, COS_KEY_SIGN, hash, answer);
	if (err == CARDOS_OK)
		err = as_signature(answer, entry->object.bits, out, &field);
	if (err == CARDOS_OK)
		*ret_len = 2 * field;
	return err;
}

enum cardos_err cardos_key_sign(struct cardos_card *card, uint32_t number, const uint8_t *block,
	size_t block_len, uint8_t *out, size_t *ret_len)
{
	CLEANUP(buf_done) struct buf in = { 0 }, answer = { 0 };
	struct p15_object *object = NULL;
	size_t len = block_len;
	buf_init(&in, CARDOS_RSA_MAX);
	buf_init(&answer, CARDOS_RSA_MAX);
	enum cardos_err err = find_key(card, number, CARDOS_KEY_NONE, &object);
	if (err != CARDOS_OK)
		return card_result(card, err);
	buf_put(&in, block, block_len);
	if (in.bad || in.len == 0)
		return in.bad ? CARDOS_E_MEMORY : CARDOS_E_INPUT;
	if (object->entry.object.key_type == CARDOS_KEY_RSA)
		err = sign_rsa(card, &object->entry, &in, &answer, out);
	else if (object->entry.object.key_type == CARDOS_KEY_EC)
		err = sign_ec(card, &object->entry, &in, &answer, out, &len);
	else
		err = CARDOS_E_NOT_SUPPORTED;
	if (err == CARDOS_OK)
		*ret_len = len;
	return key_result(card, object, err);
}

/* The message as the block it was padded to, for the caller takes the padding off itself. A card
 * that found no padding gives a block without any: the caller must not learn the difference. */
static enum cardos_err as_padded(
	enum cardos_err err, const struct buf *message, size_t len, uint8_t *out)
{
	memset(out, 0, len);
	if (err == CARDOS_E_INPUT)
		return CARDOS_OK;
	if (err != CARDOS_OK || message->len + PAD_MIN + 3 > len)
		return err == CARDOS_OK ? CARDOS_E_CORRUPT : err;
	memset(out, 0xFF, len);
	out[0] = 0x00;
	out[1] = BLOCK_TYPE_2;
	out[len - message->len - 1] = 0x00;
	if (message->len > 0)
		memcpy(out + len - message->len, message->bytes, message->len);
	return CARDOS_OK;
}

enum cardos_err cardos_key_decipher(struct cardos_card *card, uint32_t number,
	const uint8_t *cryptogram, size_t cryptogram_len, struct secret **ret_plain)
{
	CLEANUP(buf_done) struct buf in = { 0 }, answer = { 0 };
	struct p15_object *object = NULL;
	bool raw = false, digest_info = false;
	buf_init(&in, CARDOS_RSA_MAX);
	buf_init(&answer, CARDOS_RSA_MAX);
	enum cardos_err err = find_key(card, number, CARDOS_KEY_RSA, &object);
	if (err == CARDOS_OK && !block_fits(&object->entry.object, cryptogram_len))
		err = CARDOS_E_INPUT;
	if (err != CARDOS_OK)
		return card_result(card, err);
	CLEANUP(secret_free_p) struct secret *plain = secret_new_empty(cryptogram_len);
	buf_put(&in, cryptogram, cryptogram_len);
	if (in.bad || !plain)
		return CARDOS_E_MEMORY;
	struct cos_key key = key_of(&object->entry, cryptogram_len);
	rsa_abilities(card, &object->entry, &raw, &digest_info);
	key.algorithm = raw ? COS_ALGORITHM_PLAIN : COS_ALGORITHM_PKCS1;
	err = cos_key_use(card->cos, &key, COS_KEY_DECIPHER, &in, &answer);
	if (!raw)
		err = as_padded(err, &answer, cryptogram_len, secret_bytes_mut(plain));
	else if (err == CARDOS_OK)
		err = as_block(&answer, cryptogram_len, secret_bytes_mut(plain));
	if (err == CARDOS_OK)
		*ret_plain = TAKE(plain);
	return key_result(card, object, err);
}

enum cardos_err cardos_key_derive(struct cardos_card *card, uint32_t number, const uint8_t *point,
	size_t point_len, struct secret **ret_shared)
{
	CLEANUP(buf_done) struct buf in = { 0 }, answer = { 0 };
	struct p15_object *object = NULL;
	size_t field = point_len / 2;
	buf_init(&in, CARDOS_RSA_MAX);
	buf_init(&answer, CARDOS_RSA_MAX);
	enum cardos_err err = find_key(card, number, CARDOS_KEY_EC, &object);
	if (err == CARDOS_OK && (point_len % 2 == 0 || point_len < 3 ||
					point[0] != POINT_UNCOMPRESSED || field > CARDOS_EC_MAX))
		err = CARDOS_E_INPUT;
	if (err != CARDOS_OK)
		return card_result(card, err);
	CLEANUP(secret_free_p) struct secret *shared = secret_new_empty(field);
	buf_put(&in, point + 1, point_len - 1);
	if (in.bad || !shared)
		return CARDOS_E_MEMORY;
	const struct cos_key key = key_of(&object->entry, 0);
	err = cos_key_use(card->cos, &key, COS_KEY_AGREE, &in, &answer);
	if (err == CARDOS_OK)
		err = as_block(&answer, field, secret_bytes_mut(shared));
	if (err == CARDOS_OK)
		*ret_shared = TAKE(shared);
	return key_result(card, object, err);
}
