/* SPDX-License-Identifier: Apache-2.0 */
/* Object search. */
#include "api.h"

#include "attr.h"
#include "find.h"
#include "gate.h"
#include "scope.h"
#include "session.h"

CK_RV api_find_objects_init(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (gate.session->find)
		return CKR_OPERATION_ACTIVE;
	rv = attr_check(template, count);
	return rv == CKR_OK ? find_new(gate.slot, template, count, &gate.session->find) : rv;
}

CK_RV api_find_objects(
	CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG cap, CK_ULONG *count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!count || (!objects && cap))
		return CKR_ARGUMENTS_BAD;
	if (!gate.session->find)
		return CKR_OPERATION_NOT_INITIALIZED;
	*count = find_next(gate.session->find, objects, cap);
	return CKR_OK;
}

CK_RV api_find_objects_final(CK_SESSION_HANDLE handle)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!gate.session->find)
		return CKR_OPERATION_NOT_INITIALIZED;
	session_end_find(gate.session);
	return CKR_OK;
}
