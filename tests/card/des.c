/* SPDX-License-Identifier: Apache-2.0 */
/* Retail MAC and two-key triple DES over OpenSSL. Single DES is triple DES with one key thrice. */
#include "des.h"

#include "bytes.h"

#include <openssl/evp.h>
#include <string.h>

static void ctx_free(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}

static bool run(const uint8_t key[24], bool encrypt, const uint8_t *in, size_t len, uint8_t *out)
{
	static const uint8_t iv[VC_DES_BLOCK];
	CLEANUP(ctx_free) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int written = 0;

	if (!ctx || len % VC_DES_BLOCK)
		return false;
	if (!EVP_CipherInit_ex2(ctx, EVP_des_ede3_cbc(), key, iv, encrypt, NULL) ||
		!EVP_CIPHER_CTX_set_padding(ctx, 0))
		return false;
	return EVP_CipherUpdate(ctx, out, &written, in, (int)len) && (size_t)written == len;
}

bool vc_des_cbc(const uint8_t key[16], bool encrypt, const uint8_t *in, size_t len, uint8_t *out)
{
	uint8_t aba[24];

	memcpy(aba, key, 16);
	memcpy(aba + 16, key, 8);
	return run(aba, encrypt, in, len, out);
}

bool vc_des_mac(
	const uint8_t key[16], const uint8_t *data, size_t len, uint8_t ret_mac[VC_DES_BLOCK])
{
	uint8_t single[24], block[VC_DES_BLOCK] = { 0 };

	for (size_t i = 0; i < 3; i++)
		memcpy(single + i * VC_DES_BLOCK, key, VC_DES_BLOCK);
	for (size_t at = 0; at < len; at += VC_DES_BLOCK) {
		bool last = at + VC_DES_BLOCK >= len;

		for (size_t i = 0; i < VC_DES_BLOCK && at + i < len; i++)
			block[i] ^= data[at + i];
		if (last ? !vc_des_cbc(key, true, block, sizeof(block), block)
			 : !run(single, true, block, sizeof(block), block))
			return false;
	}
	memcpy(ret_mac, block, sizeof(block));
	return len != 0;
}
