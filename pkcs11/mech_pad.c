/* SPDX-License-Identifier: Apache-2.0 */
/* RSA blocks on the host: PKCS#1 v1.5 block types 1 and 2, DigestInfo, PSS, OAEP. Source: RFC 8017.
 */
#include "mech_pad.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto.h"
#include "mech_ct.h"
#include "scope.h"
#include "token.h"

#include "cardos/secret.h"

#define PKCS1_OVERHEAD 11 /* 00 BT, at least eight bytes, 00 */

CK_RV pad_pkcs1_sign(
	const struct mech_hash *hash, const struct blob *data, uint8_t *block, size_t len)
{
	size_t prefix_len = hash ? hash->prefix_len : 0;
	size_t used = prefix_len + data->len;

	if (hash && data->len != hash->len)
		return CKR_DATA_LEN_RANGE;
	if (data->len > len || used + PKCS1_OVERHEAD > len)
		return CKR_DATA_LEN_RANGE;
	memset(block, 0xff, len);
	block[0] = 0x00;
	block[1] = 0x01;
	block[len - used - 1] = 0x00;
	if (prefix_len)
		memcpy(block + len - used, hash->prefix, prefix_len);
	if (data->len)
		memcpy(block + len - data->len, data->bytes, data->len);
	return CKR_OK;
}

/* out ^= MGF1(seed) */
static bool mgf1_xor(const struct crypto *crypto, const struct mech_hash *hash,
	const struct blob *seed, uint8_t *out, size_t len)
{
	CLEANUP(blob_clear) struct blob input = { 0 };
	uint8_t digest[EVP_MAX_MD_SIZE];
	uint32_t counter = 0;

	for (size_t done = 0; done < len; counter++) {
		uint8_t c[4] = { (uint8_t)(counter >> 24), (uint8_t)(counter >> 16),
			(uint8_t)(counter >> 8), (uint8_t)counter };
		size_t got = 0;

		blob_clear(&input);
		if (!blob_set(&input, seed->bytes, seed->len) || !blob_add(&input, c, 4) ||
			!crypto_digest(crypto, hash->name, &input, digest, &got))
			return false;
		for (size_t i = 0; i < got && done < len; i++, done++)
			out[done] ^= digest[i];
	}
	return true;
}

/* H = Hash(eight zero bytes, digest, salt) */
static bool pss_hash(const struct crypto *crypto, const struct pad_pss *pss,
	const struct blob *digest, const struct blob *salt, struct blob *ret_h)
{
	static const uint8_t zeros[8];
	CLEANUP(blob_clear) struct blob input = { 0 };
	uint8_t h[EVP_MAX_MD_SIZE];
	size_t h_len = 0;

	return blob_set(&input, zeros, sizeof(zeros)) &&
	       blob_add(&input, digest->bytes, digest->len) &&
	       blob_add(&input, salt->bytes, salt->len) &&
	       crypto_digest(crypto, pss->hash->name, &input, h, &h_len) &&
	       blob_set(ret_h, h, h_len);
}

static bool pss_salt(const struct crypto *crypto, size_t len, struct blob *ret_salt)
{
	uint8_t salt[TOKEN_RSA_MAX];

	return len <= sizeof(salt) &&
	       (!len || RAND_bytes_ex(crypto_context(crypto), salt, len, 0) == 1) &&
	       blob_set(ret_salt, salt, len);
}

CK_RV pad_pss_sign(const struct crypto *crypto, const struct pad_pss *pss,
	const struct blob *digest, uint8_t *block)
{
	CLEANUP(blob_clear) struct blob salt = { 0 };
	CLEANUP(blob_clear) struct blob h = { 0 };
	size_t len = (pss->bits + 7u) / 8u;
	unsigned em_bits = pss->bits - 1;
	size_t em_len = (em_bits + 7u) / 8u;
	uint8_t *em = block + (len - em_len);
	size_t db_len;

	if (digest->len != pss->hash->len)
		return CKR_DATA_LEN_RANGE;
	if (len > TOKEN_RSA_MAX)
		return CKR_KEY_SIZE_RANGE;
	if (pss->salt_len > em_len || em_len < digest->len + pss->salt_len + 2)
		return CKR_KEY_SIZE_RANGE;
	if (!pss_salt(crypto, pss->salt_len, &salt) || !pss_hash(crypto, pss, digest, &salt, &h))
		return CKR_FUNCTION_FAILED;
	db_len = em_len - h.len - 1;
	memset(block, 0, len);
	em[db_len - salt.len - 1] = 0x01;
	if (salt.len)
		memcpy(em + db_len - salt.len, salt.bytes, salt.len);
	if (!mgf1_xor(crypto, pss->mgf, &h, em, db_len))
		return CKR_FUNCTION_FAILED;
	em[0] &= (uint8_t)(0xff >> (8 * em_len - em_bits));
	memcpy(em + db_len, h.bytes, h.len);
	em[em_len - 1] = 0xbc;
	return CKR_OK;
}

/* ---- deciphering ---- */

/* The message to give instead of a wrong block's: len bytes and a length, of 0 to len - 11 or one
 * of lengths, both from a keyed digest of the cryptogram. */
