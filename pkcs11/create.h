/* SPDX-License-Identifier: Apache-2.0 */
/* New objects from a template, and changes to objects. All functions: slot lock held. */
#ifndef PKCS11_CREATE_H
#define PKCS11_CREATE_H

#include <stdbool.h>
#include <stddef.h>

#include "ck.h"

struct object;
struct secret;
struct token_dates;
struct token_info;
struct session;
struct slot;

struct create_pair {
	const CK_ATTRIBUTE *public;
	CK_ULONG public_count;
	const CK_ATTRIBUTE *private;
	CK_ULONG private_count;
	CK_KEY_TYPE key_type; /* CKK_RSA or CKK_EC */
};

/* A certificate, public key or data object, on the token or of the session.
 * Errors: those of C_CreateObject(). */
CK_RV create_object(struct slot *slot, struct session *session, const CK_ATTRIBUTE *template,
	CK_ULONG count, CK_OBJECT_HANDLE *ret_handle);

/* A key pair on the token, or of the session (create_generate.c). */
CK_RV create_key_pair(struct slot *slot, struct session *session, const struct create_pair *pair,
	CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private);

/* Usage of a private key: what the template says; if it says nothing true, the default
 * (create_generate.c). */
CK_RV create_private_usage(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_KEY_TYPE key_type, unsigned *ret_usage);

/* A private key that was made elsewhere: from its numbers in the template, or from its
 * PrivateKeyInfo, as private_key_decode() takes it. */
struct create_private {
	const CK_ATTRIBUTE *template;
	CK_ULONG count;
	const struct secret *encoded; /* or NULL */
	size_t fill;
};

/* Does the template say that the object is the token's? Without a word it is the session's. */
bool create_on_token(const CK_ATTRIBUTE *template, CK_ULONG count);

/* Onto a token that takes one (create_import.c). Errors: create_may_write()'s;
 * CKR_TEMPLATE_INCONSISTENT: the token takes no keys. */
CK_RV create_may_import(const struct slot *slot, const struct session *session);
CK_RV create_import(struct slot *slot, struct session *session, const struct create_private *asked,
	CK_OBJECT_HANDLE *ret_handle);
/* A session's key onto the token. */
CK_RV create_import_copy(
	struct slot *slot, const struct object *copy, CK_OBJECT_HANDLE *ret_handle);
/* Its type and PrivateKeyInfo, which the caller frees. */
CK_RV create_read_key(struct slot *slot, const struct create_private *asked, CK_KEY_TYPE *ret_type,
	unsigned *ret_bits, struct secret **ret_key);
/* Is it of a size that the token's mechanisms take? used: what is used, not made, may be smaller.
 * Errors: CKR_CURVE_NOT_SUPPORTED, CKR_KEY_SIZE_RANGE. */
CK_RV create_key_fits(const struct token_info *info, CK_KEY_TYPE type, unsigned bits, bool used);

/* One of the session (create_private.c), and a pair whose templates were checked. */
CK_RV create_private(struct slot *slot, struct session *session, const struct create_private *asked,
	CK_OBJECT_HANDLE *ret_handle);
CK_RV create_private_pair(struct slot *slot, struct session *session,
	const struct create_pair *pair, unsigned bits, CK_OBJECT_HANDLE *ret_public,
	CK_OBJECT_HANDLE *ret_private);

/* The parts of a public key from a template (create_public.c). */
CK_RV create_read_public(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);
CK_RV create_public_usage(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);

/* Write it to the token and find it in the list. */
CK_RV create_store(struct slot *slot, const struct object *object, CK_OBJECT_HANDLE *ret_handle);

/* A copy on the token or of the session (create_copy.c). Errors: those of C_CopyObject(). */
CK_RV create_copy(struct slot *slot, struct session *session, CK_OBJECT_HANDLE handle,
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret_handle);

/* What every template may say: private, label, id; and that each attribute is one that we know,
 * with a value of its length. */
CK_RV create_read_common(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);

/* What the object forbids (changing, copying, destroying); a token keeps no such words. */
CK_RV create_read_flags(
	struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count, bool on_token);

/* A text of the template; out is unchanged if it is not there. */
CK_RV create_read_text(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, char *out);

/* ---- dates, subject and allowed mechanisms: kept with objects of sessions; create_kept.c ---- */

/* CKR_ATTRIBUTE_VALUE_INVALID: no dates, or no list of mechanisms. */
CK_RV create_check_kept(const CK_ATTRIBUTE *template, CK_ULONG count);
CK_RV create_read_kept(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);
/* Of a key on the token; those that the template does not have stay. */
void create_read_dates(const CK_ATTRIBUTE *template, CK_ULONG count, struct token_dates *dates);
/* Of an object on the token: nobody would remember which mechanisms it was for
 * (CKR_TEMPLATE_INCONSISTENT); the subject is its certificate's. */
CK_RV create_check_stored(const CK_ATTRIBUTE *template, CK_ULONG count);

/* ---- secret keys, always of the session; create_secret.c ---- */

struct create_secret {
	const CK_ATTRIBUTE *template;
	CK_ULONG count;
	CK_KEY_TYPE key_type; /* of the mechanism; CK_UNAVAILABLE_INFORMATION: the template says */
	CK_MECHANISM_TYPE gen_mechanism; /* that makes it, or CK_UNAVAILABLE_INFORMATION */
	bool has_value;                  /* the template brings it */
	const struct object *base;       /* that it is derived from, or NULL */
};

/* Everything but the value. The object is not listed yet. *ret_len: CKA_VALUE_LEN; 0: not told.
 * Errors: CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_..., ... */
CK_RV create_secret_begin(struct slot *slot, const struct create_secret *request,
	struct object **ret_object, size_t *ret_len);
/* May a key of this type be so long? */
bool create_secret_fits(CK_KEY_TYPE type, size_t len);
/* Takes object and value, also on failure. CKR_KEY_SIZE_RANGE: no length for such a key. */
CK_RV create_secret_end(struct slot *slot, const struct session *session, struct object *object,
	struct secret *value, CK_OBJECT_HANDLE *ret_handle);
/* C_CreateObject() of one. */
CK_RV create_secret_object(struct slot *slot, const struct session *session,
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret_handle);
/* C_GenerateKey(). type: CKK_AES or CKK_GENERIC_SECRET. */
CK_RV create_secret_random(struct slot *slot, const struct session *session,
	const struct create_secret *request, CK_OBJECT_HANDLE *ret_handle);

/* *usage changed as the template says; of a private key likewise, by its flags. */
CK_RV create_secret_usage(const CK_ATTRIBUTE *template, CK_ULONG count, unsigned *usage);

/* What C_SetAttributeValue() may change (create_change.c): label and id; of a session's object also
 * dates and subject, of a secret or private key its uses, and that it becomes more secret. */
CK_RV create_change(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);

/* May the session write to the token? CKR_SESSION_READ_ONLY, CKR_TOKEN_WRITE_PROTECTED,
 * CKR_USER_NOT_LOGGED_IN. */
CK_RV create_may_write(const struct slot *slot, const struct session *session);

#endif
