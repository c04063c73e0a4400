/* SPDX-License-Identifier: Apache-2.0 */
/* Logins, new keys, new passwords and writes on one software token: what takes long is computed
 * apart, and nobody waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "soft_door.h"
#include "soft_world.h"

static int setup(void **state)
{
	soft_door(SIGNING, 0, false);
	return world_setup(state);
}

static void log_in(void)
{
	assert_int_equal(world_login(world_open(0, 0), CKU_USER, WORLD_PIN), CKR_OK);
}

struct maker {
	pthread_t thread;
	CK_SESSION_HANDLE session;
	CK_RV rv;
};

static void *login(void *arg)
{
	struct maker *maker = arg;

	maker->rv = world_login(maker->session, CKU_USER, WORLD_PIN);
	return NULL;
}

static void *make(void *arg)
{
	struct maker *maker = arg;
	CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof(yes) } };
	CK_OBJECT_HANDLE handles[2];

	maker->rv = world->C_GenerateKeyPair(
		maker->session, &mechanism, public, 1, private, 1, &handles[0], &handles[1]);
	return NULL;
}

static void start(struct maker *maker, void *(*work)(void *arg))
{
	maker->session = world_open(0, CKF_RW_SESSION);
	assert_int_equal(pthread_create(&maker->thread, NULL, work, maker), 0);
}

/* The rounds that make a password slow to try hold up who tries it, and nobody else. */
static void a_login_holds_nobody_up(void **state)
{
	struct maker maker = { 0 };
	CK_SESSION_HANDLE other = world_open(0, 0);
	CK_SESSION_INFO info;
	CK_TOKEN_INFO token;

	(void)state;
	soft_door(CHECKING, 0, true);
	start(&maker, login);
	soft_door_inside();
	assert_int_equal(world->C_GetTokenInfo(0, &token), CKR_OK);
	assert_int_not_equal(world_find(other, CKO_PUBLIC_KEY), 0);
	assert_int_equal(world->C_GetSessionInfo(other, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
	soft_door(SIGNING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_OK);
	assert_int_equal(world->C_GetSessionInfo(other, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
}

static void of_two_logins_one_is_late(void **state)
{
	struct maker makers[2] = { 0 };

	(void)state;
	soft_door(CHECKING, 2, false);
	start(&makers[0], login);
	start(&makers[1], login);
	pthread_join(makers[0].thread, NULL);
	pthread_join(makers[1].thread, NULL);
	assert_int_equal(soft_door_most(), 2);
	assert_true(makers[0].rv == CKR_OK || makers[1].rv == CKR_OK);
	assert_true(makers[0].rv == CKR_USER_ALREADY_LOGGED_IN ||
		    makers[1].rv == CKR_USER_ALREADY_LOGGED_IN);
}

static void a_login_whose_session_is_closed_is_none(void **state)
{
	struct maker maker = { 0 };
	CK_SESSION_INFO info;

	(void)state;
	soft_door(CHECKING, 0, true);
	start(&maker, login);
	soft_door_inside();
	assert_int_equal(world->C_CloseAllSessions(0), CKR_OK);
	soft_door(SIGNING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_SESSION_CLOSED);
	assert_int_equal(world->C_GetSessionInfo(world_open(0, 0), &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
}

/* What was tried before the file changed says nothing of the new one. */
static void a_password_tried_on_another_file_is_tried_again(void **state)
{
	const struct soft_tmp *tmp = *state;
	const unsigned before = soft_door_passed();
	struct maker maker = { 0 };

	soft_door(CHECKING, 0, true);
	start(&maker, login);
	soft_door_inside();
	world_add(tmp, WORLD_NAME, WORLD_NAME ".pfx", "new");
	soft_door(CHECKING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_OK);
	assert_int_equal(soft_door_passed() - before, 2);
}

static void a_key_in_the_making_holds_nobody_up(void **state)
{
	const unsigned before = soft_door_passed();
	struct maker maker = { 0 };
	CK_SESSION_HANDLE other = world_open(0, 0);
	CK_OBJECT_HANDLE key;

	(void)state;
	log_in();
	key = world_find(other, CKO_PRIVATE_KEY);
	soft_door(MAKING, 0, true);
	start(&maker, make);
	soft_door_inside();
	assert_int_equal(world_sign(other, key), CKR_OK);
	soft_door(MAKING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_OK);
	assert_int_equal(soft_door_passed() - before, 1);
	assert_int_not_equal(world_find(other, CKO_PRIVATE_KEY), 0);
}

/* Who logs out meanwhile, in another session, takes the right to write along. */
static void a_key_made_after_the_logout_is_not_kept(void **state)
{
	struct maker maker = { 0 };
	CK_SESSION_HANDLE other = world_open(0, 0);

	(void)state;
	log_in();
	soft_door(MAKING, 0, true);
	start(&maker, make);
	soft_door_inside();
	assert_int_equal(world->C_Logout(other), CKR_OK);
	soft_door(SIGNING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_USER_NOT_LOGGED_IN);
}

/* ---- writes ---- */

#define NEW_PIN "soft-5678"

static void *change_pin(void *arg)
{
	struct maker *maker = arg;
	CK_UTF8CHAR old[] = WORLD_PIN, new[] = NEW_PIN;

	maker->rv = world->C_SetPIN(maker->session, old, sizeof(old) - 1, new, sizeof(new) - 1);
	return NULL;
}

static void *add_data(void *arg)
{
	struct maker *maker = arg;
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE value[] = "what is kept";
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) }, { CKA_VALUE, value, sizeof(value) } };
	CK_OBJECT_HANDLE object = 0;

	maker->rv = world->C_CreateObject(maker->session, template, 3, &object);
	return NULL;
}

static void *rename_key(void *arg)
{
	struct maker *maker = arg;
	CK_BYTE label[] = "renamed";
	CK_ATTRIBUTE template = { CKA_LABEL, label, sizeof(label) - 1 };

	maker->rv = world->C_SetAttributeValue(
		maker->session, world_find(maker->session, CKO_PRIVATE_KEY), &template, 1);
	return NULL;
}

static void *destroy_key(void *arg)
{
	struct maker *maker = arg;

	maker->rv =
		world->C_DestroyObject(maker->session, world_find(maker->session, CKO_PUBLIC_KEY));
	return NULL;
}

/* Another session signs, looks and finds while a file is written. */
static void a_write_holds_nobody_up(void **state)
{
	static void *(*const works[])(
		void *arg) = { change_pin, add_data, make, rename_key, destroy_key };

	(void)state;
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		struct maker maker = { 0 };
		CK_SESSION_HANDLE other = world_open(0, 0);
		CK_TOKEN_INFO token;
		CK_OBJECT_HANDLE key;

		assert_int_equal(world_login(other, CKU_USER, i ? NEW_PIN : WORLD_PIN), CKR_OK);
		key = world_find(other, CKO_PRIVATE_KEY);
		assert_int_equal(world_sign(other, key), CKR_OK); /* opened */
		soft_door(WRITING, 0, true);
		start(&maker, works[i]);
		soft_door_inside();
		assert_int_equal(world_sign(other, key), CKR_OK);
		assert_int_equal(world->C_GetTokenInfo(0, &token), CKR_OK);
		assert_int_not_equal(world_find(other, CKO_PUBLIC_KEY), 0);
		soft_door(SIGNING, 0, false);
		pthread_join(maker.thread, NULL);
		assert_int_equal(maker.rv, CKR_OK);
		assert_int_equal(world_sign(other, key), CKR_OK);
		world_again();
	}
}

static void what_was_written_apart_is_there(void **state)
{
	struct maker maker = { 0 };

	(void)state;
	log_in();
	start(&maker, add_data);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_OK);
	start(&maker, change_pin);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_OK);
	world_again();
	assert_int_equal(world_login(world_open(0, 0), CKU_USER, WORLD_PIN), CKR_PIN_INCORRECT);
	assert_int_equal(world_login(world_open(0, 0), CKU_USER, NEW_PIN), CKR_OK);
	assert_int_not_equal(world_find(world_open(0, 0), CKO_DATA), 0);
	assert_int_equal(
		world_sign(world_open(0, 0), world_find(world_open(0, 0), CKO_PRIVATE_KEY)),
		CKR_OK);
}

