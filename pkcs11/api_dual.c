/* SPDX-License-Identifier: Apache-2.0 */
/* Two operations of one session on the same data. */
#include "api.h"

#include "api_op.h"
#include "scope.h"
#include "session.h"

struct dual {
	enum op_kind data;  /* digests, signs or verifies the plain text */
	enum op_kind crypt; /* enciphers or deciphers it */
};

/* The plain text goes through both. A question for the length, or too little room, changes neither.
 */
static CK_RV step(struct op *data, struct op *crypt, const CK_BYTE *bytes, CK_ULONG len,
	CK_BYTE *out, CK_ULONG *out_len)
{
	bool enciphers = crypt->kind == OP_ENCRYPT;
	CK_RV rv;

	if (!out_len || (!bytes && len))
		return CKR_ARGUMENTS_BAD;
	if (!out || *out_len < op_crypt_next(crypt, len))
		return api_op_crypt_update(crypt, bytes, len, out, out_len);
	data->updating = true;
	rv = enciphers ? op_update(data, bytes, len) : CKR_OK;
	if (rv == CKR_OK)
		rv = api_op_crypt_update(crypt, bytes, len, out, out_len);
	if (rv == CKR_OK && !enciphers)
		rv = op_update(data, out, *out_len);
	return rv;
}

static CK_RV update(CK_SESSION_HANDLE handle, struct dual dual, const CK_BYTE *bytes, CK_ULONG len,
	CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct op *data, *crypt;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	data = gate.session->ops[dual.data];
	crypt = gate.session->ops[dual.crypt];
	if (!data || !crypt)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = step(data, crypt, bytes, len, out, out_len);
	api_op_leave(&gate, dual.data, rv, false);
	return api_op_leave(&gate, dual.crypt, rv, false);
}

CK_RV api_digest_encrypt_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, (struct dual){ OP_DIGEST, OP_ENCRYPT }, bytes, len, out, out_len);
}

CK_RV api_decrypt_digest_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, (struct dual){ OP_DIGEST, OP_DECRYPT }, bytes, len, out, out_len);
}

CK_RV api_sign_encrypt_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, (struct dual){ OP_SIGN, OP_ENCRYPT }, bytes, len, out, out_len);
}

CK_RV api_decrypt_verify_update(
	CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	return update(handle, (struct dual){ OP_VERIFY, OP_DECRYPT }, bytes, len, out, out_len);
}
