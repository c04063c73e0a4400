/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rv.c: the answer to every error of a card, one by one. */
#include "pkcs11/rv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct answer {
	enum cardos_err err;
	CK_RV rv;
};

static const struct answer answers[] = {
	{ CARDOS_OK, CKR_OK },
	{ CARDOS_E_ARGUMENT, CKR_GENERAL_ERROR },
	{ CARDOS_E_MEMORY, CKR_HOST_MEMORY },
	{ CARDOS_E_CANCELLED, CKR_FUNCTION_CANCELED },
	{ CARDOS_E_TIMEOUT, CKR_FUNCTION_CANCELED },
	{ CARDOS_E_NO_SERVICE, CKR_DEVICE_REMOVED },
	{ CARDOS_E_ACCESS_DENIED, CKR_DEVICE_ERROR },
	{ CARDOS_E_NO_READER, CKR_TOKEN_NOT_PRESENT },
	{ CARDOS_E_NO_CARD, CKR_TOKEN_NOT_PRESENT },
	{ CARDOS_E_REMOVED, CKR_DEVICE_REMOVED },
	{ CARDOS_E_RESET, CKR_DEVICE_ERROR },
	{ CARDOS_E_SHARING, CKR_DEVICE_ERROR },
	{ CARDOS_E_MUTE, CKR_TOKEN_NOT_RECOGNIZED },
	{ CARDOS_E_COMM, CKR_DEVICE_ERROR },
	{ CARDOS_E_NOT_OURS, CKR_TOKEN_NOT_RECOGNIZED },
	{ CARDOS_E_BLANK, CKR_TOKEN_NOT_RECOGNIZED },
	{ CARDOS_E_NOT_FOUND, CKR_OBJECT_HANDLE_INVALID },
	{ CARDOS_E_EXISTS, CKR_FUNCTION_FAILED },
	{ CARDOS_E_AUTH_REQUIRED, CKR_USER_NOT_LOGGED_IN },
	{ CARDOS_E_PIN_WRONG, CKR_PIN_INCORRECT },
	{ CARDOS_E_PIN_LOCKED, CKR_PIN_LOCKED },
	{ CARDOS_E_PIN_LENGTH, CKR_PIN_LEN_RANGE },
	{ CARDOS_E_PIN_DIFFERS, CKR_PIN_INVALID },
	{ CARDOS_E_FULL, CKR_DEVICE_MEMORY },
	{ CARDOS_E_LENGTH, CKR_DATA_LEN_RANGE },
	{ CARDOS_E_INPUT, CKR_DATA_INVALID },
	{ CARDOS_E_LIFECYCLE, CKR_TOKEN_WRITE_PROTECTED },
	{ CARDOS_E_NOT_SUPPORTED, CKR_FUNCTION_NOT_SUPPORTED },
	{ CARDOS_E_CORRUPT, CKR_DEVICE_ERROR },
	{ CARDOS_E_CARD, CKR_DEVICE_ERROR },
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

static void each_error_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++)
		assert_int_equal(rv_from_card(answers[i].err), answers[i].rv);
}

/* The table above is the whole enum, in its order: a new error wants a line here. */
static void no_error_is_forgotten(void **state)
{
	(void)state;
	assert_int_equal(ANSWERS, CARDOS_E_LAST + 1);
	for (size_t i = 0; i < ANSWERS; i++)
		assert_int_equal(answers[i].err, i);
}

static void only_success_is_ok(void **state)
{
	(void)state;
	for (int err = CARDOS_OK + 1; err <= CARDOS_E_LAST; err++)
		assert_int_not_equal(rv_from_card((enum cardos_err)err), CKR_OK);
}

/* A number out of the enum is no success either. */
static void a_number_beyond_is_a_general_error(void **state)
{
	volatile unsigned beyond = CARDOS_E_LAST + 1;

	(void)state;
	assert_int_equal(rv_from_card((enum cardos_err)beyond), CKR_GENERAL_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_its_answer),
		cmocka_unit_test(no_error_is_forgotten),
		cmocka_unit_test(only_success_is_ok),
		cmocka_unit_test(a_number_beyond_is_a_general_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
