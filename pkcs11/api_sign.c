/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and verifying. */
#include "api.h"

#include "api_op.h"
#include "scope.h"

CK_RV api_sign_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_SIGN, mechanism, key);
}

/* The signature goes to out; a question for its length, or too little room, changes nothing. */
static CK_RV finish(struct gate *gate, struct op *op, CK_BYTE *out, CK_ULONG *out_len)
{
	bool ended = false;
	CK_RV rv;

	if (!out || *out_len < op->block_len) {
		rv = op_give(NULL, op->block_len, out, out_len, &ended);
		return api_op_leave(gate, OP_SIGN, rv, false);
	}
	rv = op_sign(gate->slot, op);
	if (rv == CKR_OK)
		rv = op_give(op->result.bytes, op->result.len, out, out_len, &ended);
	return api_op_leave(gate, OP_SIGN, rv, ended);
}

CK_RV api_sign(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_SIGN, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, OP_SIGN, CKR_ARGUMENTS_BAD, true);
	if (out && *out_len >= op->block_len)
		rv = op_update(op, bytes, len);
	if (rv != CKR_OK)
		return api_op_leave(&gate, OP_SIGN, rv, true);
	return finish(&gate, op, out, out_len);
}

CK_RV api_sign_update(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len)
{
	return api_op_update(handle, OP_SIGN, bytes, len);
}

CK_RV api_sign_final(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_SIGN, false, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len)
		return api_op_leave(&gate, OP_SIGN, CKR_ARGUMENTS_BAD, true);
	return finish(&gate, op, out, out_len);
}

CK_RV api_verify_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_VERIFY, mechanism, key);
}

CK_RV api_verify(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *signature,
	CK_ULONG signature_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_VERIFY, true, &op);

	if (rv != CKR_OK)
		return rv;
	if ((!bytes && len) || !signature)
		return api_op_leave(&gate, OP_VERIFY, CKR_ARGUMENTS_BAD, true);
	rv = op_update(op, bytes, len);
	if (rv == CKR_OK)
		rv = op_verify(gate.slot, op, signature, signature_len);
	return api_op_leave(&gate, OP_VERIFY, rv, true);
}

CK_RV api_verify_update(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len)
{
	return api_op_update(handle, OP_VERIFY, bytes, len);
}

CK_RV api_verify_final(CK_SESSION_HANDLE handle, CK_BYTE *signature, CK_ULONG signature_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_VERIFY, false, &op);

	if (rv != CKR_OK)
		return rv;
	rv = signature ? op_verify(gate.slot, op, signature, signature_len) : CKR_ARGUMENTS_BAD;
	return api_op_leave(&gate, OP_VERIFY, rv, true);
}
