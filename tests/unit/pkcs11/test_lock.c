/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of lock.c: whose mutexes are used, and what a failing callback means. */
#include "pkcs11/lock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/scope.h"

static struct {
	int created, destroyed, locked, unlocked;
	void *mutex; /* what create gave */
	void *seen;  /* what the last callback got */
	CK_RV create_rv, lock_rv;
} app;

static CK_RV app_create(void **mutex)
{
	app.created++;
	*mutex = app.mutex;
	return app.create_rv;
}

static CK_RV app_destroy(void *mutex)
{
	app.destroyed++;
	app.seen = mutex;
	return CKR_OK;
}

static CK_RV app_lock(void *mutex)
{
	app.locked++;
	app.seen = mutex;
	return app.lock_rv;
}

static CK_RV app_unlock(void *mutex)
{
	app.unlocked++;
	app.seen = mutex;
	return CKR_OK;
}

static int fresh(void **state)
{
	(void)state;
	memset(&app, 0, sizeof(app));
	app.mutex = &app;
	return 0;
}

/* Each subset of the four callbacks: none and all are sound, the fourteen others are not. */
static void callbacks_come_together_or_not_at_all(void **state)
{
	(void)state;
	for (unsigned set = 0; set < 16; set++) {
		const CK_C_INITIALIZE_ARGS args = {
			.CreateMutex = set & 1 ? app_create : NULL,
			.DestroyMutex = set & 2 ? app_destroy : NULL,
			.LockMutex = set & 4 ? app_lock : NULL,
			.UnlockMutex = set & 8 ? app_unlock : NULL,
		};
		struct lock_kind kind = { .create = app_create };
		bool sound = set == 0 || set == 15;

		assert_int_equal(
			lock_kind_choose(&args, &kind), sound ? CKR_OK : CKR_ARGUMENTS_BAD);
		if (sound)
			assert_true(kind.create == (set ? app_create : NULL));
		else
			assert_true(kind.create == app_create); /* unchanged */
	}
}

static void the_systems_mutexes_win_where_allowed(void **state)
{
	CK_C_INITIALIZE_ARGS args = { app_create, app_destroy, app_lock, app_unlock,
		CKF_OS_LOCKING_OK, NULL };
	struct lock_kind kind = { .create = app_create };

	(void)state;
	assert_int_equal(lock_kind_choose(&args, &kind), CKR_OK);
	assert_true(!kind.create && !kind.destroy && !kind.lock && !kind.unlock);
	args.pReserved = &args;
	assert_int_equal(lock_kind_choose(&args, &kind), CKR_ARGUMENTS_BAD);
	assert_int_equal(lock_kind_choose(NULL, &kind), CKR_OK);
	assert_null(kind.lock);
}

static const struct lock_kind foreign = { app_create, app_destroy, app_lock, app_unlock };

static void the_applications_mutex_is_handed_back_to_it(void **state)
{
	struct lock *lock = lock_new(&foreign);

	(void)state;
	assert_non_null(lock);
	assert_int_equal(app.created, 1);
	assert_true(lock_take(lock));
	assert_ptr_equal(app.seen, &app);
	assert_int_equal(app.locked, 1);
	lock_give(lock);
	assert_int_equal(app.unlocked, 1);
	app.seen = NULL;
	assert_null(lock_free(lock));
	assert_int_equal(app.destroyed, 1);
	assert_ptr_equal(app.seen, &app);
}

static void a_failing_callback_is_told(void **state)
{
	struct lock *lock;

	(void)state;
	app.create_rv = CKR_HOST_MEMORY;
	assert_null(lock_new(&foreign));
	assert_int_equal(app.destroyed, 0);
	app.create_rv = CKR_OK;
	lock = lock_new(&foreign);
	assert_non_null(lock);
	app.lock_rv = CKR_MUTEX_BAD;
	assert_false(lock_take(lock));
	assert_int_equal(app.unlocked, 0);
	lock_free(lock);
}

static void a_cleanup_gives_once(void **state)
{
	struct lock *lock = lock_new(&foreign);
	struct lock *held = lock;
	struct lock *none = NULL;

	(void)state;
	assert_true(lock_take(lock));
	lock_give_p(&held);
	assert_null(held);
	lock_give_p(&held);
	lock_give_p(&none);
	assert_int_equal(app.unlocked, 1);
	lock_free(lock);
	assert_null(lock_free(NULL));
}

struct counter {
	struct lock *lock;
	unsigned count;
};

static void *count_up(void *argument)
{
	struct counter *counter = argument;

	for (int i = 0; i < 20000; i++) {
		CLEANUP(lock_give_p) struct lock *held = NULL;

		if (lock_take(counter->lock))
			held = counter->lock;
		counter->count++;
	}
	return NULL;
}

static void the_systems_mutex_excludes(void **state)
{
	const struct lock_kind own = { 0 };
	struct counter counter = { .lock = lock_new(&own) };
	pthread_t threads[4];

	(void)state;
	assert_non_null(counter.lock);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, &counter), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(counter.count, 80000);
	lock_free(counter.lock);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(callbacks_come_together_or_not_at_all),
		TEST(the_systems_mutexes_win_where_allowed),
		TEST(the_applications_mutex_is_handed_back_to_it),
		TEST(a_failing_callback_is_told),
		TEST(a_cleanup_gives_once),
		TEST(the_systems_mutex_excludes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