/* Who logs out, or closes the session, meanwhile stops the write. */
static void a_write_after_the_logout_is_none(void **state)
{
	struct maker maker = { 0 };
	CK_SESSION_HANDLE other = world_open(0, 0);

	(void)state;
	log_in();
	soft_door(WRITING, 0, true);
	start(&maker, add_data);
	soft_door_inside();
	assert_int_equal(world->C_Logout(other), CKR_OK);
	soft_door(SIGNING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(world_find(other, CKO_DATA), 0);
	log_in();
	soft_door(WRITING, 0, true);
	start(&maker, change_pin);
	soft_door_inside();
	assert_int_equal(world->C_CloseAllSessions(0), CKR_OK);
	soft_door(SIGNING, 0, false);
	pthread_join(maker.thread, NULL);
	assert_int_equal(maker.rv, CKR_SESSION_CLOSED);
	log_in(); /* with the old one */
}

/* Of two writes at once neither is lost: the second is made on what the first has left. */
static void two_writes_at_once_both_happen(void **state)
{
	struct maker makers[2] = { 0 };
	CK_SESSION_HANDLE other = world_open(0, 0);
	CK_BYTE label[] = "renamed";
	CK_ATTRIBUTE renamed = { CKA_LABEL, label, sizeof(label) - 1 };
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count = 0;

	(void)state;
	log_in();
	soft_door(WRITING, 2, false);
	start(&makers[0], rename_key);
	start(&makers[1], change_pin);
	pthread_join(makers[0].thread, NULL);
	pthread_join(makers[1].thread, NULL);
	assert_int_equal(soft_door_most(), 2);
	assert_int_equal(makers[0].rv, CKR_OK);
	assert_int_equal(makers[1].rv, CKR_OK);
	world_again();
	other = world_open(0, 0);
	assert_int_equal(world_login(other, CKU_USER, NEW_PIN), CKR_OK);
	assert_int_equal(world->C_FindObjectsInit(other, &renamed, 1), CKR_OK);
	assert_int_equal(world->C_FindObjects(other, found, 4, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(other), CKR_OK);
	assert_int_equal(count, 2); /* private and public half */
	assert_int_equal(world_sign(other, world_find(other, CKO_PRIVATE_KEY)), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_login_holds_nobody_up),
		TEST(of_two_logins_one_is_late),
		TEST(a_login_whose_session_is_closed_is_none),
		TEST(a_password_tried_on_another_file_is_tried_again),
		TEST(a_key_in_the_making_holds_nobody_up),
		TEST(a_key_made_after_the_logout_is_not_kept),
		TEST(a_write_holds_nobody_up),
		TEST(what_was_written_apart_is_there),
		TEST(a_write_after_the_logout_is_none),
		TEST(two_writes_at_once_both_happen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
