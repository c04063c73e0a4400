/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and logins: the state machine, and what each PIN presentation costs and tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/vendor.h"

static CK_RV set_pin(CK_SESSION_HANDLE session, const char *old_pin, const char *new_pin)
{
	CK_UTF8CHAR from[64];
	CK_UTF8CHAR to[64];

	memcpy(from, old_pin, strlen(old_pin) + 1);
	memcpy(to, new_pin, strlen(new_pin) + 1);
	return p11->C_SetPIN(session, from, strlen(old_pin), to, strlen(new_pin));
}

/* The vendor object of one kind of PIN. */
static CK_OBJECT_HANDLE pin_object(CK_SESSION_HANDLE session, CK_USER_TYPE type)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	const CK_ATTRIBUTE template[] = {
		p11_attr(CKA_CLASS, &class, sizeof(class)),
		p11_attr(CKA_TWCA_PIN_USER_TYPE, &type, sizeof(type)),
	};
	CK_OBJECT_HANDLE object;

	assert_int_equal(p11_find(session, template, 2, &object), 1);
	return object;
}

static CK_ULONG tries_left(CK_SESSION_HANDLE session, CK_USER_TYPE type)
{
	return p11_ulong(session, pin_object(session, type), CKA_TWCA_PIN_TRIES_LEFT);
}

