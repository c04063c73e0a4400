/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption, decryption, signing and verifying of a message at a time. */
#include "api.h"

#include "api_op.h"
#include "message.h"
#include "scope.h"

/* To the frame; a function that begins a message is refused while one is under way, one that goes
 * on with a message while there is none. */
static CK_RV enter(struct gate *gate, CK_SESSION_HANDLE handle, enum op_kind kind, bool begins,
	struct op **ret_frame)
{
	CK_RV rv = api_op_enter(gate, handle, kind, begins, ret_frame);

	return rv == CKR_OK && !begins && !(*ret_frame)->message ? CKR_OPERATION_NOT_INITIALIZED
								 : rv;
}

static CK_RV end(CK_SESSION_HANDLE handle, enum op_kind kind)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	CK_RV rv = api_op_enter(&gate, handle, kind, false, &frame);

	return rv == CKR_OK ? api_op_leave(&gate, kind, CKR_OK, true) : rv;
}

/* The message's end closes it, and so does any error. */
static CK_RV leave(struct op *frame, const struct message_part *part, CK_RV rv)
{
	if (part->last || rv != CKR_OK)
		message_close(frame);
	return rv;
}

static CK_RV begin(CK_SESSION_HANDLE handle, enum op_kind kind, const struct message_part *part)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	CK_RV rv = enter(&gate, handle, kind, true, &frame);

	if (rv == CKR_OK && !part->associated && part->associated_len)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = message_open(gate.slot, frame, part);
	if (rv == CKR_OK)
		frame->updating = true;
	return rv;
}

static bool well_formed(const struct message_part *part)
{
	return (part->bytes || !part->len) && (part->associated || !part->associated_len);
}

/* ---- enciphering ---- */

/* begins: a whole message, otherwise a part of one. A question for the length, or too little room,
 * changes nothing. */
static CK_RV crypt(CK_SESSION_HANDLE handle, enum op_kind kind, bool begins,
	const struct message_part *part, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	bool ended;
	size_t room;
	CK_RV rv = enter(&gate, handle, kind, begins, &frame);

	if (rv != CKR_OK)
		return rv;
	if (!out_len || !part->parameter || !well_formed(part))
		return CKR_ARGUMENTS_BAD;
	room = message_room(frame, part);
	if (!out || *out_len < room)
		return op_give(NULL, room, out, out_len, &ended);
	if (begins)
		rv = message_open(gate.slot, frame, part);
	if (rv == CKR_OK)
		rv = message_crypt(gate.slot, frame, part, out, out_len);
	return leave(frame, part, rv);
}

CK_RV api_message_encrypt_init(
	CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_MESSAGE_ENCRYPT, mechanism, key);
}

CK_RV api_encrypt_message(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len,
	CK_BYTE *associated, CK_ULONG associated_len, CK_BYTE *plain, CK_ULONG plain_len,
	CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	const struct message_part part = { parameter, parameter_len, associated, associated_len,
		plain, plain_len, true };

	return crypt(handle, OP_MESSAGE_ENCRYPT, true, &part, cipher, cipher_len);
}

CK_RV api_encrypt_message_begin(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter,
	CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len)
{
	const struct message_part part = { parameter, parameter_len, associated, associated_len,
		NULL, 0, false };

	return begin(handle, OP_MESSAGE_ENCRYPT, &part);
}

CK_RV api_encrypt_message_next(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter,
	CK_ULONG parameter_len, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher,
	CK_ULONG *cipher_len, CK_FLAGS flags)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, plain, plain_len,
		(flags & CKF_END_OF_MESSAGE) != 0 };

	return crypt(handle, OP_MESSAGE_ENCRYPT, false, &part, cipher, cipher_len);
}

CK_RV api_message_encrypt_final(CK_SESSION_HANDLE handle)
{
	return end(handle, OP_MESSAGE_ENCRYPT);
}

CK_RV api_message_decrypt_init(
	CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_MESSAGE_DECRYPT, mechanism, key);
}

CK_RV api_decrypt_message(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len,
	CK_BYTE *associated, CK_ULONG associated_len, CK_BYTE *cipher, CK_ULONG cipher_len,
	CK_BYTE *plain, CK_ULONG *plain_len)
{
	const struct message_part part = { parameter, parameter_len, associated, associated_len,
		cipher, cipher_len, true };

	return crypt(handle, OP_MESSAGE_DECRYPT, true, &part, plain, plain_len);
}

