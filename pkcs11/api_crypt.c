/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption and decryption, at once and in pieces. */
#include "api.h"

#include "api_op.h"
#include "scope.h"

/* A question for the length, or too little room for what is enciphered, changes nothing. What is
 * deciphered tells its length only when it is there: it is made once and waits for its room. */
static bool only_asks(const struct op *op, size_t room, const CK_BYTE *out, const CK_ULONG *out_len)
{
	if (op->done)
		return false;
	return !out || (op->kind == OP_ENCRYPT && *out_len < room);
}

static CK_RV single(CK_SESSION_HANDLE handle, enum op_kind kind, const CK_BYTE *bytes, CK_ULONG len,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	CK_RV rv = api_op_enter(&gate, handle, kind, true, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || (!bytes && len))
		return api_op_leave(&gate, kind, CKR_ARGUMENTS_BAD, true);
	if (only_asks(op, op_crypt_room(op, len), out, out_len))
		return op_give(NULL, op_crypt_room(op, len), out, out_len, &ended);
	if (!op->done)
		rv = op_crypt(gate.slot, op, bytes, len);
	if (rv == CKR_OK)
		rv = op_crypt_give(op, out, out_len, &ended);
	return api_op_leave(&gate, kind, rv, ended);
}

static CK_RV update(CK_SESSION_HANDLE handle, enum op_kind kind, const CK_BYTE *bytes, CK_ULONG len,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	CK_RV rv = api_op_enter(&gate, handle, kind, false, &op);

	if (rv != CKR_OK)
		return rv;
	rv = api_op_crypt_update(op, bytes, len, out, out_len);
	return api_op_leave(&gate, kind, rv, false);
}

static CK_RV final(CK_SESSION_HANDLE handle, enum op_kind kind, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *op = NULL;
	bool ended = false;
	CK_RV rv = api_op_enter(&gate, handle, kind, false, &op);

	if (rv != CKR_OK)
		return rv;
	if (!out_len)
		return api_op_leave(&gate, kind, CKR_ARGUMENTS_BAD, true);
	if (only_asks(op, op_crypt_room(op, 0), out, out_len))
		return op_give(NULL, op_crypt_room(op, 0), out, out_len, &ended);
	if (!op->done)
		rv = op_crypt_final(gate.slot, op);
	if (rv == CKR_OK)
		rv = op_crypt_give(op, out, out_len, &ended);
	return api_op_leave(&gate, kind, rv, ended);
}

CK_RV api_encrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_ENCRYPT, mechanism, key);
}

CK_RV api_encrypt(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return single(handle, OP_ENCRYPT, bytes, len, out, out_len);
}

CK_RV api_encrypt_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, OP_ENCRYPT, bytes, len, out, out_len);
}

CK_RV api_encrypt_final(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_len)
{
	return final(handle, OP_ENCRYPT, out, out_len);
}

CK_RV api_decrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_DECRYPT, mechanism, key);
}

CK_RV api_decrypt(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return single(handle, OP_DECRYPT, bytes, len, out, out_len);
}

CK_RV api_decrypt_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, OP_DECRYPT, bytes, len, out, out_len);
}

CK_RV api_decrypt_final(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_len)
{
	return final(handle, OP_DECRYPT, out, out_len);
}
