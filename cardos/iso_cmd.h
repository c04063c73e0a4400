/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of ISO/IEC 7816-4, -8 and -9 as structures, before they become bytes. */
#ifndef CARDOS_ISO_CMD_H
#define CARDOS_ISO_CMD_H

#include <stddef.h>
#include <stdint.h>

enum iso_ins {
	ISO_INS_DEACTIVATE = 0x04,
	ISO_INS_VERIFY = 0x20,
	ISO_INS_MSE = 0x22,
	ISO_INS_CHANGE_REFERENCE = 0x24,
	ISO_INS_PSO = 0x2A,
	ISO_INS_RESET_RETRY = 0x2C,
	ISO_INS_ACTIVATE = 0x44,
	ISO_INS_GENERATE = 0x46,
	ISO_INS_GENERATE5 = 0x47,
	ISO_INS_GET_CHALLENGE = 0x84,
	ISO_INS_SELECT = 0xA4,
	ISO_INS_READ_BINARY = 0xB0,
	ISO_INS_READ_RECORD = 0xB2,
	ISO_INS_GET_RESPONSE = 0xC0,
	ISO_INS_GET_DATA = 0xCA,
	ISO_INS_UPDATE_BINARY = 0xD6,
	ISO_INS_PUT_DATA = 0xDA,
	ISO_INS_CREATE_FILE = 0xE0, /* class 00 */
	ISO_INS_ACCUMULATE = 0xE0,  /* class 80 */
	ISO_INS_DELETE_FILE = 0xE4,
};

#define ISO_CLA_CHAIN 0x10 /* more parts of the same command follow */
#define ISO_SHORT_SEND 255
#define ISO_SHORT_RECV 256
#define ISO_OFFSET_MAX 0x7FFF /* of READ and UPDATE BINARY with P1 P2 */

struct iso_cmd {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data; /* borrowed */
	size_t data_len;     /* 0: no data field */
	size_t le;           /* bytes expected at most; 0: none */
};

struct iso_cmd iso_cmd_read_binary(size_t offset, size_t len);
struct iso_cmd iso_cmd_read_record(uint8_t number);
struct iso_cmd iso_cmd_update_binary(size_t offset, const uint8_t *data, size_t len);
struct iso_cmd iso_cmd_select(uint8_t p1, uint8_t p2, const uint8_t *data, size_t len);
struct iso_cmd iso_cmd_get_data(uint8_t p1, uint8_t p2, size_t le);
struct iso_cmd iso_cmd_put_data(uint8_t p1, uint8_t p2, const uint8_t *data, size_t len);
struct iso_cmd iso_cmd_simple(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2);

#endif
