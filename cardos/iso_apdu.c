/* SPDX-License-Identifier: Apache-2.0 */
/* A command as bytes. */
#include "iso_apdu.h"

#include <string.h>

#define ISO_LC_MAX 0xFFFF
#define ISO_LE_MAX 0x10000

bool iso_apdu_is_long(const struct iso_cmd *cmd)
{
	return cmd->data_len > ISO_SHORT_SEND || cmd->le > ISO_SHORT_RECV;
}

size_t iso_apdu_encode(const struct iso_cmd *cmd, bool extended, uint8_t *out, size_t cap)
{
	if (cmd->data_len > ISO_LC_MAX || cmd->le > ISO_LE_MAX || cap < cmd->data_len + 10)
		return 0;
	if (!extended && iso_apdu_is_long(cmd))
		return 0;
	size_t n = 0;
	out[n++] = cmd->cla;
	out[n++] = cmd->ins;
	out[n++] = cmd->p1;
	out[n++] = cmd->p2;
	if (extended && (cmd->data_len > 0 || cmd->le > 0))
		out[n++] = 0;
	if (cmd->data_len > 0) {
		if (extended)
			out[n++] = (uint8_t)(cmd->data_len >> 8);
		out[n++] = (uint8_t)cmd->data_len;
		memcpy(out + n, cmd->data, cmd->data_len);
		n += cmd->data_len;
	}
	if (cmd->le > 0) { /* 256 short and 65536 extended wrap to zeros, as they must */
		if (extended)
			out[n++] = (uint8_t)(cmd->le >> 8);
		out[n++] = (uint8_t)cmd->le;
	}
	return n;
}
