/* SPDX-License-Identifier: Apache-2.0 */
/* MANAGE SECURITY ENVIRONMENT and PERFORM SECURITY OPERATION of V5 (cardos-facts 6.2 to 6.4). */
#include "commands.h"
#include "key5.h"
#include "numbers.h"
#include "personality.h"

#include <string.h>

#define KEY_SEARCH 0x80
#define ALGORITHM_RAW 0x00
#define ALGORITHM_PKCS1 0x10
#define ALGORITHM_PKCS1_OTHER 0x0A /* what another program sends for the same */
#define ALGORITHM_ECDSA 0x30

static struct vc_object *find_key(
	const struct vcard *card, struct vc_key_choice choice, struct vc_file **ret_df)
{
	bool up = choice.id & KEY_SEARCH || card->switches.value[VC_S_KEY_SEARCH] == 1;
	unsigned id = choice.id & 0x7FU;

	for (struct vc_file *df = choice.set ? card->df : NULL; df; df = up ? df->parent : NULL) {
		struct vc_object *key = vc_object_find(df, VC_KEY5_PRIVATE, id);

		*ret_df = df;
		if (key)
			return key;
	}
	return NULL;
}

static bool read_choice(const struct vc_apdu *apdu, struct vc_key_choice *ret_choice)
{
	struct vc_key_choice choice = { 0 };
	struct vc_tlv tlv;

	vc_ber_start(&tlv, apdu->data, apdu->lc);
	while (vc_tlv_next(&tlv)) {
		if (tlv.len != 1)
			return false;
		if (tlv.tag == 0x84 || tlv.tag == 0x83) {
			choice.set = true;
			choice.id = tlv.value[0];
		} else if (tlv.tag == 0x80) {
			choice.algorithm = tlv.value[0];
		} else if (tlv.tag != 0x95) {
			return false;
		}
	}
	if (choice.algorithm == ALGORITHM_PKCS1_OTHER)
		choice.algorithm = ALGORITHM_PKCS1;
	*ret_choice = choice;
	return !tlv.broken && choice.set;
}

static enum vc_sw set(struct vcard *card, const struct vc_apdu *apdu)
{
	struct vc_key_choice *slot = apdu->p2 == 0xB6 ? &card->sign_key : &card->decipher_key;
	struct vc_key_choice choice;
	struct vc_file *df;

	if (apdu->p2 != 0xB6 && apdu->p2 != 0xB8)
		return SW_P1P2;
	if (!read_choice(apdu, &choice))
		return SW_DATA;
	const struct vc_object *key = find_key(card, choice, &df);

	if (card->switches.value[VC_S_NO_SE] == 1 && !vc_se_find(card->df, 1))
		return SW_NO_OBJECT;
	if (!key && card->switches.value[VC_S_MISSING_KEY] == VC_MISSING_MSE)
		return SW_NO_OBJECT;
	if (key && card->switches.value[VC_S_NO_PIN] == 1 &&
		!vc_would_allow(df, key->ac[VC_OBJECT_USE]))
		return SW_SECURITY;
	*slot = choice;
	return SW_OK;
}

enum vc_sw vc_cmd_mse5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	if (apdu->p1 != 0x41 && apdu->p1 != 0xF1)
		return vc_cmd_mse(card, apdu, out); /* RESTORE is the same in both families */
	return set(card, apdu);
}

static enum vc_sw wrong_use(const struct vcard *card)
{
	return card->switches.value[VC_S_WRONG_ALGORITHM] == 1 ? SW_STRUCTURE : SW_FUNCTION;
}

static enum vc_sw bad_block(const struct vcard *card)
{
	return card->switches.value[VC_S_BAD_BLOCK] == 1 ? SW_LENGTH : SW_DATA;
}

/* The key of the choice, with the right to use it. */
static enum vc_sw prepare(
	struct vcard *card, struct vc_key_choice choice, const struct vc_object **ret_key)
{
	struct vc_file *df = NULL;
	struct vc_object *key = find_key(card, choice, &df);

