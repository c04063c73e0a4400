/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader: connection, transactions, reconnection after a reset. */
#include "pcsc_card.h"

#include "cleanup.h"
#include "pcsc_error.h"
#include "pcsc_pinpad.h"
#include "pcsc_quirk.h"
#include "transport.h"

#include <reader.h>
#include <string.h>
#include <winscard.h>

#define ATR_MAX 33
#define SHORT_MAX 264  /* bytes of an APDU that a reader without extended length may name */
#define EVENT_SHIFT 16 /* the counter of insertions in dwEventState */
#define FEATURES_MAX 256
#define STRUCTURE_MAX 128
#define RECONNECTS_MAX 3 /* resets in a row before we give up on a transaction */

struct pcsc_card {
	struct transport transport;
	SCARDCONTEXT context;
	SCARDHANDLE handle;
	DWORD protocol;
	char *reader;
	uint8_t atr[ATR_MAX];
	size_t atr_len;
	uint32_t event; /* insertion counter when the card was connected */
	bool gone;
	bool broken; /* an exchange failed half way: what the card makes of the next is not known */
	struct pcsc_features features;
};

static struct pcsc_card *self(struct transport *transport)
{
	return (struct pcsc_card *)transport;
}

/* What pcscd says of the reader now. */
static bool reader_state(struct pcsc_card *card, SCARD_READERSTATE *ret_state)
{
	*ret_state = (SCARD_READERSTATE){ .szReader = card->reader };
	return SCardGetStatusChange(card->context, 0, ret_state, 1) == SCARD_S_SUCCESS;
}

static bool op_alive(struct transport *transport)
{
	struct pcsc_card *card = self(transport);
	SCARD_READERSTATE state;
	if (card->gone || !reader_state(card, &state))
		return false;
	if (!(state.dwEventState & SCARD_STATE_PRESENT) ||
		state.dwEventState >> EVENT_SHIFT != card->event)
		card->gone = true;
	return !card->gone;
}

/* Asking the reader for an attribute tells a reset without a command to the card, and at once:
 * while another program holds a transaction the answer is a sharing violation, where SCardStatus()
 * waits. */
static bool op_was_reset(struct transport *transport)
{
	struct pcsc_card *card = self(transport);
	uint8_t atr[ATR_MAX];
	DWORD len = sizeof(atr);
	return !card->gone &&
	       SCardGetAttrib(card->handle, SCARD_ATTR_ATR_STRING, atr, &len) == SCARD_W_RESET_CARD;
}

/* One word for "the card that was opened is not there any more". */
static enum cardos_err line_error(struct pcsc_card *card, LONG code)
{
	enum cardos_err err = pcsc_error(code);
	if (err == CARDOS_E_NO_CARD || err == CARDOS_E_NO_READER)
		err = CARDOS_E_REMOVED;
	if (err == CARDOS_E_REMOVED)
		card->gone = true;
	/* A reader reports a card pulled in the middle of an exchange as a broken line. */
	if ((err == CARDOS_E_COMM || err == CARDOS_E_MUTE) && !op_alive(&card->transport))
		err = card->gone ? CARDOS_E_REMOVED : CARDOS_E_NO_SERVICE;
	return err;
}

/* Of an exchange. Whatever failed, a card in the middle of a command is of no use until it was
 * powered anew: this connection is over, and the next one begins with a reset. */
static enum cardos_err exchange_error(struct pcsc_card *card, LONG code)
{
	enum cardos_err err = line_error(card, code);
	if (err == CARDOS_E_MUTE || err == CARDOS_E_TIMEOUT)
		err = CARDOS_E_COMM;
	if (err == CARDOS_E_COMM || err == CARDOS_E_NO_SERVICE) {
		card->gone = true;
		card->broken = true;
	}
	return err;
}

static enum cardos_err op_transmit(struct transport *transport, const uint8_t *command,
	size_t command_len, uint8_t *reply, size_t reply_cap, size_t *ret_len)
{
	struct pcsc_card *card = self(transport);
	const SCARD_IO_REQUEST *pci =
		card->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD len = (DWORD)reply_cap;
	if (card->gone)
		return CARDOS_E_REMOVED;
	LONG code =
		SCardTransmit(card->handle, pci, command, (DWORD)command_len, NULL, reply, &len);
	if (code != SCARD_S_SUCCESS)
		return exchange_error(card, code);
	*ret_len = len;
	return CARDOS_OK;
}

static enum cardos_err reconnect(struct pcsc_card *card)
{
	if (!op_alive(&card->transport))
		return card->gone ? CARDOS_E_REMOVED : CARDOS_E_NO_SERVICE;
	LONG code = SCardReconnect(card->handle, SCARD_SHARE_SHARED,
		SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD, &card->protocol);
	return code == SCARD_S_SUCCESS ? CARDOS_OK : line_error(card, code);
}

static enum cardos_err op_begin(struct transport *transport, bool *ret_reset)
{
	struct pcsc_card *card = self(transport);
	bool reset = false;
	if (card->gone)
		return CARDOS_E_REMOVED;
	for (int round = 0; round < RECONNECTS_MAX; round++) {
		LONG code = SCardBeginTransaction(card->handle);
		if (code == SCARD_S_SUCCESS) {
			*ret_reset = reset;
			return CARDOS_OK;
		}
		enum cardos_err err = line_error(card, code);
		if (err != CARDOS_E_RESET)
			return err;
		reset = true;
		err = reconnect(card);
		if (err != CARDOS_OK)
			return err;
	}
	return CARDOS_E_COMM;
}

