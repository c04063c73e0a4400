/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that take a message at a time: one mechanism and key, for each message a parameter and
 * an answer of its own. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "message_iv.h"
#include "scope.h"
#include "session.h"

#define IV_USUAL 12
#define TAG_MAX 16

/* What a kind's messages are, and what the mechanism must be for. */
static const struct {
	enum op_kind message;
	CK_FLAGS flag;
} kinds[OP_KINDS] = {
	[OP_MESSAGE_ENCRYPT] = { OP_ENCRYPT, CKF_MESSAGE_ENCRYPT },
	[OP_MESSAGE_DECRYPT] = { OP_DECRYPT, CKF_MESSAGE_DECRYPT },
	[OP_MESSAGE_SIGN] = { OP_SIGN, CKF_MESSAGE_SIGN },
	[OP_MESSAGE_VERIFY] = { OP_VERIFY, CKF_MESSAGE_VERIFY },
};

static bool sealed(const struct mech *mech)
{
	return mech->mode == MODE_GCM;
}

/* Of AES-GCM the parameter comes with each message; callers give it here too, or nothing. */
static CK_RV try_sealed(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key, struct op **ret_probe)
{
	uint8_t iv[IV_USUAL] = { 0 };
	CK_GCM_PARAMS gcm = { .pIv = iv, .ulIvLen = sizeof(iv), .ulTagBits = 8 * TAG_MAX };
	const CK_MECHANISM probe = { mechanism->mechanism, &gcm, sizeof(gcm) };

	if (mechanism->pParameter && mechanism->ulParameterLen &&
		mechanism->ulParameterLen != sizeof(CK_GCM_MESSAGE_PARAMS))
		return CKR_MECHANISM_PARAM_INVALID;
	return op_new(slot, session, kinds[kind].message, &probe, key, ret_probe);
}

/* A first message, never fed: what it refuses, all would. */
static CK_RV try_one(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key, struct op **ret_probe)
{
	const struct mech *mech = mech_find(mechanism->mechanism);

	if (!mech || !(mech->flags & kinds[kind].flag))
		return CKR_MECHANISM_INVALID;
	if (sealed(mech))
		return try_sealed(slot, session, kind, mechanism, key, ret_probe);
	return op_new(slot, session, kinds[kind].message, mechanism, key, ret_probe);
}

CK_RV message_begin(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	CLEANUP(op_free_p) struct op *probe = NULL;
	CLEANUP(op_free_p) struct op *frame = NULL;
	CK_RV rv;

	if (session->ops[kind])
		return CKR_OPERATION_ACTIVE;
	rv = try_one(slot, session, kind, mechanism, key, &probe);
	if (rv != CKR_OK)
		return rv;
	frame = calloc(1, sizeof(*frame));
	if (!frame)
		return CKR_HOST_MEMORY;
	frame->kind = kind;
	frame->session = session;
	frame->mech = probe->mech;
	frame->key = key;
	frame->block_len = probe->block_len;
	frame->authenticate = probe->authenticate;
	if (!sealed(frame->mech) && mechanism->pParameter &&
		!blob_set(&frame->parameter, mechanism->pParameter, mechanism->ulParameterLen))
		return CKR_HOST_MEMORY;
	session->ops[kind] = TAKE(frame);
	return CKR_OK;
}

/* ---- a message ---- */

static CK_RV open_sealed(struct slot *slot, struct op *frame, const struct message_part *part)
{
	CK_GCM_MESSAGE_PARAMS params;
	CK_GCM_PARAMS gcm = { 0 };
	const CK_MECHANISM mechanism = { frame->mech->type, &gcm, sizeof(gcm) };
	CK_RV rv = message_iv_read(part->parameter, part->parameter_len, &params);

	if (rv == CKR_OK && frame->kind == OP_MESSAGE_ENCRYPT)
		rv = message_iv_make(slot, frame, &params);
	if (rv != CKR_OK)
		return rv;
	gcm.pIv = params.pIv;
	gcm.ulIvLen = params.ulIvLen;
	gcm.ulTagBits = params.ulTagBits;
	gcm.pAAD = (CK_BYTE *)(uintptr_t)part->associated; /* only read */
	gcm.ulAADLen = part->associated_len;
	return op_new(slot, frame->session, kinds[frame->kind].message, &mechanism, frame->key,
		&frame->message);
}

