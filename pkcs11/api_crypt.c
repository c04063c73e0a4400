/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption and decryption, one-shot: RSA takes one block. */
#include "api.h"

#include "api_op.h"
#include "mech.h"
#include "scope.h"

#include "cardos/secret.h"

CK_RV api_encrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_ENCRYPT, mechanism, key);
}

CK_RV api_encrypt(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	CK_RV rv = api_op_enter(&gate, handle, OP_ENCRYPT, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, OP_ENCRYPT, CKR_ARGUMENTS_BAD, true);
	if (!out || *out_len < op->block_len)
		return op_give(NULL, op->block_len, out, out_len, &ended);
	rv = op_update(op, bytes, len);
	if (rv == CKR_OK)
		rv = op_encrypt(gate.slot, op);
	if (rv == CKR_OK)
		rv = op_give(op->result.bytes, op->result.len, out, out_len, &ended);
	return api_op_leave(&gate, OP_ENCRYPT, rv, ended);
}

CK_RV api_decrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_DECRYPT, mechanism, key);
}

/* A question for the length gets the most that can come, without work by the card. With a buffer
 * the plain text is made once and waits in the operation if the buffer is too small for it. */
CK_RV api_decrypt(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	size_t room = 0;
	CK_RV rv = api_op_enter(&gate, handle, OP_DECRYPT, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, OP_DECRYPT, CKR_ARGUMENTS_BAD, true);
	if (!out && !op->plain) {
		rv = op_rsa_room(op, &room);
		return rv == CKR_OK ? op_give(NULL, room, NULL, out_len, &ended)
				    : api_op_leave(&gate, OP_DECRYPT, rv, true);
	}
	if (!op->plain)
		rv = op_update(op, bytes, len);
	if (rv == CKR_OK)
		rv = op_decrypt(gate.slot, op);
	if (rv == CKR_OK)
		rv = op_give(secret_bytes(op->plain), secret_len(op->plain), out, out_len, &ended);
	return api_op_leave(&gate, OP_DECRYPT, rv, ended);
}
