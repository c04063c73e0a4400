/* SPDX-License-Identifier: Apache-2.0 */
/* Operation states: keys are on cards and digests in OpenSSL's hands, so none is ever given out. */
#include "api.h"

#include "gate.h"
#include "scope.h"
#include "session.h"

static bool any_active(const struct session *session)
{
	for (int kind = 0; kind < OP_KINDS; kind++)
		if (session->ops[kind])
			return true;
	return session->find != NULL;
}

CK_RV api_get_operation_state(CK_SESSION_HANDLE handle, CK_BYTE *state, CK_ULONG *len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	(void)state;
	if (rv != CKR_OK)
		return rv;
	if (!len)
		return CKR_ARGUMENTS_BAD;
	return any_active(gate.session) ? CKR_STATE_UNSAVEABLE : CKR_OPERATION_NOT_INITIALIZED;
}

CK_RV api_set_operation_state(CK_SESSION_HANDLE handle, CK_BYTE *state, CK_ULONG len,
	CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentication_key)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	(void)len;
	(void)encryption_key;
	(void)authentication_key;
	if (rv != CKR_OK)
		return rv;
	return state ? CKR_SAVED_STATE_INVALID : CKR_ARGUMENTS_BAD;
}