CK_RV api_decrypt_message_begin(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter,
	CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len)
{
	const struct message_part part = { parameter, parameter_len, associated, associated_len,
		NULL, 0, false };

	return begin(handle, OP_MESSAGE_DECRYPT, &part);
}

CK_RV api_decrypt_message_next(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter,
	CK_ULONG parameter_len, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain,
	CK_ULONG *plain_len, CK_FLAGS flags)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, cipher, cipher_len,
		(flags & CKF_END_OF_MESSAGE) != 0 };

	return crypt(handle, OP_MESSAGE_DECRYPT, false, &part, plain, plain_len);
}

CK_RV api_message_decrypt_final(CK_SESSION_HANDLE handle)
{
	return end(handle, OP_MESSAGE_DECRYPT);
}

/* ---- signing ---- */

static CK_RV sign(CK_SESSION_HANDLE handle, bool begins, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	bool ended;
	CK_RV rv = enter(&gate, handle, OP_MESSAGE_SIGN, begins, &frame);

	if (rv != CKR_OK)
		return rv;
	if (!well_formed(part))
		return CKR_ARGUMENTS_BAD;
	if (part->last && (!out || *out_len < frame->block_len))
		return op_give(NULL, frame->block_len, out, out_len, &ended);
	if (begins)
		rv = message_open(gate.slot, frame, part);
	if (rv == CKR_OK)
		rv = message_sign(gate.slot, frame, part, out, out_len);
	return leave(frame, part, rv);
}

CK_RV api_message_sign_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_MESSAGE_SIGN, mechanism, key);
}

CK_RV api_sign_message(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len,
	CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, bytes, len, true };
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	CK_RV rv;

	if (out_len)
		return sign(handle, true, &part, out, out_len);
	rv = enter(&gate, handle, OP_MESSAGE_SIGN, true, &frame);
	return rv == CKR_OK ? CKR_ARGUMENTS_BAD : rv;
}

CK_RV api_sign_message_begin(
	CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, NULL, 0, false };

	return begin(handle, OP_MESSAGE_SIGN, &part);
}

/* Without a place for the signature's length more is to come. */
CK_RV api_sign_message_next(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len,
	CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, bytes, len,
		out_len != NULL };

	return sign(handle, false, &part, out, out_len);
}

CK_RV api_message_sign_final(CK_SESSION_HANDLE handle)
{
	return end(handle, OP_MESSAGE_SIGN);
}

/* ---- verifying ---- */

static CK_RV verify(CK_SESSION_HANDLE handle, bool begins, const struct message_part *part,
	const CK_BYTE *signature, CK_ULONG signature_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *frame = NULL;
	CK_RV rv = enter(&gate, handle, OP_MESSAGE_VERIFY, begins, &frame);

	if (rv != CKR_OK)
		return rv;
	if (!well_formed(part) || (part->last && !signature))
		return CKR_ARGUMENTS_BAD;
	if (begins)
		rv = message_open(gate.slot, frame, part);
	if (rv == CKR_OK)
		rv = message_verify(gate.slot, frame, part, signature, signature_len);
	return leave(frame, part, rv);
}

CK_RV api_message_verify_init(
	CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return api_op_begin(handle, OP_MESSAGE_VERIFY, mechanism, key);
}

CK_RV api_verify_message(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len,
	CK_BYTE *bytes, CK_ULONG len, CK_BYTE *signature, CK_ULONG signature_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, bytes, len, true };

	return verify(handle, true, &part, signature, signature_len);
}

CK_RV api_verify_message_begin(
	CK_SESSION_HANDLE handle, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, NULL, 0, false };

	return begin(handle, OP_MESSAGE_VERIFY, &part);
}

/* Without a signature more is to come. */
CK_RV api_verify_message_next(CK_SESSION_HANDLE handle, CK_VOID_PTR parameter,
	CK_ULONG parameter_len, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *signature,
	CK_ULONG signature_len)
{
	const struct message_part part = { parameter, parameter_len, NULL, 0, bytes, len,
		signature != NULL };

	return verify(handle, false, &part, signature, signature_len);
}

CK_RV api_message_verify_final(CK_SESSION_HANDLE handle)
{
	return end(handle, OP_MESSAGE_VERIFY);
}
