/* SPDX-License-Identifier: Apache-2.0 */
/* New objects from a template, and changes to objects. All functions: slot lock held. */
#ifndef PKCS11_CREATE_H
#define PKCS11_CREATE_H

#include "ck.h"

struct object;
struct session;
struct slot;

struct create_pair {
	const CK_ATTRIBUTE *public;
	CK_ULONG public_count;
	const CK_ATTRIBUTE *private;
	CK_ULONG private_count;
	CK_KEY_TYPE key_type; /* CKK_RSA or CKK_EC */
};

/* A certificate, RSA public key or data object, on the token or of the session.
 * Errors: those of C_CreateObject(). */
CK_RV create_object(struct slot *slot, struct session *session, const CK_ATTRIBUTE *template,
	CK_ULONG count, CK_OBJECT_HANDLE *ret_handle);

/* A key pair on the token (create_generate.c). */
CK_RV create_key_pair(struct slot *slot, struct session *session, const struct create_pair *pair,
	CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private);

/* Label and id, the two that can change. */
CK_RV create_change(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count);

/* May the session write to the token? CKR_SESSION_READ_ONLY, CKR_TOKEN_WRITE_PROTECTED,
 * CKR_USER_NOT_LOGGED_IN. */
CK_RV create_may_write(const struct slot *slot, const struct session *session);

#endif