static bool rejection(const struct crypto *crypto, const struct blob *cryptogram,
	const struct pad_lengths *lengths, uint8_t *out, size_t len, uint32_t *ret_len)
{
	uint32_t number;

	CLEANUP(blob_clear) struct blob seed = { 0 };
	const struct mech_hash *sha256 = mech_hash_find(CKM_SHA256);
	uint8_t mac[EVP_MAX_MD_SIZE];
	uint8_t length[2] = { 0 };
	size_t mac_len = 0;

	if (!EVP_Q_mac(crypto_context(crypto), "HMAC", NULL, "SHA256", NULL,
		    crypto_rejection_key(crypto), CRYPTO_KEY_LEN, cryptogram->bytes,
		    cryptogram->len, mac, sizeof(mac), &mac_len) ||
		!blob_set(&seed, mac, mac_len))
		return false;
	explicit_bzero(mac, sizeof(mac));
	memset(out, 0, len);
	if (!mgf1_xor(crypto, sha256, &seed, out, len) || !blob_add(&seed, "length", 6) ||
		!mgf1_xor(crypto, sha256, &seed, length, sizeof(length)))
		return false;
	number = (uint32_t)length[0] << 8 | length[1];
	*ret_len = lengths && lengths->count ? (uint32_t)lengths->lens[number % lengths->count]
					     : number % (uint32_t)(len - PKCS1_OVERHEAD + 1);
	return true;
}

CK_RV pad_pkcs1_decipher(const struct crypto *crypto, const struct secret *block,
	const struct blob *cryptogram, const struct pad_lengths *lengths,
	struct secret **ret_message)
{
	const uint8_t *in = secret_bytes(block);
	uint32_t len = (uint32_t)secret_len(block);
	uint8_t other[TOKEN_RSA_MAX];
	uint32_t other_len = 0;
	struct ct_message found;
	struct secret *message;

	if (len < PKCS1_OVERHEAD || len > sizeof(other))
		return CKR_FUNCTION_FAILED;
	for (size_t i = 0; lengths && i < lengths->count; i++)
		if (lengths->lens[i] > len - PKCS1_OVERHEAD)
			return CKR_KEY_SIZE_RANGE;
	if (!rejection(crypto, cryptogram, lengths, other, len, &other_len))
		return CKR_FUNCTION_FAILED;
	ct_type2(in, len, other_len, lengths, &found);
	message = secret_new_empty(len);
	if (message) {
		/* the length is the caller's to know; which of the two messages it is, nobody's */
		for (uint32_t i = 0; i < found.len; i++)
			secret_bytes_mut(message)[i] = (uint8_t)ct_select(
				found.right, in[found.start + i], other[found.start + i]);
		secret_shorten(message, found.len);
	}
	explicit_bzero(other, sizeof(other));
	if (!message)
		return CKR_HOST_MEMORY;
	*ret_message = message;
	return CKR_OK;
}

/* ---- OAEP ---- */

bool pad_oaep_room(const struct pad_oaep *oaep, size_t len, size_t *ret_room)
{
	size_t overhead = 2 * oaep->hash->len + 2;

	if (len < overhead)
		return false;
	*ret_room = len - overhead;
	return true;
}

/* Both masks taken off: em is 00, the seed, the data block. */
static bool oaep_unmask(
	const struct crypto *crypto, const struct pad_oaep *oaep, uint8_t *em, size_t len)
{
	CLEANUP(blob_clear) struct blob input = { 0 };
	size_t h = oaep->hash->len;
	uint8_t *seed = em + 1;
	uint8_t *db = seed + h;
	size_t db_len = len - h - 1;

	return blob_set(&input, db, db_len) && mgf1_xor(crypto, oaep->mgf, &input, seed, h) &&
	       blob_set(&input, seed, h) && mgf1_xor(crypto, oaep->mgf, &input, db, db_len);
}

CK_RV pad_oaep_decipher(const struct crypto *crypto, const struct pad_oaep *oaep,
	const struct secret *block, struct secret **ret_message)
{
	CLEANUP(secret_free_p) struct secret *em = NULL;
	uint8_t label[EVP_MAX_MD_SIZE];
	size_t len = secret_len(block);
	size_t h = oaep->hash->len;
	size_t room = 0;
	size_t got = 0;
	struct ct_message found;

	if (!pad_oaep_room(oaep, len, &room))
		return CKR_KEY_SIZE_RANGE;
	em = secret_new(secret_bytes(block), len);
	if (!em)
		return CKR_HOST_MEMORY;
	if (!crypto_digest(crypto, oaep->hash->name, oaep->label, label, &got) || got != h ||
		!oaep_unmask(crypto, oaep, secret_bytes_mut(em), len))
		return CKR_FUNCTION_FAILED;
	ct_oaep(secret_bytes(em), (uint32_t)len, label, (uint32_t)h, &found);
	/* from here on it is the answer to the caller that tells */
	if (!found.right)
		return CKR_ENCRYPTED_DATA_INVALID;
	*ret_message = secret_new(secret_bytes(em) + found.start, found.len);
	return *ret_message ? CKR_OK : CKR_HOST_MEMORY;
}
