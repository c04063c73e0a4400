/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of PC/SC part 10. */
#include "pcsc_pinpad.h"

#include "buf.h"
#include "transport.h"

#include <reader.h>
#include <string.h>

#define TIMEOUT 30             /* seconds */
#define FORMAT_ASCII_LEFT 0x82 /* units of bytes, position 0, left justified, ASCII */
#define BLOCK_MAX 15
#define CONFIRM_NEW 0x01
#define ASK_CURRENT 0x02
#define ENTER_KEY 0x02
#define LANGUAGE 0x0404 /* zh-TW; readers without it show their own */
#define MESSAGES_VERIFY 1
#define MESSAGES_MODIFY 3
#define HEADER 5 /* CLA INS P1 P2 Lc */

void pcsc_features_parse(const uint8_t *bytes, size_t len, struct pcsc_features *ret_features)
{
	struct pcsc_features features = { 0 };
	struct cursor cursor;
	cursor_init(&cursor, bytes, len);
	while (cursor.left >= 6 && !cursor.bad) {
		uint8_t tag = cursor_u8(&cursor), value_len = cursor_u8(&cursor);
		const uint8_t *value = cursor_take(&cursor, value_len);
		if (!value || value_len < 4)
			continue;
		uint32_t code = (uint32_t)value[0] << 24 | (uint32_t)value[1] << 16 |
				(uint32_t)value[2] << 8 | value[3];
		if (tag == FEATURE_VERIFY_PIN_DIRECT)
			features.verify = code;
		else if (tag == FEATURE_MODIFY_PIN_DIRECT)
			features.modify = code;
		else if (tag == FEATURE_GET_TLV_PROPERTIES)
			features.properties = code;
	}
	*ret_features = features;
}

void pcsc_properties_parse(const uint8_t *bytes, size_t len, struct pcsc_properties *ret_properties)
{
	struct pcsc_properties properties = { 0 };
	struct cursor cursor;
	cursor_init(&cursor, bytes, len);
	while (cursor.left >= 2 && !cursor.bad) {
		uint8_t tag = cursor_u8(&cursor), value_len = cursor_u8(&cursor);
		const uint8_t *value = cursor_take(&cursor, value_len);
		size_t number = 0;
		if (!value || value_len == 0 || value_len > 4)
			continue;
		for (size_t i = value_len; i > 0; i--)
			number = number << 8 | value[i - 1];
		if (tag == PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize && value_len >= 3) {
			properties.apdu_known = true;
			properties.apdu_max = number & 0xFFFFFF;
		} else if (tag == PCSCv2_PART10_PROPERTY_bMinPINSize) {
			properties.min_len = (uint8_t)number;
		} else if (tag == PCSCv2_PART10_PROPERTY_bMaxPINSize) {
			properties.max_len = (uint8_t)number;
		}
	}
	*ret_properties = properties;
}

/* The command with padding where the reader puts what is typed. */
static size_t put_command(const struct transport_entry *entry, uint8_t *out)
{
	const size_t data = entry->block_len * (entry->modify ? 2 : 1);
	memcpy(out, entry->header, sizeof(entry->header));
	out[HEADER - 1] = (uint8_t)data;
	memset(out + HEADER, entry->pad, data);
	return HEADER + data;
}

static size_t put_verify(const struct transport_entry *entry, uint8_t *out)
{
	PIN_VERIFY_STRUCTURE head = { .bTimerOut = TIMEOUT,
		.bTimerOut2 = TIMEOUT,
		.bmFormatString = FORMAT_ASCII_LEFT,
		.bmPINBlockString = (uint8_t)entry->block_len,
		.wPINMaxExtraDigit = (uint16_t)(entry->min_len << 8 | entry->max_len),
		.bEntryValidationCondition = ENTER_KEY,
		.bNumberMessage = MESSAGES_VERIFY,
		.wLangId = LANGUAGE };
	head.ulDataLength = (uint32_t)put_command(entry, out + sizeof(head));
	memcpy(out, &head, sizeof(head));
	return sizeof(head) + head.ulDataLength;
}

static size_t put_modify(const struct transport_entry *entry, uint8_t *out)
{
	PIN_MODIFY_STRUCTURE head = { .bTimerOut = TIMEOUT,
		.bTimerOut2 = TIMEOUT,
		.bmFormatString = FORMAT_ASCII_LEFT,
		.bmPINBlockString = (uint8_t)entry->block_len,
		.bInsertionOffsetNew = (uint8_t)entry->block_len,
		.wPINMaxExtraDigit = (uint16_t)(entry->min_len << 8 | entry->max_len),
		.bConfirmPIN = CONFIRM_NEW | ASK_CURRENT,
		.bEntryValidationCondition = ENTER_KEY,
		.bNumberMessage = MESSAGES_MODIFY,
		.wLangId = LANGUAGE,
		.bMsgIndex2 = 1,
		.bMsgIndex3 = 2 };
	head.ulDataLength = (uint32_t)put_command(entry, out + sizeof(head));
	memcpy(out, &head, sizeof(head));
	return sizeof(head) + head.ulDataLength;
}

size_t pcsc_pinpad_encode(const struct transport_entry *entry, uint8_t *out, size_t cap)
{
	if (entry->block_len == 0 || entry->block_len > BLOCK_MAX ||
		cap < sizeof(PIN_MODIFY_STRUCTURE) + HEADER + 2 * BLOCK_MAX)
		return 0;
	return entry->modify ? put_modify(entry, out) : put_verify(entry, out);
}
