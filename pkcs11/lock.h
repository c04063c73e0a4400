/* SPDX-License-Identifier: Apache-2.0 */
/* Mutexes: the application's callbacks if C_Initialize() demands them, else the system's. */
#ifndef PKCS11_LOCK_H
#define PKCS11_LOCK_H

#include <stdbool.h>

#include "ck.h"

struct lock;

/* What C_Initialize() said about threads; all zero means the system's mutexes. */
struct lock_kind {
	CK_CREATEMUTEX create;
	CK_DESTROYMUTEX destroy;
	CK_LOCKMUTEX lock;
	CK_UNLOCKMUTEX unlock;
};

/* Read the arguments of C_Initialize(); NULL is fine.
 * Errors: CKR_ARGUMENTS_BAD (reserved set, or some callbacks only). */
CK_RV lock_kind_choose(const CK_C_INITIALIZE_ARGS *args, struct lock_kind *ret_kind);

/* NULL: no memory, or the application's callback failed. kind is copied. */
struct lock *lock_new(const struct lock_kind *kind);
struct lock *lock_free(struct lock *lock);

/* false: the application's callback failed. */
bool lock_take(struct lock *lock);
void lock_give(struct lock *lock);

/* A moment, for who waits for something that has no lock. */
void lock_pause(void);

/* For CLEANUP: gives the lock if not NULL. */
void lock_give_p(struct lock **lock);

#endif
