/* SPDX-License-Identifier: Apache-2.0 */
/* The list of objects: what another program writes to the token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11.h"

#define PAUSE_US 1100000 /* longer than a question keeps its answer */

static CK_ULONG data_objects(CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	const CK_ATTRIBUTE template = p11_attr(CKA_CLASS, &class, sizeof(class));

	return p11_find(session, &template, 1, NULL);
}

static void a_write_of_another_program_is_seen_by_a_later_search(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	int before = fake_questions(0);

	(void)state;
	assert_int_equal(data_objects(session), 0);
	for (int i = 0; i < 20; i++)
		p11_find(session, NULL, 0, NULL);
	assert_int_equal(fake_questions(0), before);
	fake_foreign_write(0, "theirs");
	usleep(PAUSE_US);
	assert_int_equal(data_objects(session), 1);
	assert_int_equal(fake_questions(0), before + 1);
	assert_int_equal(p11_object(session, CKO_PRIVATE_KEY), key);
}

static void objects_that_got_new_numbers_keep_their_handles(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE value[2048];
	CK_ULONG len = p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value));

	(void)state;
	fake_foreign_write(0, "theirs");
	fake_renumber(0);
	usleep(PAUSE_US);
	assert_int_equal(p11_object(session, CKO_CERTIFICATE), certificate);
	assert_int_equal(p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value)), len);
}

static void a_write_begins_by_asking(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_UTF8CHAR name[] = "mine";
	CK_ATTRIBUTE label = { CKA_LABEL, name, 4 };
	int before = fake_questions(0);

	(void)state;
	fake_foreign_write(0, "theirs");
	fake_renumber(0);
	assert_int_equal(p11->C_SetAttributeValue(session, certificate, &label, 1), CKR_OK);
	assert_int_equal(fake_questions(0), before + 1);
	assert_int_equal(data_objects(session), 1);
	fake_foreign_write(0, "again");
	assert_int_equal(p11->C_DestroyObject(session, certificate), CKR_OK);
	assert_int_equal(fake_questions(0), before + 2);
	assert_int_equal(data_objects(session), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_write_of_another_program_is_seen_by_a_later_search),
		TEST(objects_that_got_new_numbers_keep_their_handles),
		TEST(a_write_begins_by_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
