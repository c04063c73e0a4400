/* SPDX-License-Identifier: Apache-2.0 */
/* The status words the virtual card gives, with the meaning cardos-facts 2.2 has for each. */
#ifndef VCARD_SW_H
#define VCARD_SW_H

enum vc_sw {
	SW_NONE = 0, /* no answer at all: the power is gone */
	SW_OK = 0x9000,
	SW_DEACTIVATED = 0x6283,
	SW_AUTH_FAILED = 0x6300,
	SW_TRIES = 0x63C0, /* plus the tries left */
	SW_MEMORY_FAILURE = 0x6581,
	SW_LENGTH = 0x6700,
	SW_CHANNEL = 0x6881,
	SW_CHAINING = 0x6884,
	SW_STRUCTURE = 0x6981,
	SW_SECURITY = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_OBJECT_INVALID = 0x6984,
	SW_NO_CHALLENGE = 0x6985,
	SW_NO_EF = 0x6986,
	SW_SM_MISSING = 0x6987,
	SW_SM_WRONG = 0x6988,
	SW_DATA = 0x6A80,
	SW_FUNCTION = 0x6A81,
	SW_NO_FILE = 0x6A82,
	SW_NO_RECORD = 0x6A83,
	SW_NO_MEMORY = 0x6A84,
	SW_TLV = 0x6A85,
	SW_P1P2 = 0x6A86,
	SW_LC_P1P2 = 0x6A87,
	SW_NO_OBJECT = 0x6A88,
	SW_EXISTS = 0x6A89,
	SW_OFFSET = 0x6B00,
	SW_LE = 0x6C00, /* plus the right length */
	SW_INS = 0x6D00,
	SW_CLA = 0x6E00,
	SW_TECHNICAL = 0x6F00,
	SW_NO_KEY = 0x6F86,
	SW_MORE = 0x6100, /* plus what GET RESPONSE will give */
};

#endif