static void all_sessions_of_a_slot_share_the_login(void **state)
{
	CK_SESSION_HANDLE ro = p11_open(0, 0);
	CK_SESSION_HANDLE rw = p11_open(0, CKF_RW_SESSION);

	(void)state;
	assert_int_equal(p11_state(ro), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(p11_state(rw), CKS_RW_PUBLIC_SESSION);
	assert_int_equal(p11_login(ro, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_state(ro), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(p11_state(rw), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(p11_login(rw, CKU_USER, FAKE_PIN), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(p11_login(rw, CKU_SO, FAKE_PUK), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	assert_int_equal(p11->C_Logout(rw), CKR_OK);
	assert_false(fake_logged_in(0));
	assert_int_equal(p11->C_Logout(rw), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(p11_state(ro), CKS_RO_PUBLIC_SESSION);
}

static void the_last_session_takes_the_login_along(void **state)
{
	CK_SESSION_HANDLE first = p11_user(0);
	CK_SESSION_HANDLE second = p11_open(0, 0);

	(void)state;
	assert_int_equal(p11->C_CloseSession(first), CKR_OK);
	assert_int_equal(p11_state(second), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(p11->C_CloseSession(second), CKR_OK);
	assert_int_equal(p11->C_CloseSession(second), CKR_SESSION_HANDLE_INVALID);
	assert_false(fake_logged_in(0));
	first = p11_open(0, 0);
	assert_int_equal(p11_state(first), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(p11_login(first, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11->C_CloseAllSessions(0), CKR_OK);
	assert_false(fake_logged_in(0));
}

static void the_so_and_read_only_sessions_exclude_each_other(void **state)
{
	CK_SESSION_HANDLE ro = p11_open(0, 0);
	CK_SESSION_HANDLE rw = p11_open(0, CKF_RW_SESSION);
	CK_SESSION_HANDLE more;

	(void)state;
	assert_int_equal(p11_login(rw, CKU_SO, FAKE_PUK), CKR_SESSION_READ_ONLY_EXISTS);
	assert_int_equal(fake_logins(0), 0);
	p11->C_CloseSession(ro);
	assert_int_equal(p11_login(rw, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(p11_state(rw), CKS_RW_SO_FUNCTIONS);
	assert_int_equal(p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &more),
		CKR_SESSION_READ_WRITE_SO_EXISTS);
	assert_int_equal(
		p11->C_OpenSession(0, 0, NULL, NULL, &more), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
}

static void a_wrong_pin_costs_exactly_one_try_and_tells_the_rest(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);

	(void)state;
	assert_int_equal(tries_left(session, CKU_USER), 3);
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(fake_tries_left(0), 2);
	assert_int_equal(tries_left(session, CKU_USER), 2);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_COUNT_LOW);
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_FINAL_TRY);
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_LOCKED, CKF_USER_PIN_LOCKED);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_FINAL_TRY, 0);
	assert_int_equal(tries_left(session, CKU_USER), 0);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_PIN_LOCKED);
	assert_int_equal(fake_logins(0), 4);
}

static void a_right_pin_clears_the_flags(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);

	(void)state;
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_COUNT_LOW, 0);
	assert_int_equal(tries_left(session, CKU_USER), 3);
}

static void a_card_that_does_not_tell_is_shown_so(void **state)
{
	CK_SESSION_HANDLE session;

	(void)state;
	fake_set_tells_tries(0, false);
	session = p11_open(0, 0);
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_true(tries_left(session, CKU_USER) == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(
		p11_ulong(session, pin_object(session, CKU_USER), CKA_TWCA_PIN_MIN_LEN), 4);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_COUNT_LOW, 0);
}

static void empty_and_overlong_pins_are_not_sent(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_UTF8CHAR pin[] = FAKE_PIN;

	(void)state;
	assert_int_equal(p11_login(session, CKU_USER, ""), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11_login(session, CKU_USER, "123456789"), CKR_PIN_LEN_RANGE);
	/* nobody reads so many bytes */
	assert_int_equal(
		p11->C_Login(session, CKU_USER, pin, (CK_ULONG)1 << 40), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11->C_Login(session, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11_login(session, 4711, FAKE_PIN), CKR_USER_TYPE_INVALID);
	assert_int_equal(fake_logins(0), 0);
	assert_int_equal(fake_tries_left(0), FAKE_TRIES);
}

static void a_pin_changes_with_its_old_value(void **state)
{
	CK_SESSION_HANDLE ro = p11_open(0, 0);
	CK_SESSION_HANDLE rw;

	(void)state;
	assert_int_equal(set_pin(ro, FAKE_PIN, "222222"), CKR_SESSION_READ_ONLY);
	p11->C_CloseSession(ro);
	rw = p11_open(0, CKF_RW_SESSION);
	assert_int_equal(set_pin(rw, "000000", "222222"), CKR_PIN_INCORRECT);
	assert_int_equal(tries_left(rw, CKU_USER), 2);
	assert_int_equal(set_pin(rw, FAKE_PIN, "222222"), CKR_OK);
	assert_int_equal(p11_login(rw, CKU_USER, "222222"), CKR_OK);
	assert_int_equal(set_pin(rw, "222222", "333333"), CKR_OK);
	assert_int_equal(p11_state(rw), CKS_RW_USER_FUNCTIONS);
}

static void the_so_changes_the_puk_and_unblocks_the_pin(void **state)
{
	CK_SESSION_HANDLE rw = p11_open(0, CKF_RW_SESSION);
	CK_UTF8CHAR pin[] = "565656";

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(p11_login(rw, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(p11->C_InitPIN(rw, pin, 6), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(p11_login(rw, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(set_pin(rw, FAKE_PUK, "77777777"), CKR_OK);
	assert_int_equal(p11->C_InitPIN(rw, pin, 6), CKR_OK);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_LOCKED, 0);
	assert_int_equal(p11->C_Logout(rw), CKR_OK);
	assert_int_equal(p11_login(rw, CKU_USER, "565656"), CKR_OK);
}

static void the_cards_own_so_is_a_login_beside(void **state)
{
	CK_SESSION_HANDLE rw = p11_open(0, CKF_RW_SESSION);

	(void)state;
	assert_int_equal(p11_login(rw, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_USER_TYPE_INVALID);
	fake_remove(0);
	fake_insert(0);
	fake_set_card_so(0, true);
	rw = p11_user(0);
	assert_int_equal(p11_login(rw, CKU_TWCA_CARD_SO, "00000000"), CKR_PIN_INCORRECT);
	assert_int_equal(tries_left(rw, CKU_TWCA_CARD_SO), 2);
	assert_int_equal(p11_login(rw, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_OK);
	assert_int_equal(p11_login(rw, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(p11_state(rw), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(p11->C_Logout(rw), CKR_OK);
	assert_int_equal(p11_login(rw, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_OK);
}

static void a_reset_by_another_program_logs_out_and_spends_no_try(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[1] = { 0 };
	CK_BYTE signature[256];
	CK_ULONG len = sizeof(signature);

	(void)state;
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	fake_reset(0);
	assert_int_equal(p11->C_Sign(session, bytes, 1, signature, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(p11_state(session), CKS_RW_PUBLIC_SESSION);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(fake_logins(0), 1);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_Sign(session, bytes, 1, signature, &len), CKR_OK);
	fake_reset(0); /* also noticed by what needs no login */
	assert_int_equal(p11->C_GenerateRandom(session, bytes, 1), CKR_OK);
	assert_int_equal(p11_state(session), CKS_RW_PUBLIC_SESSION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_sessions_of_a_slot_share_the_login),
		TEST(the_last_session_takes_the_login_along),
		TEST(the_so_and_read_only_sessions_exclude_each_other),
		TEST(a_wrong_pin_costs_exactly_one_try_and_tells_the_rest),
		TEST(a_right_pin_clears_the_flags),
		TEST(a_card_that_does_not_tell_is_shown_so),
		TEST(empty_and_overlong_pins_are_not_sent),
		TEST(a_pin_changes_with_its_old_value),
		TEST(the_so_changes_the_puk_and_unblocks_the_pin),
		TEST(the_cards_own_so_is_a_login_beside),
		TEST(a_reset_by_another_program_logs_out_and_spends_no_try),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
