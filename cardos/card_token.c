/* SPDX-License-Identifier: Apache-2.0 */
/* The door: what the token says of itself. */
#include "card.h"

#include "cos_table.h"
#include "p15_read.h"
#include "transport.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_READ_ONLY (1u << 0)
#define TOKEN_LOGIN_REQUIRED (1u << 1)

static void fill_token(struct cardos_card *card, struct cardos_token *token)
{
	const struct cos_row *row = cos_card_row(card->cos);
	const struct p15 *p15 = &card->p15;
	struct p15_pin pin;
	*token = (struct cardos_token){ .blank = p15->state == P15_BLANK,
		.prn_generation = true,
		.version_major = row->major,
		.version_minor = row->minor,
		.rsa_min_bits = row->rsa_min,
		.rsa_max_bits = row->rsa_max,
		.imports = cos_key_imports(card->p15.cos),
		.rsa_raw = (row->flags & COS_RSA_RAW) != 0,
		.ec = (row->flags & COS_EC) != 0,
		.pinpad = card->transport->enters,
		.writeable = (row->flags & COS_WRITES) != 0 };
	(void)snprintf(token->model, sizeof(token->model), "%s", row->model);
	memcpy(token->label, p15->token.label, sizeof(token->label));
	memcpy(token->manufacturer, p15->token.manufacturer, sizeof(token->manufacturer));
	memcpy(token->serial, p15->token.serial, sizeof(token->serial));
	token->serial_len = p15->token.serial_len;
	token->writeable = token->writeable && !p15->odf_records && !p15->described;
	token->read_only = !token->writeable || (p15->token.flags & TOKEN_READ_ONLY) != 0;
	token->user_pin_set = card_pin(card, CARDOS_PIN_USER, &pin) == CARDOS_OK;
	token->login_required =
		(p15->token.flags & TOKEN_LOGIN_REQUIRED) != 0 || token->user_pin_set;
	token->puk_known = card_pin(card, CARDOS_PIN_PUK, &pin) == CARDOS_OK;
	token->so_pin = card_pin(card, CARDOS_PIN_SO, &pin) == CARDOS_OK;
}

enum cardos_err cardos_token(struct cardos_card *card, const struct cardos_token **ret_token)
{
	enum cardos_err err = p15_bind(&card->p15);
	if (err == CARDOS_OK && card->p15.state == P15_BLANK && card->p15.token.serial_len == 0) {
		err = cos_card_serial(
			card->cos, card->p15.token.serial, &card->p15.token.serial_len);
		card->p15.generation++;
	}
	/* Files that make no sense, commands that it does not know: it will say so every time. */
	if (err == CARDOS_E_CORRUPT || err == CARDOS_E_NOT_SUPPORTED)
		err = CARDOS_E_NOT_OURS;
	if (err != CARDOS_OK)
		return card_result(card, err);
	if (card->token_generation != card->p15.generation) {
		fill_token(card, &card->token);
		card->token_generation = card->p15.generation;
	}
	*ret_token = &card->token;
	return CARDOS_OK;
}
