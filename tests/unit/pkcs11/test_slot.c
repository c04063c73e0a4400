/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: stable ids, hot plug, the service away. */
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
		TEST(a_service_that_is_away_shows_as_an_empty_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
