/* SPDX-License-Identifier: Apache-2.0 */
/* Operation states, cancelling, random numbers, login by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static CK_FUNCTION_LIST_3_0 *list_3_0(void)
{
	CK_VERSION version = { 3, 0 };
	CK_INTERFACE *found = NULL;

	assert_int_equal(C_GetInterface(NULL, &version, &found, 0), CKR_OK);
	return found->pFunctionList;
}

static void a_state_is_never_given_out(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_MECHANISM mech = { CKM_SHA256, NULL, 0 };
	CK_BYTE bytes[64] = { 0 };
	CK_ULONG len = sizeof(bytes);

	(void)state;
	assert_int_equal(
		p11->C_GetOperationState(session, bytes, &len), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_DigestInit(session, &mech), CKR_OK);
	assert_int_equal(p11->C_GetOperationState(session, bytes, &len), CKR_STATE_UNSAVEABLE);
	assert_int_equal(p11->C_GetOperationState(session, NULL, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(
		p11->C_SetOperationState(session, bytes, 64, 0, 0), CKR_SAVED_STATE_INVALID);
	assert_int_equal(p11->C_SetOperationState(session, NULL, 64, 0, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(
		p11->C_SetOperationState(4711, bytes, 64, 0, 0), CKR_SESSION_HANDLE_INVALID);
	/* the question did not end the operation */
	assert_int_equal(p11->C_DigestFinal(session, bytes, &len), CKR_OK);
}

/* Each kind by its flag, and no other with it. */
static void each_operation_is_cancelled_by_its_flag(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
	static const CK_FLAGS flags[] = { CKF_DIGEST, CKF_SIGN, CKF_VERIFY, CKF_ENCRYPT,
		CKF_DECRYPT, CKF_FIND_OBJECTS };

	(void)state;
	for (size_t cancelled = 0; cancelled < 6; cancelled++) {
		CK_RV rv[6];

		/* those that the last round left answer CKR_OPERATION_ACTIVE */
		p11->C_DigestInit(session, &sha);
		p11->C_SignInit(session, &rsa, private);
		p11->C_VerifyInit(session, &rsa, public);
		p11->C_EncryptInit(session, &rsa, public);
		p11->C_DecryptInit(session, &rsa, private);
		p11->C_FindObjectsInit(session, NULL, 0);
		assert_int_equal(list_3_0()->C_SessionCancel(session, flags[cancelled]), CKR_OK);
		rv[0] = p11->C_DigestInit(session, &sha);
		rv[1] = p11->C_SignInit(session, &rsa, private);
		rv[2] = p11->C_VerifyInit(session, &rsa, public);
		rv[3] = p11->C_EncryptInit(session, &rsa, public);
		rv[4] = p11->C_DecryptInit(session, &rsa, private);
		rv[5] = p11->C_FindObjectsInit(session, NULL, 0);
		for (size_t i = 0; i < 6; i++)
			assert_int_equal(rv[i], i == cancelled ? CKR_OK : CKR_OPERATION_ACTIVE);
	}
}

static void random_numbers_differ_and_take_a_seed(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_BYTE first[1000] = { 0 }, second[1000] = { 0 }, seed[100] = { 1 };
	unsigned zeros = 0;

	(void)state;
	assert_int_equal(p11->C_GenerateRandom(session, first, sizeof(first)), CKR_OK);
	assert_int_equal(p11->C_SeedRandom(session, seed, sizeof(seed)), CKR_OK);
	assert_int_equal(p11->C_GenerateRandom(session, second, sizeof(second)), CKR_OK);
	assert_memory_not_equal(first, second, sizeof(first));
	for (size_t i = 0; i < sizeof(first); i++)
		zeros += first[i] == 0;
	assert_true(zeros < 40); /* about four in a thousand */
	assert_int_equal(p11->C_SeedRandom(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_SeedRandom(session, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_GenerateRandom(session, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_GenerateRandom(session, NULL, 0), CKR_OK);
}

static void a_login_without_name_is_a_login(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);
	CK_UTF8CHAR pin[] = FAKE_PIN;
	CK_UTF8CHAR name[] = "somebody";

	(void)state;
	assert_int_equal(
		list_3_0()->C_LoginUser(session, CKU_USER, pin, 6, name, 8), CKR_ARGUMENTS_BAD);
	assert_int_equal(fake_logins(0), 0); /* no try was spent on it */
	assert_int_equal(list_3_0()->C_LoginUser(session, CKU_USER, pin, 6, NULL, 0), CKR_OK);
	assert_int_equal(p11_state(session), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(list_3_0()->C_LoginUser(session, CKU_USER, pin, 6, NULL, 0),
		CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(list_3_0()->C_LoginUser(4711, CKU_USER, pin, 6, name, 8),
		CKR_SESSION_HANDLE_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_state_is_never_given_out),
		TEST(each_operation_is_cancelled_by_its_flag),
		TEST(random_numbers_differ_and_take_a_seed),
		TEST(a_login_without_name_is_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
