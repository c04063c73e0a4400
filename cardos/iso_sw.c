/* SPDX-License-Identifier: Apache-2.0 */
/* Status words become errors here and nowhere else. Source: ISO/IEC 7816-4 table 6 and
 * cardos-facts 2.2; what CardOS means by a word comes first. */
#include "iso_sw.h"

#include <stddef.h>

#define ALL (ISO_SW_FILE | ISO_SW_PIN | ISO_SW_KEY)

struct sw_row {
	uint16_t sw, mask;
	unsigned kinds;
	enum cardos_err err;
};

/* Sorted by sw, then narrower masks first; the first row that fits counts. */
// clang-format off
static const struct sw_row rows[] = {
	{ 0x6282, 0xFFFF, ISO_SW_FILE, CARDOS_OK },               /* end of file before Le: data valid */
	{ 0x6283, 0xFFFF, ALL,         CARDOS_E_LIFECYCLE },      /* file deactivated */
	{ 0x6300, 0xFFFF, ISO_SW_PIN,  CARDOS_E_PIN_WRONG },
	{ 0x6300, 0xFFFF, ALL,         CARDOS_E_AUTH_REQUIRED },
	{ 0x63C0, 0xFFFF, ISO_SW_PIN,  CARDOS_E_PIN_LOCKED },     /* no try left */
	{ 0x63C0, 0xFFF0, ISO_SW_PIN,  CARDOS_E_PIN_WRONG },
	{ 0x6400, 0xFFFF, ISO_SW_PAD,  CARDOS_E_TIMEOUT },        /* PC/SC part 10: nobody typed */
	{ 0x6401, 0xFFFF, ISO_SW_PAD,  CARDOS_E_CANCELLED },
	{ 0x6402, 0xFFFF, ISO_SW_PAD,  CARDOS_E_PIN_DIFFERS },
	{ 0x6403, 0xFFFF, ISO_SW_PAD,  CARDOS_E_PIN_LENGTH },
	{ 0x6581, 0xFFFF, ALL,         CARDOS_E_CARD },           /* EEPROM failure */
	{ 0x6700, 0xFFFF, ALL,         CARDOS_E_LENGTH },
	{ 0x6881, 0xFFFC, ALL,         CARDOS_E_NOT_SUPPORTED },  /* 6880..6883: channel, SM, chain end */
	{ 0x6884, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },  /* chaining */
	{ 0x6981, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },  /* not for a file of this structure */
	{ 0x6982, 0xFFFF, ALL,         CARDOS_E_AUTH_REQUIRED },
	{ 0x6983, 0xFFFF, ALL,         CARDOS_E_PIN_LOCKED },
	{ 0x6985, 0xFFFF, ALL,         CARDOS_E_LIFECYCLE },      /* conditions of use */
	{ 0x6986, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },      /* no current EF */
	{ 0x6A80, 0xFFFF, ALL,         CARDOS_E_INPUT },
	{ 0x6A81, 0xFFFF, ISO_SW_PIN,  CARDOS_E_NOT_FOUND },      /* no such test object */
	{ 0x6A81, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },
	{ 0x6A82, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },
	{ 0x6A83, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },
	{ 0x6A84, 0xFFFF, ALL,         CARDOS_E_FULL },
	{ 0x6A85, 0xFFFF, ALL,         CARDOS_E_INPUT },
	{ 0x6A86, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },
	{ 0x6A87, 0xFFFF, ALL,         CARDOS_E_LENGTH },
	{ 0x6A88, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },
	{ 0x6A89, 0xFFFF, ALL,         CARDOS_E_EXISTS },
	{ 0x6B00, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },      /* offset at or past the end */
	{ 0x6B80, 0xFFFF, ISO_SW_PAD,  CARDOS_E_NOT_SUPPORTED },  /* not what this reader can ask */
	{ 0x6C00, 0xFF00, ALL,         CARDOS_E_LENGTH },
	{ 0x6D00, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },
	{ 0x6E00, 0xFFFF, ALL,         CARDOS_E_NOT_SUPPORTED },
	{ 0x6F86, 0xFFFF, ALL,         CARDOS_E_NOT_FOUND },      /* key object */
	{ 0x9000, 0xFFFE, ALL,         CARDOS_OK },               /* 9001: done, EEPROM grows weak */
	{ 0x9850, 0xFFFF, ALL,         CARDOS_OK },               /* counter over- or underflow */
};
// clang-format on

enum cardos_err iso_sw_error(uint16_t sw, enum iso_sw_kind kind)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((sw & rows[i].mask) == (rows[i].sw & rows[i].mask) &&
			(rows[i].kinds & (unsigned)kind))
			return rows[i].err;
	}
	return CARDOS_E_CARD;
}

int iso_sw_tries(uint16_t sw)
{
	if ((sw & 0xFFF0) == 0x63C0)
		return sw & 0x0F;
	return sw == 0x6983 ? 0 : -1;
}

bool iso_sw_more(uint16_t sw, uint8_t *ret_more)
{
	if (sw >> 8 != 0x61)
		return false;
	*ret_more = (uint8_t)sw;
	return true;
}

bool iso_sw_wrong_le(uint16_t sw, uint8_t *ret_le)
{
	if (sw >> 8 != 0x6C || (sw & 0xFF) == 0)
		return false;
	*ret_le = (uint8_t)sw;
	return true;
}

bool iso_sw_refuses_form(uint16_t sw)
{
	return sw == 0x6700 || sw == 0x6A87 || sw == 0x6C00 || sw == 0x6E00 || sw == 0x6883 ||
	       sw == 0x6884 || sw == 0x6D00;
}
