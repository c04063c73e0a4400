/* SPDX-License-Identifier: Apache-2.0 */
/* The error border between cardos/ and PKCS#11: the one place that knows both. */
#include "rv.h"

/* No default: the compiler refuses a forgotten enumerator. */
CK_RV rv_from_card(enum cardos_err err)
{
	switch (err) {
	case CARDOS_OK:
		return CKR_OK;
	case CARDOS_E_ARGUMENT:
		return CKR_GENERAL_ERROR;
	case CARDOS_E_MEMORY:
		return CKR_HOST_MEMORY;
	case CARDOS_E_CANCELLED:
	case CARDOS_E_TIMEOUT:
		return CKR_FUNCTION_CANCELED;
	case CARDOS_E_NO_SERVICE:
	case CARDOS_E_REMOVED:
		return CKR_DEVICE_REMOVED;
	case CARDOS_E_NO_READER:
	case CARDOS_E_NO_CARD:
		return CKR_TOKEN_NOT_PRESENT;
	case CARDOS_E_ACCESS_DENIED:
	case CARDOS_E_SHARING:
	case CARDOS_E_RESET:
	case CARDOS_E_COMM:
	case CARDOS_E_CARD:
	case CARDOS_E_CORRUPT:
		return CKR_DEVICE_ERROR;
	case CARDOS_E_MUTE:
	case CARDOS_E_NOT_OURS:
	case CARDOS_E_BLANK:
		return CKR_TOKEN_NOT_RECOGNIZED;
	case CARDOS_E_NOT_FOUND:
		return CKR_OBJECT_HANDLE_INVALID;
	case CARDOS_E_EXISTS:
		return CKR_FUNCTION_FAILED;
	case CARDOS_E_AUTH_REQUIRED:
		return CKR_USER_NOT_LOGGED_IN;
	case CARDOS_E_PIN_WRONG:
		return CKR_PIN_INCORRECT;
	case CARDOS_E_PIN_LOCKED:
		return CKR_PIN_LOCKED;
	case CARDOS_E_PIN_LENGTH:
		return CKR_PIN_LEN_RANGE;
	case CARDOS_E_PIN_DIFFERS:
		return CKR_PIN_INVALID;
	case CARDOS_E_FULL:
		return CKR_DEVICE_MEMORY;
	case CARDOS_E_LENGTH:
		return CKR_DATA_LEN_RANGE;
	case CARDOS_E_INPUT:
		return CKR_DATA_INVALID;
	case CARDOS_E_LIFECYCLE:
		return CKR_TOKEN_WRITE_PROTECTED;
	case CARDOS_E_NOT_SUPPORTED:
		return CKR_FUNCTION_NOT_SUPPORTED;
	}
	return CKR_GENERAL_ERROR;
}
