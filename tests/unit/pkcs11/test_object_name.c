/* SPDX-License-Identifier: Apache-2.0 */
/* Unique ids: they tell objects apart and stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p11.h"

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))

static void unique_id(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, char out[64])
{
	CK_ULONG len = p11_bytes(session, object, CKA_UNIQUE_ID, out, 63);

	out[len] = '\0';
	assert_true(len > 0);
}

/* Unique ids tell objects apart, and stay: also for another program, which reads the token anew. */
static void unique_ids_are_unique_and_stay(void **state)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_PUBLIC_KEY,
		CKO_PRIVATE_KEY };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE ids[3][64], again[64];
	CK_ULONG lens[3];
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		lens[i] = p11_bytes(session, p11_object(session, classes[i]), CKA_UNIQUE_ID, ids[i],
			sizeof(ids[i]));
		assert_int_equal(lens[i], 32);
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(ids[i], ids[j], 32);
	}
	assert_int_equal(
		p11->C_SetAttributeValue(session, p11_object(session, CKO_CERTIFICATE), &label, 1),
		CKR_OK);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
	session = p11_user(0);
	for (int i = 0; i < 3; i++) {
		CK_ATTRIBUTE wanted = p11_attr(CKA_UNIQUE_ID, ids[i], lens[i]);
		CK_OBJECT_HANDLE object = p11_object(session, classes[i]);

		assert_int_equal(
			p11_bytes(session, object, CKA_UNIQUE_ID, again, sizeof(again)), 32);
		assert_memory_equal(again, ids[i], 32);
		assert_int_equal(p11_find(session, &wanted, 1, NULL), 1);
	}
}

static void unique_ids_stay_and_tell_twins_apart(void **state)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template = ATTR(CKA_CLASS, class);
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count = 0;
	char first[64], second[64], again[64];

	(void)state;
	fake_foreign_write(0, "a"); /* the same value, the same application */
	fake_foreign_write(0, "b");
	session = p11_user(0);
	assert_int_equal(p11->C_FindObjectsInit(session, &template, 1), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, found, 4, &count), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 2);
	unique_id(session, found[0], first);
	unique_id(session, found[1], second);
	assert_string_not_equal(first, second);
	unique_id(session, p11_object(session, CKO_PRIVATE_KEY), first);
	unique_id(session, p11_object(session, CKO_PUBLIC_KEY), second);
	assert_string_not_equal(first, second);
	/* another process sees the same */
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
	session = p11_user(0);
	unique_id(session, p11_object(session, CKO_PRIVATE_KEY), again);
	assert_string_equal(first, again);
	/* a profile has one by its number */
	unique_id(session, p11_object(session, CKO_PROFILE), again);
}

static void a_session_object_is_named_by_its_handle(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), p11_attr(CKA_VALUE, "v", 1) };
	CK_OBJECT_HANDLE one, two;
	char first[64], second[64];

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 2, &one), CKR_OK);
	assert_int_equal(p11->C_CreateObject(session, template, 2, &two), CKR_OK);
	unique_id(session, one, first);
	unique_id(session, two, second);
	assert_string_not_equal(first, second);
	assert_memory_equal(first, "session-", 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unique_ids_are_unique_and_stay),
		TEST(unique_ids_stay_and_tell_twins_apart),
		TEST(a_session_object_is_named_by_its_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
