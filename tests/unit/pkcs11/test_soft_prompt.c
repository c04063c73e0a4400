/* SPDX-License-Identifier: Apache-2.0 */
/* The three prompt levels of a software identity: who may set one, what each does, when it counts,
 * and where the password is.
 * rows: M15 M188 M189 M190 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pkcs11/vendor.h"
#include "soft_world.h"

#define NO CK_UNAVAILABLE_INFORMATION

static CK_OBJECT_HANDLE identity(CK_SESSION_HANDLE session)
{
	CK_OBJECT_HANDLE object = world_feature(session, CKH_TWCA_IDENTITY);

	assert_int_not_equal(object, 0);
	return object;
}

static void assert_levels(CK_SESSION_HANDLE session, CK_ULONG stored, CK_ULONG now)
{
	CK_OBJECT_HANDLE object = identity(session);

	assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL), stored);
	assert_int_equal(world_number(session, object, CKA_TWCA_PROMPT_LEVEL_NOW), now);
}

static CK_RV set_level(CK_SESSION_HANDLE session, CK_ULONG level)
{
	return world_set_number(session, identity(session), CKA_TWCA_PROMPT_LEVEL, level);
}

/* As a program of the person would do it, and then a new process. */
static void store_level(CK_ULONG level)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);

	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_int_equal(set_level(session, level), CKR_OK);
	assert_int_equal(world->C_CloseSession(session), CKR_OK);
	world_again();
}

static CK_FLAGS token_flags(void)
{
	CK_TOKEN_INFO info;

	assert_int_equal(world->C_GetTokenInfo(0, &info), CKR_OK);
	return info.flags;
}

static CK_OBJECT_HANDLE private_key(CK_SESSION_HANDLE session)
{
	return world_find(session, CKO_PRIVATE_KEY);
}

