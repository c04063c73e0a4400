/* SPDX-License-Identifier: Apache-2.0 */
/* MANAGE SECURITY ENVIRONMENT and PERFORM SECURITY OPERATION (cardos-facts 4.3, 6.1). */
#include "commands.h"
#include "numbers.h"
#include "rsa.h"

#include <openssl/evp.h>
#include <string.h>

#define KEY_MAX 512
#define KEY_SEARCH 0x80
#define SHA1_LEN 20

enum use {
	USE_NONE,
	USE_SIGN,
	USE_DECIPHER
};
enum padding {
	PAD_NONE,
	PAD_PKCS1,
	PAD_SHA1
};

/* What an algorithm byte lets a key do, and which part the card does itself. */
static const struct algorithm {
	uint8_t byte;
	enum use use;
	enum padding padding;
	bool hash; /* SHA-1 of the data first */
} algorithms[] = {
	{ 0x08, USE_DECIPHER, PAD_PKCS1, false },
	{ 0x0A, USE_DECIPHER, PAD_NONE, false },
	{ 0x0C, USE_DECIPHER, PAD_NONE, false },
	{ 0x86, USE_SIGN, PAD_PKCS1, false },
	{ 0x88, USE_SIGN, PAD_PKCS1, false },
	{ 0x8A, USE_SIGN, PAD_NONE, false },
	{ 0x8C, USE_SIGN, PAD_NONE, false },
	{ 0xC8, USE_SIGN, PAD_SHA1, true },
	{ 0xCC, USE_SIGN, PAD_NONE, true },
};

struct key {
	struct vc_file *df;
	struct vc_object *object;
	const struct algorithm *algorithm; /* NULL: not for RSA */
	size_t len;
};

static bool find_key(const struct vcard *card, struct vc_key_choice choice, struct key *ret_key)
{
	bool up = choice.id & KEY_SEARCH || card->switches.value[VC_S_KEY_SEARCH] == 1;
	unsigned id = choice.id & 0x7FU;

	for (struct vc_file *df = choice.set ? card->df : NULL; df; df = up ? df->parent : NULL) {
		struct vc_object *object = vc_object_find(df, VC_PSO, id);

		if (!object)
			continue;
		*ret_key = (struct key){ .df = df, .object = object, .len = vc_rsa_len(df, id) };
		for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
			if (algorithms[i].byte == *vc_param(object, VC_P_ALGORITHM))
				ret_key->algorithm = &algorithms[i];
		}
		return true;
	}
	return false;
}

/* MSE SET: one key for signing (B6) or for deciphering (B8). */
static enum vc_sw mse_set(struct vcard *card, const struct vc_apdu *apdu)
{
	struct vc_key_choice *slot = apdu->p2 == 0xB6 ? &card->sign_key : &card->decipher_key;
	struct key key;

	if (apdu->p2 != 0xB6 && apdu->p2 != 0xB8)
		return SW_P1P2;
	if (apdu->lc != 3 || apdu->data[0] != 0x83 || apdu->data[1] != 1)
		return SW_DATA;
	struct vc_key_choice choice = { true, apdu->data[2], 0 };
	bool found = find_key(card, choice, &key);

	if (card->switches.value[VC_S_NO_SE] == 1 && !vc_se_find(card->df, 1))
		return SW_NO_OBJECT;
	if (!found && card->switches.value[VC_S_MISSING_KEY] == VC_MISSING_MSE)
		return SW_NO_OBJECT;
	if (found && card->switches.value[VC_S_NO_PIN] == 1 &&
		!vc_object_allowed(card, key.df, key.object, VC_OBJECT_USE))
		return SW_SECURITY;
	*slot = choice;
	return SW_OK;
}

/* MSE RESTORE: take a stored environment. */
static enum vc_sw mse_restore(struct vcard *card, const struct vc_apdu *apdu)
{
	const struct vc_se *se = vc_se_find(card->df, apdu->p2);

	if (apdu->lc)
		return SW_LENGTH;
	if (!se)
		return SW_NO_OBJECT;
	card->sign_key = (struct vc_key_choice){ se->component[0] != 0, se->component[0], 0 };
	card->decipher_key = (struct vc_key_choice){ se->component[2] != 0, se->component[2], 0 };
	return SW_OK;
}

enum vc_sw vc_cmd_mse(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	if (apdu->p1 == 0x41 || apdu->p1 == 0xF1)
		return mse_set(card, apdu);
	if (apdu->p1 == 0x03 || apdu->p1 == 0xF3)
		return mse_restore(card, apdu);
	return SW_P1P2;
}

