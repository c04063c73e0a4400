/* SPDX-License-Identifier: Apache-2.0 */
/* The card as a whole: made, powered, asked. */
#include "vcard.h"

#include "apdu.h"
#include "card.h"
#include "commands.h"
#include "personality.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MF_SIZE 0x80
#define START_KEY_TRIES 0x0A

/* No PUT DATA in the MF, all else free. */
static void format_v5(struct vc_file *mf)
{
	vc_bytes_set(&mf->rules, (const uint8_t *)"\x84\x01\xDA\x97\x00\x81\x00\x90\x00", 9);
	vc_rules_apply(mf);
}

struct vcard *vcard_new(const char *personality, const uint8_t *serial)
{
	const struct vc_personality *row = vc_personality_find(personality);
	struct vcard *card;

	if (!row)
		return NULL;
	card = vc_alloc(sizeof(*card));
	card->personality = row;
	vc_personality_switches(row, &card->switches);
	if (serial)
		memcpy(card->serial, serial, sizeof(card->serial));
	else if (RAND_bytes(card->serial, sizeof(card->serial)) != 1)
		abort();
	card->phase = VC_ADMINISTRATION;
	memset(card->start_key, 0xFF, sizeof(card->start_key));
	card->start_key_tries = START_KEY_TRIES;
	card->mf = vc_file_new(VC_DF, 0x3F00, MF_SIZE);
	if (row->v5)
		format_v5(card->mf);
	card->df = card->mf;
	return card;
}

struct vcard *vcard_free(struct vcard *card)
{
	if (!card)
		return NULL;
	vc_file_free(card->mf);
	vc_buf_clear(&card->chain);
	vc_buf_clear(&card->response);
	vc_buf_clear(&card->accumulated);
	free(card->state_path);
	explicit_bzero(card, sizeof(*card));
	free(card);
	return NULL;
}

bool vcard_keep(struct vcard *card, const char *path)
{
	free(card->state_path);
	card->state_path = path ? strdup(path) : NULL;
	card->dirty = true;
	return !path || (card->state_path && vc_commit(card));
}

bool vcard_switch(struct vcard *card, const char *assignment, const char **ret_why)
{
	return vc_switches_set(&card->switches, assignment, ret_why);
}

unsigned vcard_generate_ms(const struct vcard *card)
{
	return card->switches.value[VC_S_GENERATE_MS];
}

unsigned vcard_write_ms(const struct vcard *card)
{
	return card->switches.value[VC_S_WRITE_MS];
}

unsigned long vcard_writes(const struct vcard *card)
{
	return card->eeprom_writes;
}

size_t vcard_atr(const struct vcard *card, uint8_t *atr)
{
	return (size_t)vc_hex_decode(card->personality->atr, atr, 33);
}

void vc_forget_volatile(struct vcard *card)
{
	card->df = card->mf;
	card->ef = NULL;
	card->sign_key = (struct vc_key_choice){ 0 };
	card->decipher_key = (struct vc_key_choice){ 0 };
	card->challenge_len = 0;
	if (card->mf)
		vc_forget_verified(card->mf);
	vc_buf_clear(&card->response);
	vc_buf_clear(&card->accumulated);
	card->accumulate_total = 0;
}

void vcard_reset(struct vcard *card)
{
	vc_forget_volatile(card);
	vc_chain_drop(card);
	card->no_power = false;
	card->data_field_until_reset = 0;
}

void vcard_tear(struct vcard *card, unsigned n)
{
	card->tear = n;
}

size_t vc_eeprom(struct vcard *card, size_t len)
{
	if (card->no_power)
		return 0;
	card->dirty = true;
	card->eeprom_writes++;
	if (card->tear && --card->tear == 0) {
		card->no_power = true;
		return len / 2;
	}
	return len;
}

enum vc_sw vc_cmd_get_response(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (!card->response.len)
		return SW_NO_CHALLENGE;
	vc_buf_add(out, card->response.data, card->response.len);
	return SW_OK;
}

/* Cut the answer to what Le takes. */
static enum vc_sw fit_answer(
	const struct vcard *card, const struct vc_apdu *apdu, enum vc_sw sw, struct vc_buf *out)
{
	if (sw != SW_OK || out->len <= apdu->ne || !apdu->ne)
		return sw;
	switch (card->switches.value[VC_S_SHORT_LE]) {
	case VC_SHORT_LE_CUT:
		out->len = apdu->ne;
		return sw;
	case VC_SHORT_LE_6C:
		if (out->len <= 256) {
			sw = (enum vc_sw)(SW_LE | (out->len & 0xFF));
			break;
		}
		sw = SW_LENGTH;
		break;
	default:
		sw = SW_LENGTH;
		break;
	}
	out->len = 0;
	return sw;
}

/* With the switch "answer": keep the data for GET RESPONSE. */
static enum vc_sw keep_answer(
	struct vcard *card, const struct vc_apdu *apdu, enum vc_sw sw, struct vc_buf *out)
{
	size_t more = out->len < 256 ? out->len : 256;

	vc_buf_clear(&card->response);
	if (card->switches.value[VC_S_ANSWER] == 0 || sw != SW_OK || !out->len || !apdu->lc ||
		apdu->extended)
		return sw;
	vc_buf_add(&card->response, out->data, out->len);
	out->len = 0;
	return (enum vc_sw)(SW_MORE | (more & 0xFF));
}

static enum vc_sw run(struct vcard *card, const uint8_t *bytes, size_t len, struct vc_buf *out)
{
	struct vc_apdu apdu;
	enum vc_sw sw;

	if (!vc_apdu_parse(bytes, len, &apdu))
		return SW_LENGTH;
	if (apdu.extended && card->switches.value[VC_S_EXTENDED] == 1)
		return SW_LENGTH;
	if (apdu.lc > vc_data_field(card))
		return SW_LENGTH;
	sw = vc_chain(card, &apdu);
	if (sw == SW_MORE)
		return SW_OK;
	if (sw == SW_OK)
		sw = vc_dispatch(card, &apdu, out);
	if (!card->chaining)
		vc_chain_drop(card);
	sw = fit_answer(card, &apdu, sw, out);
	return keep_answer(card, &apdu, sw, out);
}

void vcard_apdu(struct vcard *card, const uint8_t *apdu, size_t len, struct vc_buf *answer)
{
	enum vc_sw sw = SW_NONE;

	answer->len = 0;
	if (!card->no_power)
		sw = run(card, apdu, len, answer);
	if (card->dirty && !vc_commit(card)) {
		answer->len = 0;
		sw = SW_MEMORY_FAILURE;
	}
	if (card->no_power) {
		answer->len = 0;
		return;
	}
	if (sw >> 8 != 0x90 && sw != SW_DEACTIVATED)
		answer->len = 0;
	vc_buf_u16(answer, sw);
}

void vcard_describe(const struct vcard *card, char *out, size_t size)
{
	snprintf(out, size, "%s phase %02X free %zu %s", card->personality->name,
		(unsigned)card->phase, vc_free_eeprom(card), card->no_power ? "torn" : "whole");
}
