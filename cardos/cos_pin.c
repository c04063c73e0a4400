/* SPDX-License-Identifier: Apache-2.0 */
/* PINs of a CardOS card. Bytes: cardos-facts 4.1 and 5. */
#include "cos_pin.h"

#include "cleanup.h"
#include "cos_internal.h"
#include "secret.h"
#include "transport.h"

#include <string.h>

#define SEARCH_UPWARD 0x80 /* from the current DF up to the MF */
#define PIN_FIELD_MAX ((size_t)2 * COS_PIN_STORED_MAX)

/* One or two padded values in a row. */
static enum cardos_err put_padded(
	struct secret *field, size_t *at, const struct cos_pin *pin, const struct secret *value)
{
	size_t len = secret_len(value);
	size_t padded = pin->stored_len ? pin->stored_len : len;
	if (len == 0 || len > padded || padded > COS_PIN_STORED_MAX)
		return CARDOS_E_PIN_LENGTH;
	uint8_t *to = secret_bytes_mut(field) + *at;
	memset(to, pin->pad, padded);
	memcpy(to, secret_bytes(value), len);
	*at += padded;
	return CARDOS_OK;
}

static uint8_t larger(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

/* What may be typed: what the card stores, as far as the reader takes it. */
static bool entry_limits(
	const struct cos_pin *pin, const struct transport *transport, struct transport_entry *entry)
{
	entry->max_len =
		pin->max_len && pin->max_len < pin->stored_len ? pin->max_len : pin->stored_len;
	if (transport->enter_max && transport->enter_max < entry->max_len)
		entry->max_len = transport->enter_max;
	entry->min_len = larger(larger(pin->min_len, 1), transport->enter_min);
	return entry->min_len <= entry->max_len;
}

/* The value, or both, are typed at the reader. */
static enum cardos_err enter(struct cos_card *card, const struct cos_pin *pin, uint8_t ins,
	bool modify, int *ret_tries_left)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	struct transport *transport = card->io.transport;
	struct transport_entry entry = { .header = { 0, ins, 0,
						 (uint8_t)(pin->reference | SEARCH_UPWARD) },
		.block_len = pin->stored_len,
		.pad = pin->pad,
		.modify = modify };
	enum cardos_err err = CARDOS_OK;
	*ret_tries_left = -1;
	if (!transport->enters || !transport->ops->enter || pin->stored_len == 0 ||
		!entry_limits(pin, transport, &entry))
		return CARDOS_E_NOT_SUPPORTED;
	if (pin->path.len > 0)
		err = cos_select_df(card, &pin->path);
	if (err == CARDOS_OK)
		err = transport->ops->enter(
			transport, &entry, reply.bytes, sizeof(reply.bytes), &reply.len);
	if (err == CARDOS_E_RESET || err == CARDOS_E_REMOVED)
		cos_card_forget(card);
	if (err != CARDOS_OK)
		return err;
	if (reply.len < 2 || reply.len > sizeof(reply.bytes))
		return CARDOS_E_COMM;
	reply.sw = (uint16_t)(reply.bytes[reply.len - 2] << 8 | reply.bytes[reply.len - 1]);
	err = iso_sw_error(reply.sw, ISO_SW_ENTERED);
	if (err == CARDOS_E_PIN_WRONG || err == CARDOS_E_PIN_LOCKED)
		*ret_tries_left = err == CARDOS_E_PIN_LOCKED ? 0 : iso_sw_tries(reply.sw);
	return err;
}