static enum vc_sw prepare(struct vcard *card, enum use use, struct key *ret_key)
{
	struct vc_key_choice choice = use == USE_SIGN ? card->sign_key : card->decipher_key;

	if (!find_key(card, choice, ret_key))
		return card->switches.value[VC_S_MISSING_KEY] == VC_MISSING_PSO_6F86 ? SW_NO_KEY
										     : SW_NO_OBJECT;
	if (!ret_key->algorithm || ret_key->algorithm->use != use)
		return card->switches.value[VC_S_WRONG_ALGORITHM] == 1 ? SW_STRUCTURE : SW_FUNCTION;
	if (!ret_key->len || ret_key->len > KEY_MAX)
		return SW_OBJECT_INVALID;
	return vc_object_allowed(card, ret_key->df, ret_key->object, VC_OBJECT_USE) ? SW_OK
										    : SW_SECURITY;
}

/* The block that goes into RSA: as given, or padded with type 1. */
static enum vc_sw sign_block(
	const struct vcard *card, const struct key *key, const struct vc_apdu *apdu, uint8_t *block)
{
	static const uint8_t sha1_prefix[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03,
		0x02, 0x1A, 0x05, 0x00, 0x04, 0x14 };
	CLEANUP(vc_buf_clear) struct vc_buf input = { 0 };
	uint8_t hash[SHA1_LEN];

	if (key->algorithm->padding == PAD_SHA1)
		vc_buf_add(&input, sha1_prefix, sizeof(sha1_prefix));
	if (key->algorithm->hash) {
		if (!EVP_Q_digest(NULL, "SHA1", NULL, apdu->data, apdu->lc, hash, NULL))
			return SW_TECHNICAL;
		vc_buf_add(&input, hash, sizeof(hash));
	} else {
		vc_buf_add(&input, apdu->data, apdu->lc);
	}
	if (key->algorithm->padding == PAD_NONE) {
		if (input.len != key->len)
			return card->switches.value[VC_S_BAD_BLOCK] == 1 ? SW_LENGTH : SW_DATA;
		memcpy(block, input.data, input.len);
		return SW_OK;
	}
	if (!input.len || input.len + 11 > key->len)
		return card->switches.value[VC_S_BAD_BLOCK] == 1 ? SW_LENGTH : SW_DATA;
	memset(block, 0xFF, key->len);
	block[0] = 0x00;
	block[1] = 0x01;
	block[key->len - input.len - 1] = 0x00;
	memcpy(block + key->len - input.len, input.data, input.len);
	return SW_OK;
}

static enum vc_sw sign(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t block[KEY_MAX], signature[KEY_MAX];
	struct key key = { 0 };
	enum vc_sw sw = prepare(card, USE_SIGN, &key);

	if (sw == SW_OK)
		sw = sign_block(card, &key, apdu, block);
	if (sw == SW_OK)
		sw = vc_rsa_private(key.df, key.object->id, block, signature, key.len);
	if (sw == SW_OK)
		vc_buf_add(out, signature, key.len);
	return sw;
}

static enum vc_sw decipher(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t block[KEY_MAX];
	struct key key = { 0 };
	enum vc_sw sw = prepare(card, USE_DECIPHER, &key);
	const uint8_t *message = block;

	if (sw != SW_OK)
		return sw;
	if (apdu->lc != key.len + 1)
		return card->switches.value[VC_S_BAD_BLOCK] == 1 ? SW_LENGTH : SW_DATA;
	if (apdu->data[0] != 0x00)
		return SW_DATA; /* the padding indicator: nothing said */
	sw = vc_rsa_private(key.df, key.object->id, apdu->data + 1, block, key.len);
	if (sw != SW_OK)
		return sw;
	if (key.algorithm->padding == PAD_PKCS1)
		message = vc_unpad(block, key.len);
	if (message)
		vc_buf_add(out, message, key.len - (size_t)(message - block));
	explicit_bzero(block, sizeof(block));
	return message ? SW_OK : SW_DATA;
}

enum vc_sw vc_cmd_pso(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	if (apdu->p1 == 0x9E && apdu->p2 == 0x9A)
		return sign(card, apdu, out);
	if (apdu->p1 == 0x80 && apdu->p2 == 0x86)
		return decipher(card, apdu, out);
	return SW_P1P2;
}
