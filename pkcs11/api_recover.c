/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and verifying with message recovery: RSA, at once. */
#include "api.h"

#include "api_op.h"
#include "scope.h"

CK_RV api_sign_recover_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_SIGN_RECOVER, mechanism, key);
}

CK_RV api_sign_recover(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	CK_RV rv = api_op_enter(&gate, handle, OP_SIGN_RECOVER, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, OP_SIGN_RECOVER, CKR_ARGUMENTS_BAD, true);
	if (!out || *out_len < op->block_len)
		return op_give(NULL, op->block_len, out, out_len, &ended);
	rv = op_update(op, bytes, len);
	if (rv == CKR_OK)
		rv = op_sign(gate.slot, op);
	if (rv == CKR_OK)
		rv = op_give(op->result.bytes, op->result.len, out, out_len, &ended);
	return api_op_leave(&gate, OP_SIGN_RECOVER, rv, ended);
}

CK_RV api_verify_recover_init(
	CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_VERIFY_RECOVER, mechanism, key);
}

/* How long the data are tells only the signature: they are recovered once and wait for their room.
 */
CK_RV api_verify_recover(
	CK_SESSION_HANDLE handle, CK_BYTE *signature, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	size_t room = 0;
	CK_RV rv = api_op_enter(&gate, handle, OP_VERIFY_RECOVER, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || !signature)
		return api_op_leave(&gate, OP_VERIFY_RECOVER, CKR_ARGUMENTS_BAD, true);
	if (!out && !op->done && op_rsa_room(op, &room) == CKR_OK)
		return op_give(NULL, room, NULL, out_len, &ended);
	rv = op_verify_recover(gate.slot, op, signature, len);
	if (rv == CKR_OK)
		rv = op_give(op->result.bytes, op->result.len, out, out_len, &ended);
	return api_op_leave(&gate, OP_VERIFY_RECOVER, rv, ended);
}
