/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of PC/SC and what they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <winscard.h>

#include "pcsc_error.h"

static void codes_become_errors(void **state)
{
	(void)state;
	assert_int_equal(pcsc_error(SCARD_S_SUCCESS), CARDOS_OK);
	assert_int_equal(pcsc_error(SCARD_W_RESET_CARD), CARDOS_E_RESET);
	assert_int_equal(pcsc_error(SCARD_W_REMOVED_CARD), CARDOS_E_REMOVED);
	assert_int_equal(pcsc_error(SCARD_W_UNPOWERED_CARD), CARDOS_E_MUTE);
	assert_int_equal(pcsc_error(SCARD_E_NO_SERVICE), CARDOS_E_NO_SERVICE);
	assert_int_equal(pcsc_error(SCARD_E_SERVICE_STOPPED), CARDOS_E_NO_SERVICE);
	assert_int_equal(pcsc_error(SCARD_W_SECURITY_VIOLATION), CARDOS_E_ACCESS_DENIED);
	assert_int_equal(pcsc_error(SCARD_F_UNKNOWN_ERROR), CARDOS_E_COMM);
	assert_int_equal(pcsc_error(12345), CARDOS_E_COMM);
}

/* LONG has 64 bits here: the same code comes with and without its sign. */
static void a_code_counts_with_and_without_sign(void **state)
{
	(void)state;
	assert_int_equal(pcsc_error((int32_t)0x8010001D), CARDOS_E_NO_SERVICE);
	assert_int_equal(pcsc_error((long)0x8010001Du), CARDOS_E_NO_SERVICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_become_errors),
		cmocka_unit_test(a_code_counts_with_and_without_sign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
