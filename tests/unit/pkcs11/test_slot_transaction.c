/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: the card is pulled or reset in the middle of each exchange of a whole job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define JOB_MAX 200 /* exchanges: far more than the job has */

/* The first answer that is not CKR_OK counts. */
#define STEP(call)                                                                                 \
	do {                                                                                       \
		rv = (call);                                                                       \
		if (rv != CKR_OK)                                                                  \
			return rv;                                                                 \
	} while (0)

static CK_RV sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE signature[256];
	CK_ULONG len = sizeof(signature);
	CK_RV rv;

	STEP(p11->C_SignInit(session, &mech, key));
	return p11->C_Sign(session, signature, 4, signature, &len);
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *ret_object)
{
	CK_ATTRIBUTE template = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG count = 0;
	CK_RV rv;

	STEP(p11->C_FindObjectsInit(session, &template, 1));
	STEP(p11->C_FindObjects(session, ret_object, 1, &count));
	STEP(p11->C_FindObjectsFinal(session));
	return count ? CKR_OK : CKR_USER_NOT_LOGGED_IN; /* a private key hides */
}

/* Token information, login, random bytes, search, a certificate's value, a signature, a write. */
static CK_RV job(CK_SESSION_HANDLE *ret_session)
{
	CK_OBJECT_HANDLE key = 0;
	CK_OBJECT_HANDLE certificate = 0;
	CK_BYTE bytes[2048];
	CK_ATTRIBUTE value = { CKA_VALUE, bytes, sizeof(bytes) };
	CK_ATTRIBUTE label = { CKA_LABEL, bytes, 4 };
	CK_TOKEN_INFO info;
	CK_RV rv;

	STEP(p11->C_GetTokenInfo(0, &info));
	STEP(p11->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, ret_session));
	STEP(p11_login(*ret_session, CKU_USER, FAKE_PIN));
	STEP(p11->C_GenerateRandom(*ret_session, bytes, 8));
	STEP(find(*ret_session, CKO_CERTIFICATE, &certificate));
	STEP(find(*ret_session, CKO_PRIVATE_KEY, &key));
	STEP(p11->C_GetAttributeValue(*ret_session, certificate, &value, 1));
	STEP(sign(*ret_session, key));
	memcpy(bytes, "name", 4);
	STEP(p11->C_SetAttributeValue(*ret_session, certificate, &label, 1));
	return sign(*ret_session, key);
}

static void restart(void)
{
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	fake_fault(0, 0, false);
	fake_insert(0);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
}

static void a_card_pulled_in_any_exchange_is_gone_and_nothing_else(void **state)
{
	int removed = 0;
	int n = 1;

	(void)state;
	for (; n < JOB_MAX; n++) {
		CK_SESSION_HANDLE session = 0;
		CK_SESSION_INFO session_info;
		CK_TOKEN_INFO info;
		CK_RV rv;

		restart();
		fake_fault(0, n, false);
		rv = job(&session);
		if (rv == CKR_OK)
			break;
		/* a login that was done before its card went is noticed by the call after it */
		if (!session)
			assert_int_equal(rv, CKR_TOKEN_NOT_PRESENT);
		else if (rv != CKR_DEVICE_REMOVED)
			assert_int_equal(rv, CKR_SESSION_HANDLE_INVALID);
		removed += rv == CKR_DEVICE_REMOVED;
		assert_int_equal(p11->C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_PRESENT);
		assert_int_equal(
			p11->C_GetSessionInfo(session, &session_info), CKR_SESSION_HANDLE_INVALID);
	}
	assert_in_range(n, 8, JOB_MAX - 1);
	assert_in_range(removed, 6, JOB_MAX);
}

static void a_card_reset_in_any_exchange_loses_the_login_not_the_session(void **state)
{
	int lost = 0;
	int n = 1;

	(void)state;
	for (; n < JOB_MAX; n++) {
		CK_SESSION_HANDLE session = 0;
		CK_STATE want;
		CK_RV rv;

		restart();
		fake_fault(0, n, true);
		rv = job(&session);
		if (rv == CKR_OK)
			break;
		if (!session) {
			assert_int_equal(rv, CKR_DEVICE_ERROR);
			continue;
		}
		/* C_Login() itself may be the call that breaks */
		want = CKS_RW_PUBLIC_SESSION;
		assert_true(rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_DEVICE_ERROR);
		lost += rv == CKR_USER_NOT_LOGGED_IN;
		assert_int_equal(p11_state(session), want);
		assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
		assert_int_equal(sign(session, p11_object(session, CKO_PRIVATE_KEY)), CKR_OK);
	}
	assert_in_range(n, 8, JOB_MAX - 1);
	assert_in_range(lost, 5, JOB_MAX);
}

static void a_reset_shows_without_a_transaction(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	int before = fake_transactions(0);
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);

	(void)state;
	before = fake_transactions(0);
	assert_int_equal(p11_state(session), CKS_RW_USER_FUNCTIONS);
	fake_reset(0);
	assert_int_equal(p11_state(session), CKS_RW_PUBLIC_SESSION);
	assert_int_equal(fake_transactions(0), before);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_card_pulled_in_any_exchange_is_gone_and_nothing_else),
		TEST(a_card_reset_in_any_exchange_loses_the_login_not_the_session),
		TEST(a_reset_shows_without_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
