/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11's answers by name. */
#include "unit.h"

#include <p11-kit/pkcs11.h>

#include "ckr.h"

static void answers_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(ckr_name(CKR_CANCEL), "CKR_CANCEL"); /* the first */
	assert_string_equal(ckr_name(CKR_PIN_INCORRECT), "CKR_PIN_INCORRECT");
	assert_string_equal(
		ckr_name(CKR_CRYPTOKI_ALREADY_INITIALIZED), "CKR_CRYPTOKI_ALREADY_INITIALIZED");
	assert_string_equal(
		ckr_name(CKR_FUNCTION_REJECTED), "CKR_FUNCTION_REJECTED"); /* the last */
}

/* The search needs the rows in their order: whatever has a name is found, and each name once. */
static void no_two_answers_share_a_name(void **state)
{
	static const char *names[0x300];
	size_t count = 0;

	(void)state;
	for (unsigned long rv = 0; rv < sizeof names / sizeof names[0]; rv++) {
		const char *name = ckr_name(rv);

		for (size_t i = 0; name && i < count; i++)
			assert_string_not_equal(name, names[i]);
		if (name)
			names[count++] = name;
	}
	assert_int_equal(count, 92);
}

static void what_pkcs11_does_not_know_has_none(void **state)
{
	(void)state;
	assert_null(ckr_name(CKR_OK));
	assert_null(ckr_name(0x12345));
	assert_null(ckr_name(CKR_VENDOR_DEFINED));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_have_their_names),
		cmocka_unit_test(no_two_answers_share_a_name),
		cmocka_unit_test(what_pkcs11_does_not_know_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
