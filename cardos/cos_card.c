/* SPDX-License-Identifier: Apache-2.0 */
/* Recognition of a card, its life cycle, and GET DATA. */
#include "cos_card.h"

#include "cleanup.h"
#include "cos_internal.h"
#include "iso_tlv.h"
#include "trace.h"
#include "transport.h"

#include <string.h>

#define DATA_SERIAL 0x81
#define DATA_PHASE 0x83
#define DATA_PACKAGES 0x88
#define DATA_FIELD 0x8D
#define PHASE_OPERATIONAL 0x10
#define PHASE_ADMINISTRATION 0x20
#define SERIAL_V4_LEN 32
#define SERIAL_V4_AT 10
#define SERIAL_V4_USED 6
#define SERIAL_V5_LEN 8
#define FIELD_OVERHEAD_SEND 6 /* of the data field length, as cardos-facts 1.5 */
#define FIELD_OVERHEAD_RECV 2
#define FIELD_MIN 64
#define EXTENDED_OVERHEAD 9 /* header, Lc and Le of an extended command */
#define RANDOM_CHUNK 64

enum cardos_err cos_card_new(struct transport *transport, struct cos_card **ret_card)
{
	size_t atr_len = 0;
	const uint8_t *atr = transport->ops->atr(transport, &atr_len);
	const struct cos_row *row = cos_table_find(atr, atr_len);
	if (!row)
		return CARDOS_E_NOT_OURS;
	struct cos_card *card = calloc(1, sizeof(*card));
	if (!card)
		return CARDOS_E_MEMORY;
	card->row = row;
	card->io = (struct card_io){ .transport = transport,
		.trace_fd = trace_open(),
		.send_max = ISO_SHORT_SEND,
		.recv_max = ISO_SHORT_RECV };
	/* The data field length matters only where extended length can be used at all. */
	card->io_ready = !(row->flags & COS_EXTENDED) || transport->short_only ||
			 transport->apdu_max <= ISO_SHORT_SEND + EXTENDED_OVERHEAD;
	*ret_card = card;
	return CARDOS_OK;
}

struct cos_card *cos_card_free(struct cos_card *card)
{
	if (card) {
		trace_close(card->io.trace_fd);
		digest_done(&card->digest);
	}
	free(card);
	return NULL;
}

struct digest *cos_card_digest(struct cos_card *card)
{
	return &card->digest;
}

const struct cos_row *cos_card_row(const struct cos_card *card)
{
	return card->row;
}

void cos_card_forget(struct cos_card *card)
{
	card->df_known = false;
	card->ef = 0;
	card->mse_known = false;
	card->admin = false;
}

/* Ask the data field length once, where both sides can do more than the short form. */
static enum cardos_err learn_limits(struct cos_card *card)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct iso_cmd cmd = iso_cmd_get_data(0x01, DATA_FIELD, 2);
	card->io_ready = true;
	enum cardos_err err = card_io_send(&card->io, &cmd, CARD_FORM_SHORT, &reply);
	if (err != CARDOS_OK)
		return err;
	if (iso_sw_error(reply.sw, ISO_SW_FILE) != CARDOS_OK || reply.len != 2)
		return CARDOS_OK; /* the short form always works */
	size_t field = (size_t)reply.bytes[0] << 8 | reply.bytes[1];
	size_t reader = card->io.transport->apdu_max - EXTENDED_OVERHEAD;
	if (field < FIELD_MIN)
		return CARDOS_OK;
	if (field > ISO_REPLY_MAX - FIELD_OVERHEAD_RECV)
		field = ISO_REPLY_MAX - FIELD_OVERHEAD_RECV;
	if (field > reader)
		field = reader;
	if (field - FIELD_OVERHEAD_SEND <= ISO_SHORT_SEND)
		return CARDOS_OK;
	card->io.extended = true;
	card->io.send_max = field - FIELD_OVERHEAD_SEND;
	card->io.recv_max = field - FIELD_OVERHEAD_RECV;
	return CARDOS_OK;
}

enum cardos_err cos_send(struct cos_card *card, const struct iso_cmd *cmd, enum iso_sw_kind kind,
	struct card_reply *reply)
{
	enum cardos_err err = CARDOS_OK;
	if (!card->io_ready)
		err = learn_limits(card);
	enum card_form form = card->io.extended ? CARD_FORM_EXTENDED : CARD_FORM_SHORT;
	if (err == CARDOS_OK)
		err = card_io_send(&card->io, cmd, form, reply);
	if (err == CARDOS_E_RESET || err == CARDOS_E_REMOVED)
		cos_card_forget(card);
	return err == CARDOS_OK ? iso_sw_error(reply->sw, kind) : err;
}

