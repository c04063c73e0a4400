/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files (PKCS#12) in memory: what anybody may see of one, what the password opens, and writing
 * one. Knows no files and no tokens.
 *
 * What we write: keys in shrouded bags (PBES2, AES-256-CBC, PBKDF2-HMAC-SHA256), certificates in
 * plain bags, so that they show without login, private data in an encrypted safe, and a MAC. A bag
 * of ours carries an attribute with what PKCS#12 has no place for (soft_bag.h); other software
 * passes over it. What we read: that, and what others write, within the limits below. A file is
 * foreign bytes. */
#ifndef PKCS11_SOFT_PFX_H
#define PKCS11_SOFT_PFX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "blob.h"
#include "ck.h"
#include "token.h"

struct crypto;
struct secret;

#define SOFT_ROUNDS 600000
#define SOFT_ROUNDS_MAX 5000000 /* of files of others: some 2 s */
#define SOFT_OWN_ID_LEN 20      /* SHA-1 of the public key, as most software names keys */
#define SOFT_ITEMS_MAX 4096     /* in one file */

enum soft_kind {
	SOFT_KEY,
	SOFT_CERTIFICATE,
	SOFT_PUBLIC,
	SOFT_DATA,
};

struct soft_item {
	enum soft_kind kind;
	struct blob value; /* SubjectPublicKeyInfo (SOFT_KEY: empty until opened, in files of
			      others), certificate, data */
	uint8_t id[TOKEN_ID_MAX];
	size_t id_len;
	char label[TOKEN_LABEL_MAX + 1];
	char application[TOKEN_LABEL_MAX + 1];
	unsigned usage;
	struct token_dates dates; /* of a key, and of its public half */
	bool public_object;       /* SOFT_KEY: its public half is an object too */
	bool local;
	bool authority;
	bool private;  /* SOFT_DATA: encrypted; shows only once opened */
	EVP_PKEY *key; /* SOFT_KEY, once opened */
	/* the store's */
	uint8_t own_id[SOFT_OWN_ID_LEN]; /* shown instead of id, which another key has too */
	bool has_own_id;
	uint32_t number, public_number;
	CK_KEY_TYPE key_type;
	unsigned bits;
};

struct soft_pfx {
	struct soft_item *items;
	size_t count;
	bool hidden; /* parts are encrypted that may hold certificates, not opened */
	bool weak;   /* an encrypted part has an old cipher (RC2, 3DES) */
};

struct soft_open {
	const struct secret *password;
	bool weak_allowed;
	bool checked; /* this password was checked against this file before */
};

/* What shows without password. Errors: CKR_DATA_INVALID, CKR_HOST_MEMORY, CKR_GENERAL_ERROR. */
CK_RV soft_pfx_read(const struct crypto *crypto, const struct blob *file, struct soft_pfx *ret_pfx);

/* Is this its password? Errors: CKR_PIN_INCORRECT, CKR_DATA_INVALID, as above. */
CK_RV soft_pfx_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password);

/* All: each SOFT_KEY has its key, nothing is hidden.
 * Errors: as above; CKR_ACTION_PROHIBITED: old cipher, not allowed. */
CK_RV soft_pfx_open(const struct crypto *crypto, const struct blob *file,
	const struct soft_open *how, struct soft_pfx *ret_pfx);

/* Each SOFT_KEY must be open. */
CK_RV soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_file);

/* A new item at the end, empty; NULL: no memory, or too many. Invalidates pointers to others. */
struct soft_item *soft_pfx_add(struct soft_pfx *pfx, enum soft_kind kind);
void soft_pfx_remove(struct soft_pfx *pfx, size_t index);
void soft_pfx_clear(struct soft_pfx *pfx);

#endif
