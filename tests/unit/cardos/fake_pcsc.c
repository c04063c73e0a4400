/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libpcsclite: the linker takes these before the library's. */
#include "fake_pcsc.h"

#include <reader.h>
#include <string.h>

#define CONTEXT 7
#define HANDLE 9
#define EVENT_SHIFT 16

struct fake_pcsc fake_pcsc;

static const uint8_t atr[] = { 0x3B, 0xD2, 0x18, 0x02, 0xC1, 0x0A, 0x31, 0xFE, 0x58, 0xC8, 0x0D,
	0x51 };

void fake_pcsc_reset(void)
{
	fake_pcsc = (struct fake_pcsc){ .reader = FAKE_READER, .present = true, .event = 3 };
}

LONG SCardEstablishContext(DWORD scope, LPCVOID one, LPCVOID two, LPSCARDCONTEXT context)
{
	(void)scope, (void)one, (void)two;
	fake_pcsc.establishes++;
	if (fake_pcsc.establish != SCARD_S_SUCCESS)
		return fake_pcsc.establish;
	fake_pcsc.contexts++;
	fake_pcsc.context_valid = true;
	*context = CONTEXT;
	return SCARD_S_SUCCESS;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
	if (context != CONTEXT)
		return SCARD_E_INVALID_HANDLE;
	fake_pcsc.contexts--;
	return SCARD_S_SUCCESS;
}

LONG SCardIsValidContext(SCARDCONTEXT context)
{
	return context == CONTEXT && fake_pcsc.context_valid ? SCARD_S_SUCCESS
							     : SCARD_E_INVALID_HANDLE;
}

LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR readers, LPDWORD len)
{
	static const char names[] = FAKE_READER "\0";
	(void)context, (void)groups;
	LONG code = fake_pcsc.list;
	fake_pcsc.list = SCARD_S_SUCCESS;
	if (code != SCARD_S_SUCCESS)
		return code;
	if (fake_pcsc.no_reader)
		return SCARD_E_NO_READERS_AVAILABLE;
	memcpy(readers, names, sizeof(names));
	*len = sizeof(names);
	return SCARD_S_SUCCESS;
}

LONG SCardGetStatusChange(
	SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
	(void)context;
	LONG code = fake_pcsc.status_change;
	fake_pcsc.status_change = SCARD_S_SUCCESS;
	if (code != SCARD_S_SUCCESS)
		return code;
	for (DWORD i = 0; i < count; i++) {
		if (strcmp(states[i].szReader, fake_pcsc.reader) != 0)
			continue;
		if (fake_pcsc.no_reader)
			return SCARD_E_UNKNOWN_READER;
		states[i].dwEventState =
			(DWORD)fake_pcsc.event << EVENT_SHIFT |
			(fake_pcsc.present ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY) |
			(fake_pcsc.mute ? SCARD_STATE_MUTE : 0);
		states[i].cbAtr = sizeof(atr);
		memcpy(states[i].rgbAtr, atr, sizeof(atr));
	}
	return timeout > 0 ? SCARD_E_TIMEOUT : SCARD_S_SUCCESS;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share, DWORD protocols,
	LPSCARDHANDLE handle, LPDWORD protocol)
{
	(void)context, (void)share, (void)protocols;
	if (strcmp(reader, fake_pcsc.reader) != 0)
		return SCARD_E_UNKNOWN_READER;
	if (fake_pcsc.connect != SCARD_S_SUCCESS)
		return fake_pcsc.connect;
	*handle = HANDLE;
	*protocol = SCARD_PROTOCOL_T1;
	return SCARD_S_SUCCESS;
}

LONG SCardReconnect(
	SCARDHANDLE handle, DWORD share, DWORD protocols, DWORD disposition, LPDWORD protocol)
{
	(void)handle, (void)share, (void)protocols, (void)disposition;
	fake_pcsc.reconnects++;
	*protocol = SCARD_PROTOCOL_T1;
	return fake_pcsc.reconnect;
}

LONG SCardDisconnect(SCARDHANDLE handle, DWORD disposition)
{
	fake_pcsc.disconnects += handle == HANDLE;
	fake_pcsc.resets += disposition == SCARD_RESET_CARD;
	return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE handle)
{
	(void)handle;
	LONG code = fake_pcsc.begin[0];
	fake_pcsc.begins++;
	memmove(fake_pcsc.begin, fake_pcsc.begin + 1,
		sizeof(fake_pcsc.begin) - sizeof(fake_pcsc.begin[0]));
	return code;
}

LONG SCardEndTransaction(SCARDHANDLE handle, DWORD disposition)
{
	(void)handle, (void)disposition;
	fake_pcsc.ends++;
	return SCARD_S_SUCCESS;
}

LONG SCardStatus(SCARDHANDLE handle, LPSTR reader, LPDWORD reader_len, LPDWORD state,
	LPDWORD protocol, LPBYTE out, LPDWORD out_len)
{
	(void)handle, (void)reader, (void)reader_len, (void)state, (void)protocol;
	memcpy(out, atr, sizeof(atr));
	*out_len = sizeof(atr);
	return SCARD_S_SUCCESS;
}

LONG SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *send_pci, LPCBYTE command, DWORD len,
	SCARD_IO_REQUEST *recv_pci, LPBYTE reply, LPDWORD reply_len)
{
	(void)handle, (void)send_pci, (void)command, (void)len, (void)recv_pci;
	fake_pcsc.transmits++;
	if (fake_pcsc.transmit != SCARD_S_SUCCESS)
		return fake_pcsc.transmit;
	if (fake_pcsc.reply_len > *reply_len)
		return SCARD_E_INSUFFICIENT_BUFFER;
	if (fake_pcsc.reply_len > 0)
		memcpy(reply, fake_pcsc.reply, fake_pcsc.reply_len);
	*reply_len = fake_pcsc.reply_len;
	return SCARD_S_SUCCESS;
}

LONG SCardControl(SCARDHANDLE handle, DWORD code, LPCVOID in, DWORD in_len, LPVOID out,
	DWORD out_cap, LPDWORD out_len)
{
	(void)handle, (void)in, (void)in_len;
	bool features = code == CM_IOCTL_GET_FEATURE_REQUEST;
	const uint8_t *bytes = features ? fake_pcsc.features : fake_pcsc.properties;
	DWORD len = features ? fake_pcsc.features_len : fake_pcsc.properties_len;
	if (!bytes || (!features && code != fake_pcsc.properties_code))
		return SCARD_E_NOT_TRANSACTED;
	memcpy(out, bytes, len < out_cap ? len : out_cap);
	*out_len = len;
	return SCARD_S_SUCCESS;
}

LONG SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	fake_pcsc.cancels++;
	return SCARD_S_SUCCESS;
}