enum cardos_err cos_put_data(struct cos_card *card, enum cos_data kind, const struct buf *object)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (object->bad)
		return CARDOS_E_ARGUMENT;
	const struct iso_cmd cmd =
		iso_cmd_put_data(0x01, (uint8_t)kind, object->bytes, object->len);
	return cos_send(card, &cmd, ISO_SW_FILE, &reply);
}

static enum cardos_err get_data(struct cos_card *card, uint8_t p2, struct card_reply *reply)
{
	const struct iso_cmd cmd = iso_cmd_get_data(0x01, p2, ISO_SHORT_RECV);
	return cos_send(card, &cmd, ISO_SW_FILE, reply);
}

enum cardos_err cos_card_serial(struct cos_card *card, uint8_t *ret_serial, size_t *ret_len)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	enum cardos_err err = get_data(card, DATA_SERIAL, &reply);
	if (err != CARDOS_OK)
		return err;
	if (reply.len == SERIAL_V4_LEN) {
		memcpy(ret_serial, reply.bytes + SERIAL_V4_AT, SERIAL_V4_USED);
		*ret_len = SERIAL_V4_USED;
	} else if (reply.len == SERIAL_V5_LEN) {
		memcpy(ret_serial, reply.bytes, SERIAL_V5_LEN);
		*ret_len = SERIAL_V5_LEN;
	} else {
		err = CARDOS_E_CORRUPT;
	}
	return err;
}

enum cardos_err cos_card_administrate(struct cos_card *card)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (card->admin)
		return CARDOS_OK;
	enum cardos_err err = get_data(card, DATA_PHASE, &reply);
	if (err != CARDOS_OK)
		return err;
	if (reply.len != 1)
		return CARDOS_E_CORRUPT;
	uint8_t phase = reply.bytes[0];
	if (phase == PHASE_OPERATIONAL) {
		const struct iso_cmd toggle = iso_cmd_simple(0x80, 0x10, 0, 0);
		err = cos_send(card, &toggle, ISO_SW_FILE, &reply);
	} else if (phase != PHASE_ADMINISTRATION) {
		err = CARDOS_E_LIFECYCLE;
	}
	card->admin = err == CARDOS_OK;
	return err;
}

/* V4: E1 09 maker 04 package ...; any number of them. */
static bool has_package(const struct card_reply *reply, uint8_t maker, uint8_t package)
{
	struct cursor cursor;
	struct iso_tlv tlv, inner;
	cursor_init(&cursor, reply->bytes, reply->len);
	while (iso_tlv_next(&cursor, &tlv)) {
		if (tlv.tag == 0xE1 && iso_tlv_find(tlv.value, tlv.len, maker, &inner) &&
			inner.len > 0 && inner.value[0] == package)
			return true;
	}
	return false;
}

enum cardos_err cos_card_counts_tries(struct cos_card *card, bool *ret_counts)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (!card->packages_known && card->row->verifyrc_maker) {
		enum cardos_err err = get_data(card, DATA_PACKAGES, &reply);
		if (err != CARDOS_OK)
			return err;
		card->counts_tries =
			has_package(&reply, card->row->verifyrc_maker, card->row->verifyrc_package);
	}
	card->packages_known = true;
	*ret_counts = card->counts_tries;
	return CARDOS_OK;
}

enum cardos_err cos_card_random(struct cos_card *card, uint8_t *out, size_t len)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	while (len > 0) {
		struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_GET_CHALLENGE, 0, 0);
		cmd.le = len < RANDOM_CHUNK ? len : RANDOM_CHUNK;
		/* 8 bytes are the shortest challenge every CardOS gives */
		cmd.le = (cmd.le + 7) / 8 * 8;
		enum cardos_err err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
		if (err != CARDOS_OK)
			return err;
		if (reply.len == 0)
			return CARDOS_E_CORRUPT;
		size_t n = reply.len < len ? reply.len : len;
		memcpy(out, reply.bytes, n);
		out += n;
		len -= n;
	}
	return CARDOS_OK;
}
