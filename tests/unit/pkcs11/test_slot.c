/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: stable ids, hot plug, removal, foreign and blank cards, the service away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/vendor.h"

static void the_list_grows_only_when_no_list_is_asked_for(void **state)
{
	CK_SLOT_ID ids[8];
	CK_ULONG count = 8;

	(void)state;
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	fake_readers(1);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11_slots(CK_FALSE), 1);
	fake_readers(2);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(p11_slots(CK_FALSE), 2);
	count = 1;
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, &count), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(count, 2);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, &count), CKR_OK);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, NULL), CKR_ARGUMENTS_BAD);
}

static void a_reader_that_went_away_stays_as_an_empty_slot(void **state)
{
	CK_SLOT_INFO info;

	(void)state;
	fake_insert(1);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	fake_readers(1);
	assert_int_equal(p11_slots(CK_FALSE), 2);
	assert_int_equal(p11_slots(CK_TRUE), 1);
	assert_int_equal(p11->C_GetSlotInfo(1, &info), CKR_OK);
	assert_int_equal(info.flags & CKF_TOKEN_PRESENT, 0);
	fake_readers(2);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	assert_int_equal(p11->C_GetSlotInfo(1, &info), CKR_OK);
	assert_memory_equal(info.slotDescription, "Reader 1   ", 11);
	assert_int_equal(p11->C_GetSlotInfo(2, &info), CKR_SLOT_ID_INVALID);
}

static void questions_about_a_known_card_do_not_touch_it(void **state)
{
	int before;

	(void)state;
	p11_token_flags(0);
	before = fake_transactions(0);
	for (int i = 0; i < 10; i++) {
		p11_token_flags(0);
		p11_slots(CK_TRUE);
		p11_state(p11_open(0, 0));
	}
	assert_int_equal(fake_transactions(0), before);
	assert_int_equal(fake_connects(0), 1);
}

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

static void a_service_that_is_away_shows_as_an_empty_slot(void **state)
{
	CK_SLOT_ID ids[8];
	CK_ULONG count = 8;
	CK_SLOT_INFO info;
	CK_TOKEN_INFO token;

	(void)state;
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	fake_service(false);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(p11->C_GetSlotInfo(ids[0], &info), CKR_OK);
	assert_memory_equal(
		info.slotDescription, TWCA_SLOT_NO_SERVICE, strlen(TWCA_SLOT_NO_SERVICE));
	assert_int_equal(p11->C_GetTokenInfo(ids[0], &token), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(p11_slots(CK_TRUE), 0);
	fake_service(true);
	assert_int_equal(p11_slots(CK_FALSE), 2);
	assert_int_equal(p11_slots(CK_TRUE), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_list_grows_only_when_no_list_is_asked_for),
		TEST(a_reader_that_went_away_stays_as_an_empty_slot),
		TEST(questions_about_a_known_card_do_not_touch_it),
		TEST(a_foreign_card_is_asked_once),
		TEST(removal_ends_sessions_and_objects),
		TEST(a_swap_between_two_calls_is_noticed),
		TEST(a_blank_card_is_an_uninitialised_token),
		TEST(a_service_that_is_away_shows_as_an_empty_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
