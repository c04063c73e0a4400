/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange with a card. */
#include "card_io.h"

#include "cleanup.h"
#include "iso_sw.h"
#include "trace.h"
#include "transport.h"

#include <string.h>

#define MORE_ROUNDS_MAX 32 /* GET RESPONSE rounds of one command: more than any answer needs */

struct apdu {
	uint8_t bytes[ISO_APDU_MAX];
};

static void apdu_wipe(struct apdu *apdu)
{
	explicit_bzero(apdu, sizeof(*apdu));
}

void card_reply_wipe(struct card_reply *reply)
{
	explicit_bzero(reply, sizeof(*reply));
}

/* One APDU; what comes is appended to reply. */
static enum cardos_err once(
	struct card_io *io, const struct iso_cmd *cmd, bool extended, struct card_reply *reply)
{
	CLEANUP(apdu_wipe) struct apdu apdu;
	size_t len = iso_apdu_encode(cmd, extended, apdu.bytes, sizeof(apdu.bytes));
	if (len == 0)
		return CARDOS_E_ARGUMENT;
	uint8_t *to = reply->bytes + reply->len;
	size_t room = sizeof(reply->bytes) - reply->len;
	size_t got = 0;
	if (room < 2)
		return CARDOS_E_CORRUPT;
	enum cardos_err err =
		io->transport->ops->transmit(io->transport, apdu.bytes, len, to, room, &got);
	if (err != CARDOS_OK)
		return err;
	if (got < 2 || got > room)
		return CARDOS_E_COMM;
	trace_exchange(io->trace_fd, apdu.bytes, len, to, got);
	reply->sw = (uint16_t)(to[got - 2] << 8 | to[got - 1]);
	reply->len += got - 2;
	return CARDOS_OK;
}

/* What the card holds back (61xx), until it has no more. */
static enum cardos_err fetch_more(struct card_io *io, struct card_reply *reply)
{
	uint8_t more = 0;
	for (int round = 0; iso_sw_more(reply->sw, &more); round++) {
		if (round == MORE_ROUNDS_MAX)
			return CARDOS_E_CORRUPT;
		struct iso_cmd get = iso_cmd_simple(0, ISO_INS_GET_RESPONSE, 0, 0);
		get.le = more ? more : ISO_SHORT_RECV;
		enum cardos_err err = once(io, &get, false, reply);
		if (err != CARDOS_OK)
			return err;
	}
	return CARDOS_OK;
}

static enum cardos_err send_last(
	struct card_io *io, const struct iso_cmd *cmd, bool extended, struct card_reply *reply)
{
	enum cardos_err err = once(io, cmd, extended, reply);
	uint8_t le = 0;
	if (err == CARDOS_OK && cmd->le > 0 && iso_sw_wrong_le(reply->sw, &le)) {
		struct iso_cmd again = *cmd;
		again.le = le;
		reply->len = 0;
		err = once(io, &again, extended, reply);
	}
	return err == CARDOS_OK ? fetch_more(io, reply) : err;
}

enum cardos_err card_io_send(struct card_io *io, const struct iso_cmd *cmd, enum card_form form,
	struct card_reply *ret_reply)
{
	struct iso_cmd part = *cmd;
	bool chained = form == CARD_FORM_CHAINED || form == CARD_FORM_MIXED;
	bool extended = form == CARD_FORM_EXTENDED || form == CARD_FORM_MIXED;
	card_reply_wipe(ret_reply);
	while (chained && part.data_len > ISO_SHORT_SEND) {
		struct iso_cmd link = part;
		link.cla |= ISO_CLA_CHAIN;
		link.data_len = ISO_SHORT_SEND;
		link.le = 0;
		ret_reply->len = 0;
		enum cardos_err err = once(io, &link, false, ret_reply);
		if (err != CARDOS_OK || iso_sw_error(ret_reply->sw, ISO_SW_KEY) != CARDOS_OK)
			return err;
		part.data += ISO_SHORT_SEND;
		part.data_len -= ISO_SHORT_SEND;
	}
	if (!extended && part.le > ISO_SHORT_RECV)
		part.le = ISO_SHORT_RECV;
	ret_reply->len = 0;
	return send_last(io, &part, extended && iso_apdu_is_long(&part), ret_reply);
}
