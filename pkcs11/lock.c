/* SPDX-License-Identifier: Apache-2.0 */
/* Mutexes: the application's callbacks if C_Initialize() demands them, else the system's. */
#include "lock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct lock {
	struct lock_kind kind;
	void *foreign; /* the application's mutex */
	pthread_mutex_t own;
};

CK_RV lock_kind_choose(const CK_C_INITIALIZE_ARGS *args, struct lock_kind *ret_kind)
{
	struct lock_kind kind = { 0 };
	int given;

	if (args) {
		if (args->pReserved)
			return CKR_ARGUMENTS_BAD;
		given = !!args->CreateMutex + !!args->DestroyMutex + !!args->LockMutex +
			!!args->UnlockMutex;
		if (given != 0 && given != 4)
			return CKR_ARGUMENTS_BAD;
		if (given == 4 && !(args->flags & CKF_OS_LOCKING_OK)) {
			kind.create = args->CreateMutex;
			kind.destroy = args->DestroyMutex;
			kind.lock = args->LockMutex;
			kind.unlock = args->UnlockMutex;
		}
	}
	*ret_kind = kind;
	return CKR_OK;
}

struct lock *lock_new(const struct lock_kind *kind)
{
	struct lock *lock = calloc(1, sizeof(*lock));

	if (!lock)
		return NULL;
	lock->kind = *kind;
	if (kind->create ? kind->create(&lock->foreign) != CKR_OK
			 : pthread_mutex_init(&lock->own, NULL) != 0) {
		free(lock);
		return NULL;
	}
	return lock;
}

struct lock *lock_free(struct lock *lock)
{
	if (lock) {
		if (lock->kind.destroy)
			lock->kind.destroy(lock->foreign);
		else
			pthread_mutex_destroy(&lock->own);
		free(lock);
	}
	return NULL;
}

bool lock_take(struct lock *lock)
{
	if (lock->kind.lock)
		return lock->kind.lock(lock->foreign) == CKR_OK;
	return pthread_mutex_lock(&lock->own) == 0;
}

void lock_give(struct lock *lock)
{
	if (lock->kind.unlock)
		lock->kind.unlock(lock->foreign);
	else
		pthread_mutex_unlock(&lock->own);
}

void lock_pause(void)
{
	static const struct timespec pause = { .tv_nsec = 200000 };

	(void)nanosleep(&pause, NULL);
}

void lock_give_p(struct lock **lock)
{
	if (*lock)
		lock_give(*lock);
	*lock = NULL;
}
