/* SPDX-License-Identifier: Apache-2.0 */
/* The host's half of ECDSA: signatures as PKCS#11 has them (r and s of one length) verified by
 * OpenSSL. */
#include "op.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "object.h"
#include "scope.h"
#include "slot.h"

#define DER_MAX 160 /* of a signature on P-521 */

static void sig_p(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

size_t op_ecdsa_len(const struct op *op)
{
	size_t field = op->block_len / 2;

	return op->data.len < field ? op->data.len : field;
}

/* Returns the length; 0: no memory. */
static size_t to_der(const CK_BYTE *signature, int field, uint8_t *der)
{
	CLEANUP(sig_p) ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, field, NULL);
	BIGNUM *s = BN_bin2bn(signature + field, field, NULL);
	int len;

	if (!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return 0;
	}
	len = i2d_ECDSA_SIG(sig, NULL);
	return len > 0 && len <= DER_MAX && i2d_ECDSA_SIG(sig, &der) == len ? (size_t)len : 0;
}

CK_RV op_ecdsa_verify(struct slot *slot, const struct op *op, const CK_BYTE *signature)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;
	CLEANUP(crypto_pkey_ctx_p) EVP_PKEY_CTX *ctx = NULL;
	struct object *key = object_find(slot, op->key, NULL);
	uint8_t der[DER_MAX];
	size_t len;

	if (!key || !key->parts.spki.len)
		return CKR_KEY_HANDLE_INVALID;
	pkey = crypto_spki(slot->crypto, &key->parts.spki);
	if (pkey)
		ctx = EVP_PKEY_CTX_new_from_pkey(crypto_context(slot->crypto), pkey, NULL);
	len = to_der(signature, (int)(op->block_len / 2), der);
	if (!ctx || !len || EVP_PKEY_verify_init(ctx) != 1)
		return CKR_FUNCTION_FAILED;
	return EVP_PKEY_verify(ctx, der, len, op->data.bytes, op_ecdsa_len(op)) == 1
		       ? CKR_OK
		       : CKR_SIGNATURE_INVALID;
}
