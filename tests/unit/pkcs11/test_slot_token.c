/* SPDX-License-Identifier: Apache-2.0 */
/* The token in a slot: foreign and blank cards, removal, a swap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static void a_foreign_card_is_asked_once(void **state)
{
	CK_TOKEN_INFO info;

	(void)state;
	fake_insert_foreign(1);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	for (int i = 0; i < 3; i++)
		assert_int_equal(p11->C_GetTokenInfo(1, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(fake_connects(1), 1);
	fake_remove(1);
	assert_int_equal(p11->C_GetTokenInfo(1, &info), CKR_TOKEN_NOT_PRESENT);
	fake_insert(1);
	assert_int_equal(p11->C_GetTokenInfo(1, &info), CKR_OK);
}

static void removal_ends_sessions_and_objects(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_SESSION_INFO info;
	CK_TOKEN_INFO token;
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };

	(void)state;
	fake_remove(0);
	assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(p11->C_GetTokenInfo(0, &token), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session),
		CKR_TOKEN_NOT_PRESENT);
	fake_insert(0);
	assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
	session = p11_open(0, 0);
	assert_int_equal(p11_state(session), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_KEY_HANDLE_INVALID);
}

static void a_swap_between_two_calls_is_noticed(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_SESSION_INFO info;

	(void)state;
	fake_remove(0);
	fake_insert(0);
	assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(fake_open_cards(), 0);
}

static void a_blank_card_is_an_uninitialised_token(void **state)
{
	CK_UTF8CHAR puk[] = "24680246";
	CK_UTF8CHAR label[32];
	CK_TOKEN_INFO info;
	CK_SESSION_HANDLE session;

	(void)state;
	memset(label, ' ', sizeof(label));
	memcpy(label, "New", 3);
	fake_insert_blank(1);
	assert_int_equal(p11_token_flags(1) & CKF_TOKEN_INITIALIZED, 0);
	session = p11_open(1, CKF_RW_SESSION);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_USER_PIN_NOT_INITIALIZED);
	assert_int_equal(p11->C_InitToken(1, puk, 8, label), CKR_SESSION_EXISTS);
	p11->C_CloseSession(session);
	assert_int_equal(p11->C_InitToken(1, puk, 8, label), CKR_OK);
	assert_int_equal(p11->C_GetTokenInfo(1, &info), CKR_OK);
	assert_memory_equal(info.label, label, 32);
	assert_int_equal(info.flags & (CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED),
		CKF_TOKEN_INITIALIZED);
	session = p11_open(1, CKF_RW_SESSION);
	assert_int_equal(p11_login(session, CKU_SO, FAKE_PUK), CKR_OK);
	assert_int_equal(p11->C_InitPIN(session, puk, 6), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11_login(session, CKU_USER, "246802"), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_foreign_card_is_asked_once),
		TEST(removal_ends_sessions_and_objects),
		TEST(a_swap_between_two_calls_is_noticed),
		TEST(a_blank_card_is_an_uninitialised_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
