/* SPDX-License-Identifier: Apache-2.0 */
/* What the chapters of cryptographic functions share: the gate with an active operation, and its
 * end. */
#ifndef PKCS11_API_OP_H
#define PKCS11_API_OP_H

#include "ck.h"
#include "gate.h"
#include "op.h"

/* Pass the gate and begin. */
CK_RV api_op_begin(
	CK_SESSION_HANDLE handle, enum op_kind kind, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/* Pass the gate to the active operation. single: a one-shot function, not allowed after an update
 * (CKR_OPERATION_ACTIVE). Errors: CKR_OPERATION_NOT_INITIALIZED. */
CK_RV api_op_enter(struct gate *gate, CK_SESSION_HANDLE handle, enum op_kind kind, bool single,
	struct op **ret_op);

/* rv of a step: any error but a too small buffer ends the operation. Returns rv. */
CK_RV api_op_leave(struct gate *gate, enum op_kind kind, CK_RV rv, bool ended);

/* A piece of encryption or decryption, with all checks of arguments; the caller leaves. */
CK_RV api_op_crypt_update(
	struct op *op, const CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len);

/* A whole ...Update function. */
CK_RV api_op_update(
	CK_SESSION_HANDLE handle, enum op_kind kind, const CK_BYTE *bytes, CK_ULONG len);

#endif