static enum cardos_err present(struct cos_card *card, const struct cos_pin *pin, uint8_t ins,
	const struct secret *first, const struct secret *second, int *ret_tries_left)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	CLEANUP(secret_free_p) struct secret *field = secret_new_empty(PIN_FIELD_MAX);
	size_t len = 0;
	*ret_tries_left = -1;
	if (!field)
		return CARDOS_E_MEMORY;
	enum cardos_err err = put_padded(field, &len, pin, first);
	if (err == CARDOS_OK && second)
		err = put_padded(field, &len, pin, second);
	/* The MF is above every DF, so only a PIN inside a DF needs that DF to be current. */
	if (err == CARDOS_OK && pin->path.len > 0)
		err = cos_select_df(card, &pin->path);
	if (err != CARDOS_OK)
		return err;
	struct iso_cmd cmd = iso_cmd_simple(0, ins, 0, (uint8_t)(pin->reference | SEARCH_UPWARD));
	cmd.data = secret_bytes(field);
	cmd.data_len = len;
	err = cos_send(card, &cmd, ISO_SW_PIN, &reply);
	if (err == CARDOS_E_PIN_WRONG || err == CARDOS_E_PIN_LOCKED)
		*ret_tries_left = err == CARDOS_E_PIN_LOCKED ? 0 : iso_sw_tries(reply.sw);
	return err;
}

enum cardos_err cos_pin_verify(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *value, int *ret_tries_left)
{
	return value ? present(card, pin, ISO_INS_VERIFY, value, NULL, ret_tries_left)
		     : enter(card, pin, ISO_INS_VERIFY, false, ret_tries_left);
}

enum cardos_err cos_pin_change(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *old_value, const struct secret *new_value, int *ret_tries_left)
{
	return old_value && new_value
		       ? present(card, pin, ISO_INS_CHANGE_REFERENCE, old_value, new_value,
				 ret_tries_left)
		       : enter(card, pin, ISO_INS_CHANGE_REFERENCE, true, ret_tries_left);
}

enum cardos_err cos_pin_unblock(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *puk, const struct secret *new_value, int *ret_tries_left)
{
	return puk && new_value
		       ? present(card, pin, ISO_INS_RESET_RETRY, puk, new_value, ret_tries_left)
		       : enter(card, pin, ISO_INS_RESET_RETRY, true, ret_tries_left);
}

enum cardos_err cos_pin_query(struct cos_card *card, const struct cos_pin *pin, int *ret_tries_left)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	enum cardos_err err = CARDOS_OK;
	if (!(card->row->flags & COS_PIN_QUERY))
		return CARDOS_E_NOT_SUPPORTED;
	if (pin->path.len > 0)
		err = cos_select_df(card, &pin->path);
	if (err != CARDOS_OK)
		return err;
	const struct iso_cmd cmd =
		iso_cmd_simple(0, ISO_INS_VERIFY, 0, (uint8_t)(pin->reference | SEARCH_UPWARD));
	err = cos_send(card, &cmd, ISO_SW_PIN, &reply);
	if (err == CARDOS_E_PIN_WRONG || err == CARDOS_E_PIN_LOCKED || err == CARDOS_OK) {
		*ret_tries_left = err == CARDOS_E_PIN_LOCKED ? 0 : iso_sw_tries(reply.sw);
		err = CARDOS_OK;
	}
	return err;
}

enum cardos_err cos_pin_logout(struct cos_card *card)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct cos_path mf = { .len = 0 };
	const struct iso_cmd cmd = iso_cmd_simple(0x80, 0xEA, 0, 0);
	enum cardos_err err = cos_select_df(card, &mf);
	return err == CARDOS_OK ? cos_send(card, &cmd, ISO_SW_FILE, &reply) : err;
}

enum cardos_err cos_pin_put(struct cos_card *card, const struct cos_pin_new *pin)
{
	const bool rules = (card->row->flags & COS_RULES) != 0;
	const struct cos_path place = rules ? pin->df : (struct cos_path){ .len = 0 };
	if (secret_len(pin->value) < pin->min_len || secret_len(pin->value) > pin->stored_len)
		return CARDOS_E_PIN_LENGTH;
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, &place);
	return err == CARDOS_OK ? card->row->ops->put_pin(card, pin) : err;
}

bool cos_pin_inside(const struct cos_card *card)
{
	return (card->row->flags & COS_RULES) != 0;
}
