/* SPDX-License-Identifier: Apache-2.0 */
/* The private keys of the fake cards at work. */
#include "fake_internal.h"

#include <time.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "cardos/secret.h"

/* A private key that may be used now. */
static CK_RV usable_key(struct fake_card *card, uint32_t number, EVP_PKEY **ret_key)
{
	const struct timespec delay = { card->delay_ms / 1000,
		(long)(card->delay_ms % 1000) * 1000000L };
	int at = fake_index_of(card, number);

	if (fake_exchange(card) != CKR_OK)
		return CKR_DEVICE_ERROR;
	if (at < 0 || !card->keys[at])
		return CKR_OBJECT_HANDLE_INVALID;
	if (!card->pins[TOKEN_USER].verified)
		return CKR_USER_NOT_LOGGED_IN;
	nanosleep(&delay, NULL);
	*ret_key = card->keys[at];
	return CKR_OK;
}

static CK_RV raw_rsa(struct fake_card *card, uint32_t number, struct token_block in, uint8_t *out,
	size_t *ret_len)
{
	EVP_PKEY *pkey = NULL;
	size_t len = TOKEN_RSA_MAX;
	EVP_PKEY_CTX *ctx;
	CK_RV rv = usable_key(card, number, &pkey);
	int ok;

	if (rv != CKR_OK)
		return rv;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	ok = EVP_PKEY_decrypt_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	     EVP_PKEY_decrypt(ctx, out, &len, in.bytes, in.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	*ret_len = len;
	return ok ? CKR_OK : CKR_DATA_INVALID;
}

/* ECDSA: OpenSSL's DER becomes r and s of one length. */
static CK_RV ecdsa(EVP_PKEY *pkey, struct token_block in, uint8_t *out, size_t *ret_len)
{
	int field = (EVP_PKEY_get_bits(pkey) + 7) / 8;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	uint8_t der[160];
	const uint8_t *p = der;
	size_t len = sizeof(der);
	ECDSA_SIG *sig = NULL;

	if (EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, der, &len, in.bytes, in.len) == 1)
		sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	EVP_PKEY_CTX_free(ctx);
	if (!sig)
		return CKR_DEVICE_ERROR;
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, field);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + field, field);
	ECDSA_SIG_free(sig);
	*ret_len = 2 * (size_t)field;
	return CKR_OK;
}

CK_RV fake_sign(struct fake_card *card, uint32_t number, struct token_block in, uint8_t *out,
	size_t *ret_len)
{
	EVP_PKEY *pkey = NULL;
	CK_RV rv = usable_key(card, number, &pkey);

	if (rv == CKR_OK && EVP_PKEY_is_a(pkey, "EC"))
		return ecdsa(pkey, in, out, ret_len);
	return rv == CKR_OK ? raw_rsa(card, number, in, out, ret_len) : rv;
}

static EVP_PKEY *peer_of(const EVP_PKEY *own, struct token_block point)
{
	EVP_PKEY *peer = EVP_PKEY_new();

	if (EVP_PKEY_copy_parameters(peer, own) == 1 &&
		EVP_PKEY_set1_encoded_public_key(peer, point.bytes, point.len) == 1)
		return peer;
	EVP_PKEY_free(peer);
	return NULL;
}

CK_RV fake_derive(struct fake_card *card, uint32_t number, struct token_block point,
	struct secret **ret_secret)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY *peer;
	EVP_PKEY_CTX *ctx;
	uint8_t out[TOKEN_EC_MAX];
	size_t len = sizeof(out);
	CK_RV rv = usable_key(card, number, &pkey);

	if (rv != CKR_OK)
		return rv;
	peer = peer_of(pkey, point);
	if (!peer)
		return CKR_DATA_INVALID;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	rv = EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
			     EVP_PKEY_derive(ctx, out, &len) == 1
		     ? CKR_OK
		     : CKR_DEVICE_ERROR;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (rv == CKR_OK)
		*ret_secret = secret_new(out, len);
	return rv;
}

CK_RV fake_decipher(struct fake_card *card, uint32_t number, struct token_block block,
	struct secret **ret_plain)
{
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;
	CK_RV rv = raw_rsa(card, number, block, out, &len);

	if (rv == CKR_OK)
		*ret_plain = secret_new(out, len);
	return rv;
}
