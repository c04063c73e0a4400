/* SPDX-License-Identifier: Apache-2.0 */
/* The table of failures is complete, and its borders map as the manual page says. */
#include "unit.h"

#include <errno.h>
#include <p11-kit/pkcs11.h>

#include "ckr.h"
#include "fail.h"

static void every_code_has_a_row_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= FAIL_LAST; i++) {
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(
				fail_name((enum fail_code)i), fail_name((enum fail_code)j));
		assert_true(strlen(fail_message((enum fail_code)i)) > 0);
		assert_non_null(fail_advice((enum fail_code)i));
		assert_true((fail_exit((enum fail_code)i) == 0) == (i == FAIL_NONE));
	}
}

/* What is missing under a card is told apart by name, message and, where it means another remedy,
 * exit code. */
static void each_layer_under_a_card_has_its_own_words(void **state)
{
	static const struct {
		enum fail_code code;
		int exit;
	} layers[] = { { FAIL_MODULE, 7 }, { FAIL_NO_SERVICE, 7 }, { FAIL_NO_ACCESS, 4 },
		{ FAIL_NO_READER, 7 }, { FAIL_NO_CARD, 7 }, { FAIL_CARD_UNKNOWN, 8 },
		{ FAIL_CARD_BLANK, 7 } };

	(void)state;
	for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
		assert_int_equal(fail_exit(layers[i].code), layers[i].exit);
		assert_true(*fail_advice(layers[i].code));
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(
				fail_name(layers[i].code), fail_name(layers[j].code));
			assert_string_not_equal(
				fail_message(layers[i].code), fail_message(layers[j].code));
			assert_string_not_equal(
				fail_advice(layers[i].code), fail_advice(layers[j].code));
		}
	}
}

static void exit_codes_are_the_documented_ones(void **state)
{
	static const int known[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 130,
		143 };

	(void)state;
	for (unsigned i = 0; i <= FAIL_LAST; i++) {
		bool found = false;
		for (size_t j = 0; j < sizeof known / sizeof known[0]; j++)
			found |= known[j] == fail_exit((enum fail_code)i);
		assert_true(found);
	}
	assert_int_equal(fail_exit(FAIL_PIN_WRONG), 5);
	assert_int_equal(fail_exit(FAIL_PIN_LOCKED), 6);
	assert_int_equal(fail_exit(FAIL_CARD_WRONG), 8);
	assert_int_equal(fail_exit(FAIL_RA_UNREACHABLE), 9);
	assert_int_equal(fail_exit(FAIL_INTERRUPTED), 130);
}

static void pkcs11_codes_become_failures(void **state)
{
	static const struct {
		CK_RV rv;
		enum fail_code code;
	} rows[] = {
		{ CKR_PIN_INCORRECT, FAIL_PIN_WRONG },
		{ CKR_PIN_LOCKED, FAIL_PIN_LOCKED },
		{ CKR_PIN_LEN_RANGE, FAIL_PIN_LENGTH },
		{ CKR_DEVICE_REMOVED, FAIL_CARD_REMOVED },
		{ CKR_DEVICE_MEMORY, FAIL_CARD_FULL },
		{ CKR_TOKEN_NOT_PRESENT, FAIL_NO_CARD },
		{ CKR_HOST_MEMORY, FAIL_MEMORY },
		{ CKR_SLOT_ID_INVALID, FAIL_NO_READER },
		{ CKR_TOKEN_NOT_RECOGNIZED, FAIL_CARD_UNKNOWN },
		{ CKR_TOKEN_WRITE_PROTECTED, FAIL_CARD_READ_ONLY },
		{ CKR_SESSION_HANDLE_INVALID, FAIL_CARD_REMOVED },
		{ CKR_DEVICE_ERROR, FAIL_CARD_ERROR },
		{ 0x12345, FAIL_CARD_ERROR },
	};

	(void)state;
	for (CK_RV rv = 1; rv < 0x300; rv++) { /* by name wherever there is one */
		struct fail fail = FAIL_INIT;
		fail_ck(&fail, rv, "testing");
		assert_true(!ckr_name(rv) || !strstr(fail.detail, "0x"));
	}
	assert_string_equal(
		ckr_name(CKR_KEY_FUNCTION_NOT_PERMITTED), "CKR_KEY_FUNCTION_NOT_PERMITTED");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		assert_false(fail_ck(&fail, rows[i].rv, "testing"));
		assert_int_equal(fail.code, rows[i].code);
		assert_non_null(strstr(fail.detail, "testing"));
	}
}

static void problem_types_become_failures(void **state)
{
	static const struct {
		const char *type;
		long status;
		enum fail_code code;
	} rows[] = {
		{ "urn:twca:problem:account-locked", 403, FAIL_LOGIN_LOCKED },
		{ "urn:twca:problem:captcha-expired", 400, FAIL_CAPTCHA_STALE },
		{ "urn:twca:problem:captcha-wrong", 400, FAIL_CAPTCHA_WRONG },
		{ "urn:twca:problem:card-not-registered", 403, FAIL_CARD_WRONG },
		{ "urn:twca:problem:password-change-required", 403, FAIL_PASSWORD_CHANGE },
		{ "urn:twca:problem:password-policy", 422, FAIL_PASSWORD_RULE },
		{ "urn:twca:problem:wrong-credentials", 401, FAIL_LOGIN_REFUSED },
		{ "urn:twca:problem:wrong-password", 403, FAIL_LOGIN_REFUSED },
		{ "urn:twca:problem:session-required", 401, FAIL_SESSION_ENDED },
		{ "urn:twca:problem:terms-not-accepted", 409, FAIL_TERMS_NEEDED },
		{ "urn:twca:problem:unavailable", 503, FAIL_RA_BUSY },
		{ "urn:twca:problem:key-in-use", 409, FAIL_RA_REFUSED },
		{ "urn:twca:problem:said-later", 418, FAIL_RA_REFUSED },
		{ NULL, 401, FAIL_SESSION_ENDED },
		{ NULL, 429, FAIL_RA_BUSY },
		{ NULL, 500, FAIL_RA_BUSY },
		{ NULL, 404, FAIL_RA_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(fail_code_of_problem(rows[i].type, rows[i].status), rows[i].code);
}

static void errno_and_long_details(void **state)
{
	struct fail fail = FAIL_INIT;
	char long_text[2 * FAIL_DETAIL_MAX];

	(void)state;
	errno = EACCES;
	assert_false(fail_errno(&fail, "/some/file"));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_non_null(strstr(fail.detail, "/some/file: "));
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	fail_set(&fail, FAIL_USAGE, "%s", long_text);
	assert_int_equal(strlen(fail.detail), FAIL_DETAIL_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_row_of_its_own),
		cmocka_unit_test(each_layer_under_a_card_has_its_own_words),
		cmocka_unit_test(exit_codes_are_the_documented_ones),
		cmocka_unit_test(pkcs11_codes_become_failures),
		cmocka_unit_test(problem_types_become_failures),
		cmocka_unit_test(errno_and_long_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
