/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libpcsclite: the linker takes these before the library's. */
#include "stand_in.h"

#include <reader.h>
#include <string.h>

#include "vcard.h"

#define NAME "Hostile Reader"
#define CONTEXT 7
#define HANDLE 9
#define EVENT_SHIFT 16

struct reader reader;

static size_t take_atr(uint8_t *atr)
{
	return reader.card ? vcard_atr(reader.card, atr) : 0;
}

LONG SCardEstablishContext(DWORD scope, LPCVOID one, LPCVOID two, LPSCARDCONTEXT context)
{
	(void)scope, (void)one, (void)two;
	*context = CONTEXT;
	return SCARD_S_SUCCESS;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

LONG SCardIsValidContext(SCARDCONTEXT context)
{
	return context == CONTEXT ? SCARD_S_SUCCESS : SCARD_E_INVALID_HANDLE;
}

LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names, LPDWORD len)
{
	static const char all[] = NAME "\0";
	(void)context, (void)groups;
	memcpy(names, all, sizeof(all));
	*len = sizeof(all);
	return SCARD_S_SUCCESS;
}

LONG SCardGetStatusChange(
	SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
	(void)context;
	for (DWORD i = 0; i < count; i++) {
		if (strcmp(states[i].szReader, NAME) != 0)
			continue;
		states[i].dwEventState = (DWORD)reader.event << EVENT_SHIFT |
					 (reader.empty ? SCARD_STATE_EMPTY : SCARD_STATE_PRESENT);
		states[i].cbAtr = reader.empty ? 0 : take_atr(states[i].rgbAtr);
	}
	return timeout > 0 ? SCARD_E_TIMEOUT : SCARD_S_SUCCESS;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share, DWORD protocols,
	LPSCARDHANDLE handle, LPDWORD protocol)
{
	(void)context, (void)name, (void)share, (void)protocols;
	if (reader.empty)
		return SCARD_E_NO_SMARTCARD;
	reader.connects++;
	*handle = HANDLE;
	*protocol = SCARD_PROTOCOL_T1;
	return SCARD_S_SUCCESS;
}

LONG SCardReconnect(
	SCARDHANDLE handle, DWORD share, DWORD protocols, DWORD disposition, LPDWORD protocol)
{
	(void)handle, (void)share, (void)protocols, (void)disposition;
	*protocol = SCARD_PROTOCOL_T1;
	return SCARD_S_SUCCESS;
}

LONG SCardDisconnect(SCARDHANDLE handle, DWORD disposition)
{
	(void)handle;
	reader.disconnects++;
	reader.disposition = disposition;
	if (disposition == SCARD_RESET_CARD && reader.card)
		vcard_reset(reader.card);
	return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE handle)
{
	(void)handle;
	return reader.empty ? SCARD_W_REMOVED_CARD : SCARD_S_SUCCESS;
}

LONG SCardEndTransaction(SCARDHANDLE handle, DWORD disposition)
{
	(void)handle, (void)disposition;
	return SCARD_S_SUCCESS;
}

LONG SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len, LPDWORD state, LPDWORD protocol,
	LPBYTE atr, LPDWORD atr_len)
{
	(void)handle, (void)name, (void)name_len, (void)state, (void)protocol;
	*atr_len = take_atr(atr);
	return SCARD_S_SUCCESS;
}

LONG SCardGetAttrib(SCARDHANDLE handle, DWORD id, LPBYTE out, LPDWORD len)
{
	(void)handle, (void)id;
	*len = take_atr(out);
	return SCARD_S_SUCCESS;
}

/* The answer as the module gets it: never more than it has room for, as a reader's driver does. */
static LONG hand_over(struct reader_reply *reply, DWORD *ret_len)
{
	if (reader.meddle)
		reader.meddle(reader.at, reply);
	if (reply->code == SCARD_S_SUCCESS)
		*ret_len = reply->len;
	return reply->code;
}

LONG SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *send_pci, LPCBYTE command, DWORD len,
	SCARD_IO_REQUEST *recv_pci, LPBYTE bytes, LPDWORD bytes_len)
{
	struct reader_reply reply = { .bytes = bytes, .cap = *bytes_len };
	struct vc_buf answer = { 0 };
	(void)handle, (void)send_pci, (void)recv_pci;
	reader.transmits++;
	if (reader.empty)
		return SCARD_W_REMOVED_CARD;
	if (reader.card)
		vcard_apdu(reader.card, command, len, &answer);
	if (answer.len > reply.cap)
		reply.code = SCARD_E_INSUFFICIENT_BUFFER;
	else if (answer.len > 0)
		memcpy(bytes, answer.data, answer.len);
	reply.len = reply.code == SCARD_S_SUCCESS ? answer.len : 0;
	vc_buf_clear(&answer);
	return hand_over(&reply, bytes_len);
}

static LONG tell(const uint8_t *bytes, size_t len, LPVOID out, DWORD cap, LPDWORD ret_len)
{
	if (!bytes)
		return SCARD_E_NOT_TRANSACTED;
	if (len > cap)
		len = cap;
	if (len > 0)
		memcpy(out, bytes, len);
	*ret_len = len;
	return SCARD_S_SUCCESS;
}

LONG SCardControl(SCARDHANDLE handle, DWORD code, LPCVOID in, DWORD in_len, LPVOID out, DWORD cap,
	LPDWORD ret_len)
{
	struct reader_reply reply = { .bytes = out, .cap = cap };
	(void)handle;
	if (code == CM_IOCTL_GET_FEATURE_REQUEST)
		return tell(reader.features, reader.features_len, out, cap, ret_len);
	if (in_len == 0)
		return tell(reader.properties, reader.properties_len, out, cap, ret_len);
	/* PIN entry: a person who types nothing sensible */
	(void)in;
	if (cap >= 2) {
		memcpy(out, "\x64\x01", 2);
		reply.len = 2;
	}
	return hand_over(&reply, ret_len);
}

LONG SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}
