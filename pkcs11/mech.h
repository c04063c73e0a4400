/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanisms: what each needs, which digest and padding it has, who computes it. */
#ifndef PKCS11_MECH_H
#define PKCS11_MECH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck.h"

struct object;
struct token_info;

enum mech_form {
	MECH_DIGEST,       /* a digest, on the host */
	MECH_RSA_GENERATE, /* a key pair, by the token */
	MECH_RSA_PKCS1,    /* block type 1 or 2 around the data (with digest: around DigestInfo) */
	MECH_RSA_PSS,
	MECH_RSA_OAEP,
	MECH_RSA_RAW,
	MECH_EC_GENERATE,
	MECH_ECDSA,           /* over the data, or over their digest */
	MECH_ECDH,            /* a secret key from the other side's point */
	MECH_SECRET_GENERATE, /* of any bytes */
	MECH_AES_GENERATE,
	MECH_AES,      /* in one of the modes, on the host */
	MECH_AES_WRAP, /* RFC 3394, RFC 5649: keys only */
	MECH_HMAC,
};

enum mech_mode {
	MODE_NONE,
	MODE_ECB,
	MODE_CBC,
	MODE_CBC_PAD,
	MODE_GCM,
	MODE_WRAP,
	MODE_WRAP_PAD
};

#define MECH_SECRET_MAX 1024 /* bytes of the longest secret key */

struct mech_hash {
	CK_MECHANISM_TYPE type;
	CK_RSA_PKCS_MGF_TYPE mgf;
	const char *name; /* for EVP_MD_fetch() */
	size_t len;
	const uint8_t
		*prefix; /* DER of DigestInfo before the digest, RFC 8017 9.2 note 1; or NULL */
	size_t prefix_len;
};

struct mech {
	CK_MECHANISM_TYPE type;
	CK_FLAGS flags; /* CKF_SIGN ..., without CKF_HW */
	enum mech_form form;
	const struct mech_hash *hash; /* NULL: the caller gives the digest or none */
	enum mech_mode mode;          /* of AES */
};

/* Sorted by type. mech_table.c */
extern const struct mech mech_table[];
extern const size_t mech_table_len;

/* By type or MGF; NULL: not known. */
const struct mech_hash *mech_hash_find(CK_MECHANISM_TYPE type);
const struct mech_hash *mech_hash_find_mgf(CK_RSA_PKCS_MGF_TYPE mgf);

/* NULL: not known. */
const struct mech *mech_find(CK_MECHANISM_TYPE type);

/* Does a token with these abilities offer it? A blank one offers what it will when initialised. */
bool mech_offered(const struct mech *mech, const struct token_info *info);
/* CKK_RSA, CKK_EC, CKK_AES, CKK_GENERIC_SECRET; CK_UNAVAILABLE_INFORMATION: it takes no key. */
CK_KEY_TYPE mech_key_type(const struct mech *mech);
/* Its keys are secret keys, and the host does all of it. */
bool mech_is_symmetric(const struct mech *mech);
void mech_info(const struct mech *mech, const struct token_info *info, CK_MECHANISM_INFO *ret_info);

/* May this key be used so? function: one of CKF_SIGN, _VERIFY, _SIGN_RECOVER, _VERIFY_RECOVER,
 * _ENCRYPT, _DECRYPT, _WRAP, _UNWRAP, _DERIVE.
 * Errors: CKR_MECHANISM_INVALID, CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED. */
CK_RV mech_check_key(const struct mech *mech, CK_FLAGS function, const struct object *key);

/* Fill CKA_ALLOWED_MECHANISMS of a key; returns how many. */
size_t mech_for_object(const struct object *key, CK_MECHANISM_TYPE *out, size_t cap);

#endif
