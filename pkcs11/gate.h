/* SPDX-License-Identifier: Apache-2.0 */
/* What every PKCS#11 function passes first: initialised? forked? which slot and session, its lock.
 *
 *     CLEANUP(gate_leave) struct gate gate = { 0 };
 *     CK_RV rv = gate_session(&gate, handle); */
#ifndef PKCS11_GATE_H
#define PKCS11_GATE_H

#include "ck.h"

struct lock;
struct module;
struct session;
struct slot;

struct gate {
	struct module *module;
	struct slot *slot; /* its lock is held */
	struct session *session;
	struct lock *held;
};

/* Errors: CKR_CRYPTOKI_NOT_INITIALIZED. No lock. */
CK_RV gate_module(struct gate *gate);

/* Besides: CKR_SLOT_ID_INVALID, CKR_CANT_LOCK. The token may be absent. */
CK_RV gate_slot(struct gate *gate, CK_SLOT_ID id);

/* Besides: the errors of slot_connect(). */
CK_RV gate_token(struct gate *gate, CK_SLOT_ID id);

/* Besides: CKR_SESSION_HANDLE_INVALID, also when the token was removed since. */
CK_RV gate_session(struct gate *gate, CK_SESSION_HANDLE handle);

void gate_leave(struct gate *gate);

/* For functions that are not offered: CKR_CRYPTOKI_NOT_INITIALIZED or rv. */
CK_RV gate_refuse(CK_RV rv);

#endif