	if (!key)
		return card->switches.value[VC_S_MISSING_KEY] == VC_MISSING_PSO_6F86 ? SW_NO_KEY
										     : SW_NO_OBJECT;
	if (key->param[VC_P5_LIFE] != VC_KEY5_OPERATIONAL || !vc_key5_len(key))
		return SW_OBJECT_INVALID;
	*ret_key = key;
	return vc_object_allowed(card, df, key, VC_OBJECT_USE) ? SW_OK : SW_SECURITY;
}

static enum vc_sw sign_rsa(struct vcard *card, const struct vc_object *key, unsigned algorithm,
	const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t block[VC_KEY5_MAX], signature[VC_KEY5_MAX];
	size_t len = vc_key5_len(key);

	if (algorithm == ALGORITHM_RAW) {
		if (apdu->lc != len)
			return bad_block(card);
		memcpy(block, apdu->data, len);
	} else if (algorithm == ALGORITHM_PKCS1) {
		if (apdu->lc + 11 > len)
			return bad_block(card);
		memset(block, 0xFF, len);
		block[0] = 0x00;
		block[1] = 0x01;
		block[len - apdu->lc - 1] = 0x00;
		memcpy(block + len - apdu->lc, apdu->data, apdu->lc);
	} else {
		return wrong_use(card);
	}
	enum vc_sw sw = vc_key5_rsa(key, block, signature, len);

	if (sw == SW_OK)
		vc_buf_add(out, signature, len);
	return sw;
}

static enum vc_sw sign(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const struct vc_object *key = NULL;
	unsigned algorithm = card->sign_key.algorithm;
	enum vc_sw sw = prepare(card, card->sign_key, &key);

	if (sw != SW_OK)
		return sw;
	if (vc_key5_is_rsa(key))
		return sign_rsa(card, key, algorithm, apdu, out);
	if (algorithm != ALGORITHM_RAW && algorithm != ALGORITHM_ECDSA)
		return wrong_use(card);
	return vc_key5_sign(key, apdu->data, apdu->lc, card->personality->ec_tail, out);
}

static enum vc_sw decipher(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t block[VC_KEY5_MAX];
	const struct vc_object *key = NULL;
	const uint8_t *message = block;
	unsigned algorithm = card->decipher_key.algorithm;
	enum vc_sw sw = prepare(card, card->decipher_key, &key);

	if (sw != SW_OK)
		return sw;
	size_t len = vc_key5_len(key);

	if (!vc_key5_is_rsa(key) || (algorithm != ALGORITHM_RAW && algorithm != ALGORITHM_PKCS1))
		return wrong_use(card);
	if (apdu->lc != len + 1)
		return bad_block(card);
	if (apdu->data[0] != 0x00 && apdu->data[0] != 0x81)
		return SW_DATA; /* the padding indicator */
	sw = vc_key5_rsa(key, apdu->data + 1, block, len);
	if (sw != SW_OK)
		return sw;
	if (algorithm == ALGORITHM_PKCS1)
		message = vc_unpad(block, len);
	else if (block[0] == 0x00 && card->switches.value[VC_S_DECIPHER_RAW] == 0)
		message = block + 1;
	if (message)
		vc_buf_add(out, message, len - (size_t)(message - block));
	explicit_bzero(block, sizeof(block));
	return message ? SW_OK : SW_DATA;
}

static enum vc_sw agree(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const struct vc_object *key = NULL;
	enum vc_sw sw = prepare(card, card->decipher_key, &key);
	size_t len;
	const uint8_t *point = vc_ber_find(apdu->data, apdu->lc, 0x9C, &len);

	if (sw != SW_OK)
		return sw;
	if (vc_key5_is_rsa(key))
		return wrong_use(card);
	return point ? vc_key5_agree(key, point, len, out) : SW_DATA;
}

enum vc_sw vc_cmd_pso5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	if (apdu->p1 == 0x9E && apdu->p2 == 0x9A)
		return sign(card, apdu, out);
	if (apdu->p1 == 0x80 && apdu->p2 == 0x86)
		return decipher(card, apdu, out);
	if (apdu->p1 == 0x80 && apdu->p2 == 0xA6)
		return agree(card, apdu, out);
	return SW_P1P2;
}