CK_RV message_open(struct slot *slot, struct op *frame, const struct message_part *part)
{
	const CK_MECHANISM mechanism = { frame->mech->type, frame->parameter.bytes,
		frame->parameter.len };

	if (sealed(frame->mech))
		return open_sealed(slot, frame, part);
	if (part->parameter && part->parameter_len)
		return CKR_ARGUMENTS_BAD;
	return op_new(slot, frame->session, kinds[frame->kind].message, &mechanism, frame->key,
		&frame->message);
}

void message_close(struct op *frame)
{
	frame->message = op_free(frame->message);
	frame->updating = false;
}

/* ---- AES-GCM ---- */

static CK_RV seal(struct slot *slot, struct op *frame, const struct message_part *part)
{
	struct op *message = frame->message;
	CK_GCM_MESSAGE_PARAMS params;
	CK_RV rv = message_iv_read(part->parameter, part->parameter_len, &params);

	if (rv == CKR_OK && params.ulTagBits != message->tag_len * 8)
		rv = CKR_MECHANISM_PARAM_INVALID;
	if (rv == CKR_OK)
		rv = op_crypt_final(slot, message);
	if (rv == CKR_OK)
		memcpy(params.pTag, message->result.bytes, message->tag_len);
	return rv;
}

static CK_RV encipher(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(blob_clear) struct blob piece = { 0 };
	bool given;
	CK_RV rv = op_crypt_update(frame->message, part->bytes, part->len, &piece);

	if (rv == CKR_OK && part->last)
		rv = seal(slot, frame, part);
	return rv == CKR_OK ? op_give(piece.bytes, piece.len, out, out_len, &given) : rv;
}

/* The tag follows the text, as where they are one. */
static CK_RV unseal(struct slot *slot, struct op *frame, const struct message_part *part)
{
	CLEANUP(blob_clear) struct blob nothing = { 0 };
	struct op *message = frame->message;
	CK_GCM_MESSAGE_PARAMS params;
	CK_RV rv = message_iv_read(part->parameter, part->parameter_len, &params);

	if (rv == CKR_OK && params.ulTagBits != message->tag_len * 8)
		rv = CKR_MECHANISM_PARAM_INVALID;
	if (rv == CKR_OK)
		rv = op_crypt_update(message, params.pTag, message->tag_len, &nothing);
	if (rv == CKR_OK)
		rv = op_crypt_final(slot, message);
	return rv == CKR_ENCRYPTED_DATA_INVALID ? CKR_AEAD_DECRYPT_FAILED : rv;
}

static CK_RV decipher(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(blob_clear) struct blob nothing = { 0 };
	bool given;
	CK_RV rv = op_crypt_update(frame->message, part->bytes, part->len, &nothing);

	if (rv == CKR_OK && !part->last)
		return op_give(NULL, 0, out, out_len, &given);
	if (rv == CKR_OK)
		rv = unseal(slot, frame, part);
	return rv == CKR_OK ? op_crypt_give(frame->message, out, out_len, &given) : rv;
}

size_t message_room(const struct op *frame, const struct message_part *part)
{
	if (frame->kind == OP_MESSAGE_ENCRYPT)
		return part->len;
	if (!part->last)
		return 0;
	return part->len + (frame->message ? frame->message->fed : 0);
}

CK_RV message_crypt(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len)
{
	return frame->kind == OP_MESSAGE_ENCRYPT ? encipher(slot, frame, part, out, out_len)
						 : decipher(slot, frame, part, out, out_len);
}

/* ---- signatures ---- */

CK_RV message_sign(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len)
{
	struct op *message = frame->message;
	bool each_time = message->authenticate;
	bool given;
	CK_RV rv = op_update(message, part->bytes, part->len);

	if (rv != CKR_OK || !part->last)
		return rv;
	message->authenticate = frame->authenticate;
	rv = op_sign(slot, message);
	if (rv != CKR_OK)
		return rv;
	frame->authenticate = each_time;
	return op_give(message->result.bytes, message->result.len, out, out_len, &given);
}

CK_RV message_verify(struct slot *slot, struct op *frame, const struct message_part *part,
	const CK_BYTE *signature, CK_ULONG signature_len)
{
	CK_RV rv = op_update(frame->message, part->bytes, part->len);

	if (rv != CKR_OK || !part->last)
		return rv;
	return op_verify(slot, frame->message, signature, signature_len);
}
