/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of enum cardos_err. */
#include "error.h"

/* lint: long, because every code has its own line */
const char *cardos_err_text(enum cardos_err err)
{
	switch (err) {
	case CARDOS_OK:
		return "success";
	case CARDOS_E_ARGUMENT:
		return "the call is not allowed like this";
	case CARDOS_E_MEMORY:
		return "out of memory";
	case CARDOS_E_CANCELLED:
		return "the wait was cancelled";
	case CARDOS_E_TIMEOUT:
		return "the wait timed out";
	case CARDOS_E_NO_SERVICE:
		return "pcscd is not running";
	case CARDOS_E_ACCESS_DENIED:
		return "pcscd denies access";
	case CARDOS_E_NO_READER:
		return "the reader is not there";
	case CARDOS_E_NO_CARD:
		return "the reader is empty";
	case CARDOS_E_REMOVED:
		return "the card was removed";
	case CARDOS_E_RESET:
		return "the card was reset";
	case CARDOS_E_SHARING:
		return "another program uses the card alone";
	case CARDOS_E_MUTE:
		return "the card does not answer";
	case CARDOS_E_COMM:
		return "the exchange with the card failed";
	case CARDOS_E_NOT_OURS:
		return "not a known CardOS card";
	case CARDOS_E_BLANK:
		return "the card has no PKCS#15 application";
	case CARDOS_E_NOT_FOUND:
		return "not found on the card";
	case CARDOS_E_EXISTS:
		return "exists on the card already";
	case CARDOS_E_AUTH_REQUIRED:
		return "a PIN is needed first";
	case CARDOS_E_PIN_WRONG:
		return "the PIN is wrong";
	case CARDOS_E_PIN_LOCKED:
		return "the PIN is locked";
	case CARDOS_E_PIN_LENGTH:
		return "the PIN is too short or too long";
	case CARDOS_E_PIN_DIFFERS:
		return "the new PIN was not typed the same twice";
	case CARDOS_E_FULL:
		return "the card is full";
	case CARDOS_E_LENGTH:
		return "the card refuses the length";
	case CARDOS_E_INPUT:
		return "the card refuses the data";
	case CARDOS_E_LIFECYCLE:
		return "the card's life cycle forbids it";
	case CARDOS_E_NOT_SUPPORTED:
		return "the card cannot do that";
	case CARDOS_E_CORRUPT:
		return "the card's contents do not parse";
	case CARDOS_E_CARD:
		return "the card refuses the command";
	}
	return "unknown error";
}
