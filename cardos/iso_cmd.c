/* SPDX-License-Identifier: Apache-2.0 */
/* Builders for the commands of ISO/IEC 7816-4, -8 and -9. */
#include "iso_cmd.h"

struct iso_cmd iso_cmd_simple(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2)
{
	return (struct iso_cmd){ .cla = cla, .ins = ins, .p1 = p1, .p2 = p2 };
}

struct iso_cmd iso_cmd_read_binary(size_t offset, size_t len)
{
	struct iso_cmd cmd = iso_cmd_simple(
		0, ISO_INS_READ_BINARY, (uint8_t)(offset >> 8 & 0x7F), (uint8_t)offset);
	cmd.le = len;
	return cmd;
}

struct iso_cmd iso_cmd_read_record(uint8_t number)
{
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_READ_RECORD, number, 0x04);
	cmd.le = ISO_SHORT_RECV;
	return cmd;
}

struct iso_cmd iso_cmd_update_binary(size_t offset, const uint8_t *data, size_t len)
{
	struct iso_cmd cmd = iso_cmd_simple(
		0, ISO_INS_UPDATE_BINARY, (uint8_t)(offset >> 8 & 0x7F), (uint8_t)offset);
	cmd.data = data;
	cmd.data_len = len;
	return cmd;
}

struct iso_cmd iso_cmd_select(uint8_t p1, uint8_t p2, const uint8_t *data, size_t len)
{
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_SELECT, p1, p2);
	cmd.data = data;
	cmd.data_len = len;
	cmd.le = p2 == 0 ? ISO_SHORT_RECV : 0;
	return cmd;
}

struct iso_cmd iso_cmd_get_data(uint8_t p1, uint8_t p2, size_t le)
{
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_GET_DATA, p1, p2);
	cmd.le = le;
	return cmd;
}

struct iso_cmd iso_cmd_put_data(uint8_t p1, uint8_t p2, const uint8_t *data, size_t len)
{
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_PUT_DATA, p1, p2);
	cmd.data = data;
	cmd.data_len = len;
	return cmd;
}