static void op_end(struct transport *transport)
{
	struct pcsc_card *card = self(transport);
	(void)SCardEndTransaction(card->handle, SCARD_LEAVE_CARD);
}

static enum cardos_err op_control(struct transport *transport, uint32_t control, const uint8_t *in,
	size_t in_len, uint8_t *out, size_t out_cap, size_t *ret_len)
{
	struct pcsc_card *card = self(transport);
	DWORD len = 0;
	LONG code =
		SCardControl(card->handle, control, in, (DWORD)in_len, out, (DWORD)out_cap, &len);
	if (code != SCARD_S_SUCCESS)
		return CARDOS_E_NOT_SUPPORTED;
	*ret_len = len;
	return CARDOS_OK;
}

static enum cardos_err op_enter(struct transport *transport, const struct transport_entry *entry,
	uint8_t *reply, size_t reply_cap, size_t *ret_len)
{
	struct pcsc_card *card = self(transport);
	const uint32_t control = entry->modify ? card->features.modify : card->features.verify;
	uint8_t structure[STRUCTURE_MAX];
	size_t len = pcsc_pinpad_encode(entry, structure, sizeof(structure));
	DWORD got = 0;
	if (!transport->enters || len == 0)
		return CARDOS_E_NOT_SUPPORTED;
	if (card->gone)
		return CARDOS_E_REMOVED;
	LONG code = SCardControl(
		card->handle, control, structure, (DWORD)len, reply, (DWORD)reply_cap, &got);
	if (code != SCARD_S_SUCCESS)
		return line_error(card, code);
	*ret_len = got;
	return CARDOS_OK;
}

static const uint8_t *op_atr(struct transport *transport, size_t *ret_len)
{
	*ret_len = self(transport)->atr_len;
	return self(transport)->atr;
}

static void op_free(struct transport *transport)
{
	struct pcsc_card *card = self(transport);
	if (card->handle)
		(void)SCardDisconnect(
			card->handle, card->broken ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
	if (card->context)
		(void)SCardReleaseContext(card->context);
	free(card->reader);
	free(card);
}

static const struct transport_ops ops = {
	.transmit = op_transmit,
	.begin = op_begin,
	.end = op_end,
	.control = op_control,
	.enter = op_enter,
	.atr = op_atr,
	.alive = op_alive,
	.was_reset = op_was_reset,
	.free = op_free,
};

/* Extended length: only if the reader says so, and is not known to be wrong about it. One that says
 * nothing may still be tried where a card has no other way. */
static void tell_length(struct pcsc_card *card, const struct pcsc_properties *properties)
{
	struct transport *transport = &card->transport;
	transport->apdu_max = properties->apdu_max;
	transport->short_only = (pcsc_quirks(card->reader) & PCSC_SHORT_ONLY) != 0 ||
				(properties->apdu_known && properties->apdu_max <= SHORT_MAX);
	if (pcsc_quirks(card->reader) & PCSC_SHORT_ONLY)
		transport->apdu_max = 0;
}

/* What the reader can do beyond carrying commands. */
static void learn_reader(struct pcsc_card *card)
{
	struct transport *transport = &card->transport;
	uint8_t bytes[FEATURES_MAX];
	struct pcsc_properties properties = { 0 };
	size_t len = 0;
	if (op_control(transport, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, bytes, sizeof(bytes),
		    &len) != CARDOS_OK ||
		len > sizeof(bytes)) {
		tell_length(card, &properties);
		return;
	}
	pcsc_features_parse(bytes, len, &card->features);
	if (card->features.properties &&
		op_control(transport, card->features.properties, NULL, 0, bytes, sizeof(bytes),
			&len) == CARDOS_OK &&
		len <= sizeof(bytes))
		pcsc_properties_parse(bytes, len, &properties);
	tell_length(card, &properties);
	transport->enters = card->features.verify && card->features.modify;
	transport->enter_min = properties.min_len;
	transport->enter_max = properties.max_len;
}

static enum cardos_err connect_card(struct pcsc_card *card)
{
	SCARD_READERSTATE state;
	LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &card->context);
	if (code != SCARD_S_SUCCESS)
		return pcsc_error(code);
	/* The insertion counter first: a card changed in between shows as dead, not as ours. */
	state = (SCARD_READERSTATE){ .szReader = card->reader };
	code = SCardGetStatusChange(card->context, 0, &state, 1);
	if (code != SCARD_S_SUCCESS)
		return pcsc_error(code);
	card->event = (uint32_t)(state.dwEventState >> EVENT_SHIFT);
	code = SCardConnect(card->context, card->reader, SCARD_SHARE_SHARED,
		SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card->handle, &card->protocol);
	if (code != SCARD_S_SUCCESS)
		return pcsc_error(code);
	DWORD atr_len = sizeof(card->atr), reader_len = 0;
	code = SCardStatus(card->handle, NULL, &reader_len, NULL, NULL, card->atr, &atr_len);
	card->atr_len = atr_len <= sizeof(card->atr) ? atr_len : 0;
	return pcsc_error(code);
}

enum cardos_err pcsc_card_open(const char *reader, struct transport **ret_transport)
{
	struct pcsc_card *card = calloc(1, sizeof(*card));
	if (!card)
		return CARDOS_E_MEMORY;
	card->transport.ops = &ops;
	card->reader = strdup(reader);
	enum cardos_err err = card->reader ? connect_card(card) : CARDOS_E_MEMORY;
	if (err != CARDOS_OK) {
		op_free(&card->transport);
		return err;
	}
	learn_reader(card);
	*ret_transport = &card->transport;
	return CARDOS_OK;
}
