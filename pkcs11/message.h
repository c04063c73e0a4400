/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that take a message at a time: one mechanism and key, for each message a parameter and
 * an answer of its own. AES-GCM with a tag apart, and all that signs.
 *
 * The session's operation is the frame; its message is an ordinary one, as C_Encrypt() or C_Sign()
 * would have it. What goes wrong with a message ends that message, the frame stays.
 * All functions: slot lock held. */
#ifndef PKCS11_MESSAGE_H
#define PKCS11_MESSAGE_H

#include <stdbool.h>

#include "ck.h"
#include "op.h"

/* A whole message, or a part of one. */
struct message_part {
	void *parameter; /* of the message; AES-GCM: CK_GCM_MESSAGE_PARAMS, written to */
	CK_ULONG parameter_len;
	const CK_BYTE *associated; /* data of a message that begins */
	CK_ULONG associated_len;
	const CK_BYTE *bytes;
	CK_ULONG len;
	bool last;
};

static inline bool message_kind(enum op_kind kind)
{
	return kind >= OP_MESSAGE_ENCRYPT && kind <= OP_MESSAGE_VERIFY;
}

/* C_Message...Init(). Errors: those of op_begin(). */
CK_RV message_begin(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/* A message begins: with AES-GCM its initial value is taken, or made and written to the parameter.
 * Errors: CKR_ARGUMENTS_BAD (no parameter, or one where there is none), CKR_MECHANISM_PARAM_INVALID
 * (what it says), CKR_TOKEN_RESOURCE_EXCEEDED (no initial value is left), op_new()'s. */
CK_RV message_open(struct slot *slot, struct op *frame, const struct message_part *part);
/* It is over, also when none is under way. */
void message_close(struct op *frame);

/* How much message_crypt() would give. Nothing that is deciphered comes out before the tag was
 * right. */
size_t message_room(const struct op *frame, const struct message_part *part);
/* The message under way goes on, with so much room in out. Errors: CKR_AEAD_DECRYPT_FAILED, ... */
CK_RV message_crypt(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len);
/* The last part gives the signature, with room for frame->block_len bytes in out. A key that wants
 * its PIN for each signature wants it again afterwards. */
CK_RV message_sign(struct slot *slot, struct op *frame, const struct message_part *part,
	CK_BYTE *out, CK_ULONG *out_len);
CK_RV message_verify(struct slot *slot, struct op *frame, const struct message_part *part,
	const CK_BYTE *signature, CK_ULONG signature_len);

#endif
