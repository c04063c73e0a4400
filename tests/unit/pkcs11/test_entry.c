/* SPDX-License-Identifier: Apache-2.0 */
/* The function lists and interfaces, and every function before C_Initialize(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static CK_FUNCTION_LIST_3_0 *list_3_0(void)
{
	CK_UTF8CHAR name[] = "PKCS 11";
	CK_VERSION version = { 3, 0 };
	CK_INTERFACE *interface = NULL;
	CK_FUNCTION_LIST_3_0 *list;

	assert_int_equal(C_GetInterface(name, &version, &interface, 0), CKR_OK);
	list = interface->pFunctionList;
	assert_int_equal(list->version.major, 3);
	return list;
}

/* After the version both lists are pointers only: no slot may be empty. */
static void no_function_is_missing(void **state)
{
	void *slots[sizeof(CK_FUNCTION_LIST_3_0) / sizeof(void *)];
	size_t first = offsetof(CK_FUNCTION_LIST_3_0, C_Initialize) / sizeof(void *);

	(void)state;
	memcpy(slots, list_3_0(), sizeof(CK_FUNCTION_LIST_3_0));
	assert_int_equal(sizeof(slots) / sizeof(slots[0]) - first, 92);
	for (size_t i = first; i < sizeof(slots) / sizeof(slots[0]); i++)
		assert_non_null(slots[i]);
	memcpy(slots, p11, sizeof(CK_FUNCTION_LIST));
	assert_int_equal(sizeof(CK_FUNCTION_LIST) / sizeof(slots[0]) - first, 68);
	for (size_t i = first; i < sizeof(CK_FUNCTION_LIST) / sizeof(slots[0]); i++)
		assert_non_null(slots[i]);
}

static void both_lists_have_the_same_functions(void **state)
{
	CK_FUNCTION_LIST_3_0 *list = list_3_0();
	size_t start = offsetof(CK_FUNCTION_LIST, C_Initialize);

	(void)state;
	assert_int_equal(p11->version.major, 2);
	assert_int_equal(p11->version.minor, 40);
	assert_memory_equal((const char *)p11 + start, (const char *)list + start,
		sizeof(CK_FUNCTION_LIST) - start);
}

static void interfaces_are_found_by_name_and_version(void **state)
{
	CK_UTF8CHAR other[] = "Vendor X";
	CK_VERSION v2 = { 2, 40 };
	CK_VERSION v9 = { 9, 0 };
	CK_INTERFACE list[2];
	CK_INTERFACE *one = NULL;
	CK_ULONG count = 0;

	(void)state;
	assert_int_equal(C_GetInterfaceList(NULL, &count), CKR_OK);
	assert_int_equal(count, 2);
	count = 1;
	assert_int_equal(C_GetInterfaceList(list, &count), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(C_GetInterfaceList(list, &count), CKR_OK);
	assert_string_equal(list[0].pInterfaceName, "PKCS 11");
	assert_int_equal(C_GetInterface(NULL, NULL, &one, 0), CKR_OK);
	assert_ptr_equal(one->pFunctionList, list_3_0());
	assert_int_equal(C_GetInterface(NULL, &v2, &one, 0), CKR_OK);
	assert_ptr_equal(one->pFunctionList, p11);
	assert_int_equal(C_GetInterface(NULL, &v9, &one, 0), CKR_FUNCTION_FAILED);
	assert_int_equal(C_GetInterface(other, NULL, &one, 0), CKR_FUNCTION_FAILED);
	assert_int_equal(
		C_GetInterface(NULL, NULL, &one, CKF_INTERFACE_FORK_SAFE), CKR_FUNCTION_FAILED);
	assert_int_equal(C_GetInterface(NULL, NULL, NULL, 0), CKR_ARGUMENTS_BAD);
}

/* Call each function of the list with zeros; the answer must be want for all but those that work
 * before C_Initialize(). Arguments of any number and kind fit: all are integers or pointers. */
typedef CK_RV (*any_function)(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
	CK_ULONG, CK_ULONG, CK_ULONG);

static CK_RV call(const void *list, size_t offset)
{
	any_function function;

	memcpy(&function, (const char *)list + offset, sizeof(function));
	return function(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

__attribute__((no_sanitize("undefined"))) static void without_initialise_nothing_works(void **state)
{
	CK_FUNCTION_LIST_3_0 *list = list_3_0();

	(void)state;
	for (size_t at = offsetof(CK_FUNCTION_LIST_3_0, C_Initialize); at < sizeof(*list);
		at += sizeof(void *)) {
		if (at == offsetof(CK_FUNCTION_LIST_3_0, C_Initialize) ||
			at == offsetof(CK_FUNCTION_LIST_3_0, C_GetFunctionList) ||
			at == offsetof(CK_FUNCTION_LIST_3_0, C_GetInterfaceList) ||
			at == offsetof(CK_FUNCTION_LIST_3_0, C_GetInterface))
			continue;
		assert_int_equal(call(list, at), CKR_CRYPTOKI_NOT_INITIALIZED);
	}
}

/* Every function is offered, but those that PKCS#11 1.0 left behind. */
static void no_function_says_that_it_is_not_there(void **state)
{
#define AT(name) offsetof(CK_FUNCTION_LIST_3_0, name)
	CK_FUNCTION_LIST_3_0 *list = list_3_0();

	(void)state;
	for (size_t at = AT(C_GetInfo); at < sizeof(*list); at += sizeof(void *)) {
		if (at == AT(C_GetFunctionStatus) || at == AT(C_CancelFunction))
			assert_int_equal(call(list, at), CKR_FUNCTION_NOT_PARALLEL);
		else
			assert_int_not_equal(call(list, at), CKR_FUNCTION_NOT_SUPPORTED);
	}
#undef AT
}

static int only_list(void **state)
{
	(void)state;
	return C_GetFunctionList(&p11) == CKR_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_function_is_missing),
		cmocka_unit_test(both_lists_have_the_same_functions),
		cmocka_unit_test(interfaces_are_found_by_name_and_version),
		cmocka_unit_test(without_initialise_nothing_works),
		cmocka_unit_test_setup_teardown(
			no_function_says_that_it_is_not_there, p11_setup, p11_teardown),
	};

	return cmocka_run_group_tests(tests, only_list, NULL);
}
