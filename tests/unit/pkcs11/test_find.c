/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of find.c: what a search finds, in which portions, and that it is a snapshot. */
#include "pkcs11/find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define MANY 32

static CK_ULONG count_class(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	const CK_ATTRIBUTE template = p11_attr(CKA_CLASS, &class, sizeof(class));

	return p11_find(session, &template, 1, NULL);
}

static void private_objects_show_after_login_only(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ULONG before;

	(void)state;
	assert_int_equal(count_class(session, CKO_PRIVATE_KEY), 0);
	assert_int_equal(count_class(session, CKO_CERTIFICATE), 1);
	before = p11_find(session, NULL, 0, NULL);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(count_class(session, CKO_PRIVATE_KEY), 1);
	assert_int_equal(p11_find(session, NULL, 0, NULL), before + 1);
}

static void hardware_features_show_when_asked_for(void **state)
{
	CK_OBJECT_HANDLE handles[MANY];
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ULONG count = 0;

	(void)state;
	assert_true(count_class(session, CKO_HW_FEATURE) >= 1);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, handles, MANY, &count), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_true(count >= 3);
	for (CK_ULONG i = 0; i < count; i++)
		assert_int_not_equal(p11_ulong(session, handles[i], CKA_CLASS), CKO_HW_FEATURE);
}

static void every_attribute_must_match(void **state)
{
	static const CK_BYTE id[] = { 0x45 };
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = {
		p11_attr(CKA_CLASS, &class, sizeof(class)),
		p11_attr(CKA_ID, id, sizeof(id)),
		p11_attr(CKA_LABEL, "key", 3),
	};
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE found;

	(void)state;
	assert_int_equal(p11_find(session, template, 3, &found), 1);
	assert_int_equal(found, key);
	template[2] = p11_attr(CKA_LABEL, "kex", 3);
	assert_int_equal(p11_find(session, template, 3, NULL), 0);
	template[2] = p11_attr(CKA_LABEL, "key", 2); /* a beginning is not the whole */
	assert_int_equal(p11_find(session, template, 3, NULL), 0);
	template[2] = p11_attr(CKA_LABEL, NULL, 0);
	assert_int_equal(p11_find(session, template, 3, NULL), 0);
	template[2] = p11_attr(0x7fffffff, "x", 1); /* no such attribute */
	assert_int_equal(p11_find(session, template, 3, NULL), 0);
}

static void portions_make_the_whole(void **state)
{
	CK_OBJECT_HANDLE whole[MANY];
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ULONG all = 0;

	(void)state;
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, whole, MANY, &all), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	for (CK_ULONG cap = 1; cap <= all + 1; cap++) {
		CK_OBJECT_HANDLE part[MANY + 1];
		CK_ULONG got = 0;
		CK_ULONG count = 1;

		assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
		while (count) {
			part[cap] = 4711; /* never written */
			assert_int_equal(p11->C_FindObjects(session, part, cap, &count), CKR_OK);
			assert_int_equal(part[cap], 4711);
			assert_true(count <= cap && got + count <= all);
			assert_memory_equal(part, whole + got, count * sizeof(part[0]));
			got += count;
		}
		assert_int_equal(got, all);
		assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	}
}

/* The search keeps its handles while objects go; a handle that went is invalid, not another's. */
static void a_search_is_a_snapshot(void **state)
{
	CK_OBJECT_HANDLE handles[MANY];
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE attr = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG all = p11_find(session, NULL, 0, NULL);
	CK_ULONG count = 0;

	(void)state;
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, certificate), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, handles, MANY, &count), CKR_OK);
	assert_int_equal(count, all);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(p11->C_GetAttributeValue(session, certificate, &attr, 1),
		CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(p11_find(session, NULL, 0, NULL), all - 1);
}

static void the_steps_come_in_order(void **state)
{
	CK_OBJECT_HANDLE handle;
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ULONG count = 0;

	(void)state;
	assert_int_equal(
		p11->C_FindObjects(session, &handle, 1, &count), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OPERATION_ACTIVE);
	assert_int_equal(p11->C_FindObjects(session, NULL, 1, &count), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_FindObjects(session, &handle, 1, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_FindObjects(session, &handle, 1, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
}

static void no_find_frees_to_null(void **state)
{
	(void)state;
	assert_null(find_free(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(private_objects_show_after_login_only),
		TEST(hardware_features_show_when_asked_for),
		TEST(every_attribute_must_match),
		TEST(portions_make_the_whole),
		TEST(a_search_is_a_snapshot),
		TEST(the_steps_come_in_order),
		cmocka_unit_test(no_find_frees_to_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
