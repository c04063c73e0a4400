/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of errors: one for each code, none twice, and one for a number that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"

static void every_code_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (int i = CARDOS_OK; i <= CARDOS_E_LAST; i++) {
		const char *text = cardos_err_text((enum cardos_err)i);
		assert_non_null(text);
		assert_true(strlen(text) > 3);
		for (int j = CARDOS_OK; j < i; j++)
			assert_string_not_equal(text, cardos_err_text((enum cardos_err)j));
	}
	assert_non_null(cardos_err_text((enum cardos_err)(CARDOS_E_LAST + 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_text_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
