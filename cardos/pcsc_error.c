/* SPDX-License-Identifier: Apache-2.0 */
/* PC/SC codes become errors here and nowhere else. */
#include "pcsc_error.h"

#include <stddef.h>
#include <stdint.h>
#include <winscard.h>

struct scard_row {
	uint32_t code;
	enum cardos_err err;
};

// clang-format off
static const struct scard_row rows[] = {
	{ (uint32_t)SCARD_S_SUCCESS,             CARDOS_OK },
	{ (uint32_t)SCARD_E_CANCELLED,           CARDOS_E_CANCELLED },
	{ (uint32_t)SCARD_E_NO_MEMORY,           CARDOS_E_MEMORY },
	{ (uint32_t)SCARD_E_INSUFFICIENT_BUFFER, CARDOS_E_LENGTH },
	{ (uint32_t)SCARD_E_UNKNOWN_READER,      CARDOS_E_NO_READER },
	{ (uint32_t)SCARD_E_TIMEOUT,             CARDOS_E_TIMEOUT },
	{ (uint32_t)SCARD_E_SHARING_VIOLATION,   CARDOS_E_SHARING },
	{ (uint32_t)SCARD_E_NO_SMARTCARD,        CARDOS_E_NO_CARD },
	{ (uint32_t)SCARD_E_PROTO_MISMATCH,      CARDOS_E_MUTE },
	{ (uint32_t)SCARD_E_INVALID_VALUE,       CARDOS_E_LENGTH },
	{ (uint32_t)SCARD_E_READER_UNAVAILABLE,  CARDOS_E_NO_READER },
	{ (uint32_t)SCARD_E_NO_SERVICE,          CARDOS_E_NO_SERVICE },
	{ (uint32_t)SCARD_E_SERVICE_STOPPED,     CARDOS_E_NO_SERVICE },
	{ (uint32_t)SCARD_E_NO_READERS_AVAILABLE, CARDOS_E_NO_READER },
	{ (uint32_t)SCARD_W_UNSUPPORTED_CARD,    CARDOS_E_MUTE },
	{ (uint32_t)SCARD_W_UNRESPONSIVE_CARD,   CARDOS_E_MUTE },
	{ (uint32_t)SCARD_W_UNPOWERED_CARD,      CARDOS_E_MUTE },
	{ (uint32_t)SCARD_W_RESET_CARD,          CARDOS_E_RESET },
	{ (uint32_t)SCARD_W_REMOVED_CARD,        CARDOS_E_REMOVED },
	{ (uint32_t)SCARD_W_SECURITY_VIOLATION,  CARDOS_E_ACCESS_DENIED },
	{ (uint32_t)SCARD_E_INVALID_HANDLE,      CARDOS_E_NO_SERVICE },
};
// clang-format on

enum cardos_err pcsc_error(long code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == (uint32_t)code)
			return rows[i].err;
	}
	return CARDOS_E_COMM;
}
