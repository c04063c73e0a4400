/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of an identity: only two can be set, in their range, by a user who is logged in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "soft_world.h"

#include "pkcs11/vendor.h"

static CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	const void *value, CK_ULONG len)
{
	CK_ATTRIBUTE attr = { .type = type, .ulValueLen = len };

	memcpy(&attr.pValue, &value, sizeof(value));
	return world->C_SetAttributeValue(session, object, &attr, 1);
}

static void levels_at_and_beyond_their_range(void **state)
{
	static const CK_ULONG bad[] = { 0, 4, ~0UL };
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = world_feature(session, CKH_TWCA_IDENTITY);

	(void)state;
	assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL), 2);
	assert_int_equal(world_set_number(session, object, CKA_TWCA_PROMPT_LEVEL, 1),
		CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(world_set_number(session, object, CKA_TWCA_PROMPT_LEVEL, bad[i]),
			CKR_ATTRIBUTE_VALUE_INVALID);
	for (CK_ULONG level = 1; level <= 3; level++) {
		assert_int_equal(
			world_set_number(session, object, CKA_TWCA_PROMPT_LEVEL, level), CKR_OK);
		assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL), level);
		/* this process keeps what it had */
		assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL_NOW), 2);
	}
	CK_SESSION_HANDLE ro = world_open(0, 0);
	assert_int_equal(
		world_set_number(ro, object, CKA_TWCA_PROMPT_LEVEL, 1), CKR_SESSION_READ_ONLY);
}

static void nothing_else_can_be_set(void **state)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		CK_ULONG len;
		CK_RV rv;
	} rows[] = {
		{ CKA_TWCA_PROMPT_LEVEL_NOW, sizeof(CK_ULONG), CKR_ATTRIBUTE_READ_ONLY },
		{ CKA_TWCA_OLD_CIPHER, 1, CKR_ATTRIBUTE_READ_ONLY },
		{ CKA_TWCA_DIRECTORY, 1, CKR_ATTRIBUTE_READ_ONLY },
		{ CKA_CLASS, sizeof(CK_ULONG), CKR_ATTRIBUTE_READ_ONLY },
		{ 0x4711, 1, CKR_ATTRIBUTE_TYPE_INVALID },
		{ CKA_TWCA_PROMPT_LEVEL, 1, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKA_TWCA_OLD_CIPHERS_ALLOWED, 2, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKA_TWCA_OLD_CIPHERS_ALLOWED, 1, CKR_OK },
	};
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = world_feature(session, CKH_TWCA_IDENTITY);
	CK_ULONG value = 1;

	(void)state;
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (set(session, object, rows[i].type, &value, rows[i].len) != rows[i].rv)
			fail_msg("row %zu", i);
	assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(levels_at_and_beyond_their_range),
		TEST(nothing_else_can_be_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
