/* SPDX-License-Identifier: Apache-2.0 */
/* What every PKCS#11 function passes first: initialised? forked? which slot and session, its lock.
 */
#include "gate.h"

#include "lock.h"
#include "module.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_token.h"

CK_RV gate_module(struct gate *gate)
{
	gate->module = module_enter();
	return gate->module ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
}

/* Who waited for the lock while C_Finalize() began goes away unserved. */
static CK_RV take_slot(struct gate *gate, struct slot *slot)
{
	if (!lock_take(slot->lock))
		return CKR_CANT_LOCK;
	gate->held = slot->lock;
	gate->slot = slot;
	return module_running(gate->module) ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
}

CK_RV gate_slot(struct gate *gate, CK_SLOT_ID id)
{
	struct slot *slot;
	CK_RV rv = gate_module(gate);

	if (rv != CKR_OK)
		return rv;
	slot = slots_find(module_slots(gate->module), id);
	return slot ? take_slot(gate, slot) : CKR_SLOT_ID_INVALID;
}

CK_RV gate_token(struct gate *gate, CK_SLOT_ID id)
{
	CK_RV rv = gate_slot(gate, id);

	return rv == CKR_OK ? slot_connect(gate->slot) : rv;
}

/* Who calls for a session that another thread computes in waits for its turn. */
static CK_RV find_session(struct gate *gate, struct slot *slot, CK_SESSION_HANDLE handle)
{
	struct session *session;
	CK_RV rv;

	for (;;) {
		rv = take_slot(gate, slot);
		if (rv != CKR_OK)
			return rv;
		slot_check(slot);
		session = session_find(slot, handle);
		if (!session || !session->busy)
			break;
		lock_give_p(&gate->held);
		lock_pause();
	}
	gate->session = session;
	return session ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
}

CK_RV gate_session(struct gate *gate, CK_SESSION_HANDLE handle)
{
	struct slot *slot;
	CK_RV rv = gate_module(gate);

	if (rv != CKR_OK)
		return rv;
	slot = slots_find_handle(module_slots(gate->module), handle);
	if (!slot)
		return CKR_SESSION_HANDLE_INVALID;
	return find_session(gate, slot, handle);
}

void gate_leave(struct gate *gate)
{
	if (gate->held)
		session_release(gate->slot);
	lock_give_p(&gate->held);
	module_leave(gate->module);
	*gate = (struct gate){ 0 };
}

CK_RV gate_refuse(CK_RV rv)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV entered = gate_module(&gate);

	return entered == CKR_OK ? rv : entered;
}
