/* SPDX-License-Identifier: Apache-2.0 */
/* What the chapters of cryptographic functions share: the gate with an active operation, and its
 * end. */
#include "api_op.h"

#include "message.h"
#include "scope.h"
#include "session.h"

CK_RV api_op_begin(
	CK_SESSION_HANDLE handle, enum op_kind kind, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (mechanism)
		return message_kind(kind)
			       ? message_begin(gate.slot, gate.session, kind, mechanism, key)
			       : op_begin(gate.slot, gate.session, kind, mechanism, key);
	/* no mechanism: cancels what is active (PKCS#11 3.0) */
	rv = gate.session->ops[kind] ? CKR_OK : CKR_ARGUMENTS_BAD;
	session_end_op(gate.session, kind);
	return rv;
}

CK_RV api_op_enter(struct gate *gate, CK_SESSION_HANDLE handle, enum op_kind kind, bool single,
	struct op **ret_op)
{
	struct op *op;
	CK_RV rv = gate_session(gate, handle);

	if (rv != CKR_OK)
		return rv;
	op = gate->session->ops[kind];
	if (!op)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (single && op->updating)
		return CKR_OPERATION_ACTIVE;
	*ret_op = op;
	return CKR_OK;
}

CK_RV api_op_leave(struct gate *gate, enum op_kind kind, CK_RV rv, bool ended)
{
	if (ended || (rv != CKR_OK && rv != CKR_BUFFER_TOO_SMALL))
		session_end_op(gate->session, kind);
	return rv;
}

CK_RV api_op_crypt_update(
	struct op *op, const CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(blob_clear) struct blob piece = { 0 };
	bool ended;
	size_t need;
	CK_RV rv;

	if (!out_len || (!bytes && len))
		return CKR_ARGUMENTS_BAD;
	if (op->done)
		return CKR_FUNCTION_FAILED; /* the end was asked for already */
	need = op_crypt_next(op, len);
	if (!out || *out_len < need)
		return op_give(NULL, need, out, out_len, &ended);
	op->updating = true;
	rv = op_crypt_update(op, bytes, len, &piece);
	return rv == CKR_OK ? op_give(piece.bytes, piece.len, out, out_len, &ended) : rv;
}

CK_RV api_op_update(CK_SESSION_HANDLE handle, enum op_kind kind, const CK_BYTE *bytes, CK_ULONG len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, kind, false, &op);

	if (rv != CKR_OK)
		return rv;
	if (!bytes && len)
		return api_op_leave(&gate, kind, CKR_ARGUMENTS_BAD, true);
	op->updating = true;
	return api_op_leave(&gate, kind, op_update(op, bytes, len), false);
}
