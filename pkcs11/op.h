/* SPDX-License-Identifier: Apache-2.0 */
/* One active operation of a session: its mechanism, key, digest under way, gathered data.
 * All functions: slot lock held. */
#ifndef PKCS11_OP_H
#define PKCS11_OP_H

#include <stdbool.h>

#include <openssl/types.h>

#include "blob.h"
#include "ck.h"
#include "mech.h"
#include "mech_pad.h"
#include "token.h"

struct object;
struct secret;
struct session;
struct slot;

enum op_kind {
	OP_DIGEST,
	OP_SIGN,
	OP_VERIFY,
	OP_ENCRYPT,
	OP_DECRYPT,
	OP_SIGN_RECOVER,
	OP_VERIFY_RECOVER,
	/* of many messages, message.h */
	OP_MESSAGE_ENCRYPT,
	OP_MESSAGE_DECRYPT,
	OP_MESSAGE_SIGN,
	OP_MESSAGE_VERIFY,
	OP_KINDS, /* those above can be a session's; those below live for one function */
	OP_WRAP = OP_KINDS,
	OP_UNWRAP,
	OP_DERIVE,
};

#define OP_IV_MAX 128 /* what OpenSSL takes for GCM */

struct op {
	enum op_kind kind;
	struct session *session;
	const struct mech *mech;
	CK_OBJECT_HANDLE key;
	size_t block_len;  /* bytes of modulus or ECDSA signature; of a digest or MAC: its length */
	unsigned bits;     /* of modulus or field */
	bool updating;     /* ...Update was called: no one-shot function any more */
	bool done;         /* enciphered or deciphered: the result waits to be taken */
	bool in_memory;    /* its key is a session's private key: nothing is asked of the token */
	bool authenticate; /* needs C_Login(CKU_CONTEXT_SPECIFIC) before its key is used */
	EVP_MD_CTX *md;    /* mechanisms with a digest */
	struct blob data;  /* the others gather here */
	const struct mech_hash *hash, *mgf; /* of PSS, OAEP; hash also of the other mechanisms */
	size_t salt_len;
	struct blob label;      /* of OAEP; additional data of GCM; shared data of ECDH */
	EVP_MAC_CTX *mac;       /* HMAC */
	EVP_CIPHER_CTX *cipher; /* AES */
	uint8_t iv[OP_IV_MAX];
	size_t iv_len, tag_len;
	size_t fed, given;          /* bytes that went into and came out of cipher */
	struct pad_lengths lengths; /* that an unwrapped key may have */
	CK_ULONG kdf;               /* of ECDH */
	struct secret *plain;       /* deciphered, waiting for a large enough buffer */
	struct blob result;         /* likewise a signature or digest */
	struct blob parameter;      /* of many messages: the mechanism's, for each of them */
	struct op *message;         /* ... and the one under way, or NULL */
};

/* Begin an operation. key: 0 for digests.
 * Errors: CKR_OPERATION_ACTIVE, CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID,
 * CKR_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN (a private key), mech_check_key()'s. */
CK_RV op_begin(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
/* The same for one function; it is not the session's active operation. */
CK_RV op_new(struct slot *slot, struct session *session, enum op_kind kind,
	const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key, struct op **ret_op);
struct op *op_free(struct op *op);
void op_free_p(struct op **op);

/* More data. Errors: CKR_DATA_LEN_RANGE (more than the key takes), CKR_FUNCTION_FAILED. */
CK_RV op_update(struct op *op, const CK_BYTE *bytes, CK_ULONG len);

/* What a finished operation gives, into op->result (or op->plain). Called once; answers at once
 * when the result is there already. */
CK_RV op_digest(struct op *op);
CK_RV op_sign(struct slot *slot, struct op *op);
CK_RV op_verify(struct slot *slot, struct op *op, const CK_BYTE *signature, CK_ULONG len);
CK_RV op_encrypt(struct slot *slot, struct op *op);
CK_RV op_decrypt(struct slot *slot, struct op *op);

/* ---- AES and HMAC, op_cipher.c ---- */

/* Take the secret key's value. Errors: CKR_KEY_SIZE_RANGE, CKR_FUNCTION_FAILED. */
CK_RV op_cipher_start(const struct slot *slot, struct op *op, const struct secret *key);
/* What len more bytes will give, and what the end will then; of deciphering, at most. */
size_t op_cipher_next(const struct op *op, size_t len);
size_t op_cipher_last(const struct op *op, size_t len);
/* More data; out gets op_cipher_next() bytes more.
 * Errors: CKR_DATA_LEN_RANGE, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY. */
CK_RV op_cipher_update(struct op *op, const CK_BYTE *bytes, size_t len, struct blob *out);
/* The end. Errors: also CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE. */
CK_RV op_cipher_final(struct op *op, struct blob *out);

/* The authentication code of all data, into op->result. */
CK_RV op_hmac(struct op *op);

/* ---- enciphering and deciphering with any mechanism, op_crypt.c ---- */

/* The length of what len more bytes and the end will give; of deciphering, at most. */
size_t op_crypt_room(const struct op *op, size_t len);
/* One piece of many: what it gives goes to piece. */
CK_RV op_crypt_update(struct op *op, const CK_BYTE *bytes, size_t len, struct blob *piece);
size_t op_crypt_next(const struct op *op, size_t len);
/* The end, or all in one: op->done, and the result in op->result (enciphered) or op->plain. */
CK_RV op_crypt_final(struct slot *slot, struct op *op);
CK_RV op_crypt(struct slot *slot, struct op *op, const CK_BYTE *bytes, size_t len);
/* That result, by the two-call rule. */
CK_RV op_crypt_give(const struct op *op, CK_BYTE *out, CK_ULONG *out_len, bool *ended);

/* ---- the rest ---- */

/* The signature's data, into op->result. */
CK_RV op_verify_recover(struct slot *slot, struct op *op, const CK_BYTE *signature, CK_ULONG len);

/* The mechanism's parameter into op. Errors: CKR_MECHANISM_PARAM_INVALID. op_param.c */
CK_RV op_read_parameter(struct op *op, const CK_MECHANISM *mechanism);

/* The most bytes that deciphering can give, or that can be enciphered; CKR_KEY_SIZE_RANGE: the key
 * is too short for the mechanism. op_rsa.c */
CK_RV op_rsa_room(const struct op *op, size_t *ret_room);

/* How much of the data ECDSA signs: not more than the field has. */
size_t op_ecdsa_len(const struct op *op);
/* signature: op->block_len bytes. op_ec.c */
CK_RV op_ecdsa_verify(struct slot *slot, const struct op *op, const CK_BYTE *signature);

/* The two-call rule for a result of len bytes: *ended says that the operation is over. */
CK_RV op_give(const void *bytes, size_t len, CK_BYTE *out, CK_ULONG *out_len, bool *ended);

#endif
