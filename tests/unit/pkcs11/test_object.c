/* SPDX-License-Identifier: Apache-2.0 */
/* The list of objects: whose they are, who sees them, what may be done with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p11.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))

static void the_objects_of_a_session_end_with_it(void **state)
{
	CK_SESSION_HANDLE one = p11_open(0, 0), two = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), p11_attr(CKA_VALUE, "v", 1) };
	CK_OBJECT_HANDLE object;

	(void)state;
	assert_int_equal(p11->C_CreateObject(one, template, 2, &object), CKR_OK);
	assert_int_equal(p11->C_CreateObject(two, template, 2, &object), CKR_OK);
	assert_int_equal(p11_find(two, template, 1, NULL), 2);
	assert_int_equal(p11->C_CloseSession(one), CKR_OK);
	assert_int_equal(p11_find(two, template, 1, NULL), 1);
	assert_int_equal(p11->C_DestroyObject(two, object), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(two, object), CKR_OBJECT_HANDLE_INVALID);
}

static void a_private_object_is_there_for_its_user_alone(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_ULONG size;

	(void)state;
	assert_int_equal(p11->C_GetObjectSize(session, key, &size), CKR_OK);
	assert_int_equal(p11->C_Logout(session), CKR_OK);
	assert_int_equal(p11->C_GetObjectSize(session, key, &size), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_object(session, CKO_PRIVATE_KEY), key);
}

static void what_its_template_forbids_stays_forbidden(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), p11_attr(CKA_VALUE, "v", 1),
		ATTR(CKA_MODIFIABLE, no), ATTR(CKA_DESTROYABLE, no), ATTR(CKA_COPYABLE, no) };
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);
	CK_OBJECT_HANDLE object, copy;

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 5, &object), CKR_OK);
	assert_int_equal(
		p11->C_SetAttributeValue(session, object, &label, 1), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_CopyObject(session, object, NULL, 0, &copy), CKR_ACTION_PROHIBITED);
	template[2] = ATTR(CKA_MODIFIABLE, yes);
	assert_int_equal(p11->C_CreateObject(session, template, 3, &object), CKR_OK);
	assert_int_equal(p11->C_SetAttributeValue(session, object, &label, 1), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_OK);
	/* a private key leaves neither card nor file */
	session = p11_user(0);
	assert_int_equal(
		p11->C_CopyObject(session, p11_object(session, CKO_PRIVATE_KEY), NULL, 0, &copy),
		CKR_ACTION_PROHIBITED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_objects_of_a_session_end_with_it),
		TEST(a_private_object_is_there_for_its_user_alone),
		TEST(what_its_template_forbids_stays_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
