/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of api_*.c: null pointers and bad handles, by tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

/* Arguments of any number and kind fit: all are integers or pointers. */
typedef CK_RV (*any_function)(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
	CK_ULONG, CK_ULONG, CK_ULONG);

struct row {
	size_t at;
	CK_RV rv; /* with a session that is there, and null for all else */
};

#define ROW(name, rv)                                                                              \
	{                                                                                          \
		offsetof(CK_FUNCTION_LIST, name), rv                                               \
	}

static const struct row rows[] = {
	ROW(C_GetSessionInfo, CKR_ARGUMENTS_BAD),
	ROW(C_CreateObject, CKR_ARGUMENTS_BAD),
	ROW(C_GetAttributeValue, CKR_ARGUMENTS_BAD),
	ROW(C_SetAttributeValue, CKR_ARGUMENTS_BAD),
	ROW(C_DestroyObject, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_GetObjectSize, CKR_ARGUMENTS_BAD),
	ROW(C_FindObjects, CKR_ARGUMENTS_BAD),
	ROW(C_FindObjectsFinal, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_DigestInit, CKR_ARGUMENTS_BAD),
	ROW(C_Digest, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_DigestFinal, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_Sign, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_SignFinal, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_Verify, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_Decrypt, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_Encrypt, CKR_OPERATION_NOT_INITIALIZED),
	ROW(C_GenerateKeyPair, CKR_ARGUMENTS_BAD),
	ROW(C_Logout, CKR_USER_NOT_LOGGED_IN),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

__attribute__((no_sanitize("undefined"))) static CK_RV call(size_t at, CK_SESSION_HANDLE session)
{
	any_function function;

	memcpy(&function, (const char *)p11 + at, sizeof(function));
	return function(session, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void null_pointers_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		CK_RV rv = call(rows[i].at, session);

		if (rv != rows[i].rv)
			fail_msg("row %zu: %lx, not %lx", i, rv, rows[i].rv);
	}
}

/* A session that is not there: said so, or the null pointer is noticed before. */
static void bad_sessions_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);
	const CK_SESSION_HANDLE bad[] = { 0, session + 1, ~0UL };

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t b = 0; b < 3; b++) {
			CK_RV rv = call(rows[i].at, bad[b]);

			if (rv != CKR_SESSION_HANDLE_INVALID &&
				(rv != CKR_ARGUMENTS_BAD || rows[i].rv == CKR_USER_NOT_LOGGED_IN))
				fail_msg("row %zu: %lx", i, rv);
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(null_pointers_are_refused),
		TEST(bad_sessions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