static void only_the_person_sets_a_level(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_SESSION_HANDLE writing = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = identity(session);
	CK_BYTE byte = 1;
	CK_ATTRIBUTE narrow = { CKA_TWCA_PROMPT_LEVEL, &byte, 1 };

	(void)state;
	assert_levels(session, 2, 2);
	assert_int_equal(set_level(writing, 1), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(world_login(session, CKU_USER, "wrong-1234"), CKR_PIN_INCORRECT);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_int_equal(set_level(session, 1), CKR_SESSION_READ_ONLY);
	assert_int_equal(set_level(writing, 0), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set_level(writing, 4), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(world->C_SetAttributeValue(writing, object, &narrow, 1),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(world_set_number(writing, object, CKA_TWCA_PROMPT_LEVEL_NOW, 1),
		CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(
		world_set_number(writing, object, 0x8fffffff, 1), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_levels(session, 2, 2);
	assert_int_equal(set_level(writing, 1), CKR_OK);
	assert_levels(session, 1, 2);
}

static void a_pin_is_no_identity_and_the_other_way(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_OBJECT_HANDLE pin = world_feature(session, CKH_TWCA_PIN);
	char path[512] = "";
	CK_ATTRIBUTE directory = { CKA_TWCA_DIRECTORY, path, sizeof(path) };

	assert_int_not_equal(pin, 0);
	assert_int_equal(world_number(session, pin, CKA_TWCA_PROMPT_LEVEL), NO);
	assert_int_equal(world_number(session, identity(session), CKA_TWCA_PIN_TRIES_LEFT), NO);
	assert_int_equal(
		world->C_GetAttributeValue(session, identity(session), &directory, 1), CKR_OK);
	strcat(path, "/");
	assert_string_equal(path, world_path(*state, WORLD_NAME, ""));
}

static void level_1_asks_at_each_signature(void **state)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 0 };
	CK_BYTE signature[64];
	CK_ULONG len = sizeof(signature);
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE template = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof(always) };

	(void)state;
	store_level(1);
	session = world_open(0, 0);
	assert_levels(session, 1, 1);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	key = private_key(session);
	assert_int_equal(world->C_GetAttributeValue(session, key, &template, 1), CKR_OK);
	assert_true(always);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(world_sign(session, key), CKR_USER_NOT_LOGGED_IN);
		assert_int_equal(world->C_SignInit(session, &mechanism, key), CKR_OK);
		assert_int_equal(world_login(session, CKU_CONTEXT_SPECIFIC, "wrong-1234"),
			CKR_PIN_INCORRECT);
		assert_int_equal(world_login(session, CKU_CONTEXT_SPECIFIC, WORLD_PIN), CKR_OK);
		len = sizeof(signature);
		assert_int_equal(
			world->C_Sign(session, digest, sizeof(digest), signature, &len), CKR_OK);
	}
}

static void level_2_asks_once(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_OBJECT_HANDLE key;

	(void)state;
	assert_int_equal(private_key(session), 0);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	key = private_key(session);
	for (int i = 0; i < 3; i++)
		assert_int_equal(world_sign(session, key), CKR_OK);
	world_again();
	session = world_open(0, 0);
	assert_int_equal(private_key(session), 0);
}

static void level_3_never_asks(void **state)
{
	CK_SESSION_HANDLE session;
	struct stat stat;

	store_level(3);
	assert_int_equal(lstat(world_path(*state, WORLD_NAME, "password"), &stat), 0);
	assert_int_equal(stat.st_mode, S_IFREG | 0600);
	assert_int_equal(stat.st_size, strlen(WORLD_PIN) + 1);
	session = world_open(0, 0);
	assert_levels(session, 3, 3);
	assert_int_equal(token_flags() & CKF_LOGIN_REQUIRED, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(world_sign(session, private_key(session)), CKR_OK);
	/* who asks for the password all the same, asks for the right one */
	assert_int_equal(world_login(session, CKU_USER, "wrong-1234"), CKR_PIN_INCORRECT);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_int_equal(world->C_Logout(session), CKR_OK);
	assert_int_equal(world_sign(session, private_key(session)), CKR_OK);
}

static void a_password_that_others_may_read_is_not_taken(void **state)
{
	CK_SESSION_HANDLE session;

	store_level(3);
	assert_int_equal(chmod(world_path(*state, WORLD_NAME, "password"), 0640), 0);
	world_again();
	session = world_open(0, 0);
	assert_levels(session, 3, 2);
	assert_int_equal(token_flags() & CKF_LOGIN_REQUIRED, CKF_LOGIN_REQUIRED);
	assert_int_equal(private_key(session), 0);
}

static void a_new_password_is_stored_too(void **state)
{
	CK_SESSION_HANDLE session;
	CK_UTF8CHAR old[] = WORLD_PIN;
	CK_UTF8CHAR new[] = "soft-5678";

	(void)state;
	store_level(3);
	session = world_open(0, CKF_RW_SESSION);
	assert_int_equal(
		world->C_SetPIN(session, old, sizeof(old) - 1, new, sizeof(new) - 1), CKR_OK);
	assert_int_equal(world_sign(session, private_key(session)), CKR_OK);
	world_again();
	session = world_open(0, CKF_RW_SESSION);
	assert_int_equal(world_sign(session, private_key(session)), CKR_OK);
	/* leaving level 3 needs the password like everything else */
	assert_int_equal(set_level(session, 2), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_PIN_INCORRECT);
	assert_int_equal(world_login(session, CKU_USER, "soft-5678"), CKR_OK);
	assert_int_equal(set_level(session, 2), CKR_OK);
	assert_int_not_equal(access(world_path(*state, WORLD_NAME, "password"), F_OK), 0);
	world_again();
	session = world_open(0, 0);
	assert_levels(session, 2, 2);
	assert_int_equal(private_key(session), 0);
}

/* Another process sets the level, and this one goes on as it began, also when the identity goes and
 * comes back. */
static void a_process_keeps_the_level_it_began_with(void **state)
{
	const struct soft_tmp *tmp = *state;
	static const char level_1[] = "label=\nserial=\nlevel=1\nold-ciphers=no\n";
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_OBJECT_HANDLE key;
	FILE *conf;

	assert_levels(session, 2, 2);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	key = private_key(session);
	conf = fopen(world_path(tmp, WORLD_NAME, "identity.conf"), "w");
	assert_non_null(conf);
	assert_int_equal(fwrite(level_1, 1, sizeof(level_1) - 1, conf), sizeof(level_1) - 1);
	assert_int_equal(fclose(conf), 0);
	assert_int_equal(world_sign(session, key), CKR_OK);
	assert_levels(session, 1, 2);
	assert_int_equal(renameat(tmp->fd, "twca/" WORLD_NAME, tmp->fd, "aside"), 0);
	assert_int_equal(world_sign(session, key), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(renameat(tmp->fd, "aside", tmp->fd, "twca/" WORLD_NAME), 0);
	session = world_open(0, 0);
	assert_levels(session, 1, 2);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_int_equal(world_sign(session, private_key(session)), CKR_OK);
	world_again();
	session = world_open(0, 0);
	assert_levels(session, 1, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_person_sets_a_level),
		TEST(a_pin_is_no_identity_and_the_other_way),
		TEST(level_1_asks_at_each_signature),
		TEST(level_2_asks_once),
		TEST(level_3_never_asks),
		TEST(a_password_that_others_may_read_is_not_taken),
		TEST(a_new_password_is_stored_too),
		TEST(a_process_keeps_the_level_it_began_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
