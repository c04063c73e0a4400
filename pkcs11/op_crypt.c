/* SPDX-License-Identifier: Apache-2.0 */
/* Enciphering and deciphering with any mechanism, in pieces or at once. */
#include "op.h"

#include "scope.h"

#include "cardos/secret.h"

static bool enciphers(const struct op *op)
{
	return op->kind == OP_ENCRYPT || op->kind == OP_WRAP;
}

size_t op_crypt_room(const struct op *op, size_t len)
{
	size_t room = op->block_len;

	if (op->cipher)
		return op_cipher_last(op, len);
	return enciphers(op) || op_rsa_room(op, &room) == CKR_OK ? room : 0;
}

/* RSA gathers its one block and gives nothing before the end. */
size_t op_crypt_next(const struct op *op, size_t len)
{
	return op->cipher ? op_cipher_next(op, len) : 0;
}

CK_RV op_crypt_update(struct op *op, const CK_BYTE *bytes, size_t len, struct blob *piece)
{
	return op->cipher ? op_cipher_update(op, bytes, len, piece) : op_update(op, bytes, len);
}

/* Deciphered bytes move to memory for secrets, as far as that takes so many; the rest is wiped with
 * the operation. */
static CK_RV keep(struct op *op, struct blob *out)
{
	if (enciphers(op) || (op->kind == OP_DECRYPT && out->len > SECRET_MAX)) {
		op->result = *out;
		*out = (struct blob){ 0 };
		return CKR_OK;
	}
	op->plain = secret_new(out->bytes, out->len);
	return op->plain ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV end_cipher(struct op *op, struct blob *out)
{
	CK_RV rv = op_cipher_final(op, out);

	if (rv == CKR_OK)
		rv = keep(op, out);
	op->done = rv == CKR_OK;
	return rv;
}

CK_RV op_crypt_final(struct slot *slot, struct op *op)
{
	CLEANUP(blob_clear) struct blob out = { 0 };
	CK_RV rv;

	if (op->cipher)
		return end_cipher(op, &out);
	rv = enciphers(op) ? op_encrypt(slot, op) : op_decrypt(slot, op);
	op->done = rv == CKR_OK;
	return rv;
}

CK_RV op_crypt(struct slot *slot, struct op *op, const CK_BYTE *bytes, size_t len)
{
	CLEANUP(blob_clear) struct blob out = { 0 };
	CK_RV rv = op_crypt_update(op, bytes, len, &out);

	if (rv != CKR_OK)
		return rv;
	return op->cipher ? end_cipher(op, &out) : op_crypt_final(slot, op);
}

CK_RV op_crypt_give(const struct op *op, CK_BYTE *out, CK_ULONG *out_len, bool *ended)
{
	if (op->plain)
		return op_give(secret_bytes(op->plain), secret_len(op->plain), out, out_len, ended);
	return op_give(op->result.bytes, op->result.len, out, out_len, ended);
}
