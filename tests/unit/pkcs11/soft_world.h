/* SPDX-License-Identifier: Apache-2.0 */
/* The module over software identities of a test's own: a home that is gone afterwards, identities
 * made in a moment, and short ways through PKCS#11. Files that the module writes get few rounds. */
#ifndef TEST_SOFT_WORLD_H
#define TEST_SOFT_WORLD_H

#include "pkcs11/ck.h"
#include "soft_tmp.h"

#define WORLD_PIN "soft-1234"
#define WORLD_NAME "A123456789"

extern CK_FUNCTION_LIST *world;

/* cmocka set-up and tear-down; *state is a struct soft_tmp with the home. One identity, WORLD_NAME,
 * is there, with one P-256 key (id 01); the module is initialised. */
int world_setup(void **state);
int world_teardown(void **state);

/* An identity with so many P-256 keys, ids 00000001 and so on, labels "key 1" and so on, all under
 * WORLD_PIN, each in a file of its own. count 1: id 01. */
void world_make(const struct soft_tmp *tmp, const char *name, unsigned count);

/* One more file with a P-256 key and its certificate, both with id 01 and this label. */
void world_add(const struct soft_tmp *tmp, const char *name, const char *file, const char *label);

/* A path below the home, in a buffer of this function's own. */
const char *world_path(const struct soft_tmp *tmp, const char *identity, const char *file);

/* C_Finalize() and C_Initialize(): what a new process would see. */
void world_again(void);

CK_SESSION_HANDLE world_open(CK_SLOT_ID slot, CK_FLAGS flags);
CK_RV world_login(CK_SESSION_HANDLE session, CK_USER_TYPE type, const char *pin);
/* 0: not to be seen. */
CK_OBJECT_HANDLE world_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class);
CK_OBJECT_HANDLE world_feature(CK_SESSION_HANDLE session, CK_HW_FEATURE_TYPE feature);
/* CK_UNAVAILABLE_INFORMATION: no such attribute. */
CK_ULONG world_number(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
CK_RV world_set_number(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	CK_ULONG number);
/* C_SignInit() and C_Sign() with the EC key. */
CK_RV world_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);

#endif
