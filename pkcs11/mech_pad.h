/* SPDX-License-Identifier: Apache-2.0 */
/* RSA blocks on the host: PKCS#1 v1.5 block types 1 and 2, DigestInfo, PSS, OAEP. Source: RFC 8017.
 */
#ifndef PKCS11_MECH_PAD_H
#define PKCS11_MECH_PAD_H

#include "blob.h"
#include "ck.h"
#include "mech.h"
#include "mech_ct.h"

struct crypto;
struct secret;

/* Block type 1 around data (hash NULL) or around DigestInfo of the digest that data is.
 * block: len bytes. Errors: CKR_DATA_LEN_RANGE. */
CK_RV pad_pkcs1_sign(
	const struct mech_hash *hash, const struct blob *data, uint8_t *block, size_t len);

struct pad_pss {
	const struct mech_hash *hash;
	const struct mech_hash *mgf;
	size_t salt_len;
	unsigned bits; /* of the modulus */
};

/* EMSA-PSS of a digest; block: (bits + 7) / 8 bytes, at most TOKEN_RSA_MAX.
 * Errors: CKR_DATA_LEN_RANGE, CKR_KEY_SIZE_RANGE, CKR_FUNCTION_FAILED. */
CK_RV pad_pss_sign(const struct crypto *crypto, const struct pad_pss *pss,
	const struct blob *digest, uint8_t *block);

/* Take the message out of a deciphered block of type 2, in constant time, with implicit rejection:
 * a wrong block, or a message of a length that it may not have, gives one that looks random,
 * depends on cryptogram and the process only, and nothing tells it apart. lengths may be NULL.
 * Errors: CKR_HOST_MEMORY, CKR_FUNCTION_FAILED. */
CK_RV pad_pkcs1_decipher(const struct crypto *crypto, const struct secret *block,
	const struct blob *cryptogram, const struct pad_lengths *lengths,
	struct secret **ret_message);

struct pad_oaep {
	const struct mech_hash *hash;
	const struct mech_hash *mgf;
	const struct blob *label;
};

/* The longest message for a modulus of len bytes; false: not even an empty one fits. */
bool pad_oaep_room(const struct pad_oaep *oaep, size_t len, size_t *ret_room);

/* Take the message out of a deciphered block, in constant time: one code for every fault.
 * Errors: CKR_ENCRYPTED_DATA_INVALID, CKR_HOST_MEMORY, CKR_FUNCTION_FAILED, CKR_KEY_SIZE_RANGE. */
CK_RV pad_oaep_decipher(const struct crypto *crypto, const struct pad_oaep *oaep,
	const struct secret *block, struct secret **ret_message);

#endif
