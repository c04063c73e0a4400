/* SPDX-License-Identifier: Apache-2.0 */
/* PINs: who may log in beside whom, one presentation a call, and what the token said is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/vendor.h"

#include "pkcs11/token.h"

static CK_BYTE pin[] = FAKE_PIN;
static CK_BYTE puk[] = FAKE_PUK;
static CK_BYTE fresh[] = "246813";

#define LEN(text) (sizeof(text) - 1)

static void user_so_and_card_so_exclude_or_allow_each_other(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);

	(void)state;
	fake_set_card_so(0, true);
	p11->C_CloseAllSessions(0);
	fake_remove(0);
	fake_insert(0);
	fake_set_card_so(0, true);
	session = p11_open(0, CKF_RW_SESSION);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	/* the card's own administrator is beside either */
	assert_int_equal(p11_login(session, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_OK);
	assert_int_equal(
		p11_login(session, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(p11_state(session), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(p11_login(session, CKU_TWCA_CARD_SO, FAKE_CARD_SO), CKR_OK);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(
		p11_login(session, CKU_USER, FAKE_PIN), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	assert_int_equal(p11_login(session, 77, FAKE_PIN), CKR_USER_TYPE_INVALID);
	assert_int_equal(
		p11_login(session, CKU_CONTEXT_SPECIFIC, FAKE_PIN), CKR_OPERATION_NOT_INITIALIZED);
}

/* What is refused before the card is asked costs no try. */
static void a_refusal_without_a_presentation_costs_nothing(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	int before = fake_logins(0);

	(void)state;
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_SESSION_READ_ONLY_EXISTS);
	assert_int_equal(p11_login(session, CKU_TWCA_CARD_SO, "x"), CKR_USER_TYPE_INVALID);
	assert_int_equal(p11_login(session, CKU_USER, ""), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11->C_Login(session, CKU_USER, NULL, 4), CKR_ARGUMENTS_BAD);
	assert_int_equal(
		p11->C_SetPIN(session, pin, LEN(pin), fresh, LEN(fresh)), CKR_SESSION_READ_ONLY);
	session = p11_open(0, CKF_RW_SESSION);
	assert_int_equal(p11->C_SetPIN(session, pin, 0, fresh, LEN(fresh)), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11->C_SetPIN(session, pin, LEN(pin), fresh, 0), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11->C_InitPIN(session, fresh, LEN(fresh)), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(fake_logins(0), before);
	assert_int_equal(fake_tries_left(0), FAKE_TRIES);
}

static void each_wrong_pin_is_one_try_and_told_in_the_flags(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);

	(void)state;
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_int_equal(fake_logins(0), 1);
	assert_true(p11_token_flags(0) & CKF_USER_PIN_COUNT_LOW);
	assert_int_equal(p11_login(session, CKU_USER, "000000"), CKR_PIN_INCORRECT);
	assert_true(p11_token_flags(0) & CKF_USER_PIN_FINAL_TRY);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_token_flags(0) & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
						      CKF_USER_PIN_LOCKED),
		0);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	for (int i = 0; i < FAKE_TRIES; i++)
		p11_login(session, CKU_USER, "000000");
	assert_true(p11_token_flags(0) & CKF_USER_PIN_LOCKED);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_PIN_LOCKED);
	/* the PUK helps */
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(p11->C_InitPIN(session, fresh, 0), CKR_PIN_LEN_RANGE);
	assert_int_equal(p11->C_InitPIN(session, fresh, LEN(fresh)), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11_token_flags(0) & CKF_USER_PIN_LOCKED, 0);
	assert_int_equal(p11_login(session, CKU_USER, "246813"), CKR_OK);
}

static void a_changed_puk_is_the_one_that_counts_afterwards(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);
	CK_BYTE other[] = "11223344";

	(void)state;
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(
		p11->C_SetPIN(session, other, LEN(other), puk, LEN(puk)), CKR_PIN_INCORRECT);
	assert_int_equal(p11->C_SetPIN(session, puk, LEN(puk), other, LEN(other)), CKR_OK);
	/* C_InitPIN() gives the card the PUK once more: the new one */
	assert_int_equal(p11->C_InitPIN(session, fresh, LEN(fresh)), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_PIN_INCORRECT);
	assert_int_equal(p11_login(session, CKU_SO, "11223344"), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11_login(session, CKU_USER, "246813"), CKR_OK);
}

static void a_login_ends_with_the_last_session_the_card_or_a_reset(void **state)
{
	CK_SESSION_HANDLE first = p11_user(0);
	CK_SESSION_HANDLE second = p11_open(0, 0);

	(void)state;
	assert_int_equal(p11_state(second), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(p11->C_CloseSession(first), CKR_OK);
	assert_true(fake_logged_in(0));
	assert_int_equal(p11->C_CloseSession(second), CKR_OK);
	assert_false(fake_logged_in(0)); /* on the card too */
	first = p11_user(0);
	fake_reset(0);
	CK_SESSION_HANDLE again = p11_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE handles[4];
	CK_ULONG count;
	p11->C_FindObjectsInit(again, NULL, 0);
	p11->C_FindObjects(again, handles, 4, &count);
	p11->C_FindObjectsFinal(again);
	CK_RV rv = p11_login(first, CKU_USER, FAKE_PIN);
	assert_true(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN);
}

static void a_token_is_made_anew_only_without_sessions(void **state)
{
	CK_BYTE label[32];
	CK_SESSION_HANDLE session = p11_open(0, 0);

	(void)state;
	memset(label, ' ', sizeof(label));
	memcpy(label, "new", 3);
	assert_int_equal(p11->C_InitToken(0, puk, LEN(puk), label), CKR_SESSION_EXISTS);
	assert_int_equal(p11->C_CloseSession(session), CKR_OK);
	assert_int_equal(p11->C_InitToken(0, puk, 0, label), CKR_PIN_LEN_RANGE);
	fake_insert_blank(1);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	session = p11_open(1, CKF_RW_SESSION);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_USER_PIN_NOT_INITIALIZED);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_USER_TYPE_INVALID);
	assert_int_equal(p11->C_SetPIN(session, pin, LEN(pin), fresh, LEN(fresh)),
		CKR_USER_PIN_NOT_INITIALIZED);
	assert_int_equal(p11->C_CloseSession(session), CKR_OK);
	assert_int_equal(p11->C_InitToken(1, puk, LEN(puk), label), CKR_OK);
	assert_true(p11_token_flags(1) & CKF_TOKEN_INITIALIZED);
	session = p11_open(1, CKF_RW_SESSION);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(user_so_and_card_so_exclude_or_allow_each_other),
		TEST(a_refusal_without_a_presentation_costs_nothing),
		TEST(each_wrong_pin_is_one_try_and_told_in_the_flags),
		TEST(a_changed_puk_is_the_one_that_counts_afterwards),
		TEST(a_login_ends_with_the_last_session_the_card_or_a_reset),
		TEST(a_token_is_made_anew_only_without_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
