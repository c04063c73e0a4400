/* SPDX-License-Identifier: Apache-2.0 */
/* Message digesting. */
#include "api.h"

#include "api_op.h"
#include "object.h"
#include "scope.h"

#include "cardos/secret.h"

CK_RV api_digest_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism)
{
	return api_op_begin(handle, OP_DIGEST, mechanism, 0);
}

/* The digest goes to out; a question for its length, or too little room, changes nothing. */
static CK_RV finish(struct gate *gate, struct op *op, CK_BYTE *out, CK_ULONG *out_len)
{
	bool ended = false;
	CK_RV rv;

	if (!out || *out_len < op->block_len) {
		rv = op_give(NULL, op->block_len, out, out_len, &ended);
		return api_op_leave(gate, OP_DIGEST, rv, false);
	}
	rv = op_digest(op);
	if (rv == CKR_OK)
		rv = op_give(op->result.bytes, op->result.len, out, out_len, &ended);
	return api_op_leave(gate, OP_DIGEST, rv, ended);
}

CK_RV api_digest(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_DIGEST, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, OP_DIGEST, CKR_ARGUMENTS_BAD, true);
	if (out && *out_len >= op->block_len)
		rv = op_update(op, bytes, len);
	if (rv != CKR_OK)
		return api_op_leave(&gate, OP_DIGEST, rv, true);
	return finish(&gate, op, out, out_len);
}

CK_RV api_digest_update(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len)
{
	return api_op_update(handle, OP_DIGEST, bytes, len);
}

CK_RV api_digest_key(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE key_handle)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	const struct object *key;
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_DIGEST, false, &op);

	if (rv != CKR_OK)
		return rv;
	key = object_find(gate.slot, key_handle, NULL);
	if (!key || !key->secret)
		return api_op_leave(&gate, OP_DIGEST,
			key ? CKR_KEY_INDIGESTIBLE : CKR_KEY_HANDLE_INVALID, true);
	op->updating = true;
	rv = op_update(op, secret_bytes(key->secret), secret_len(key->secret));
	return api_op_leave(&gate, OP_DIGEST, rv, false);
}

CK_RV api_digest_final(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, OP_DIGEST, false, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len)
		return api_op_leave(&gate, OP_DIGEST, CKR_ARGUMENTS_BAD, true);
	return finish(&gate, op, out, out_len);
}
