/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a slot: those of the token, those of sessions, those the module adds; their handles.
 * All functions: slot lock held. Which attribute shows what is attr_table.c's. */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include <stdbool.h>

#include "blob.h"
#include "ck.h"
#include "der.h"
#include "object_index.h"
#include "session_key.h"
#include "token.h"

struct secret;
struct session;
struct slot;

#define OBJECT_MECHS_MAX 32

struct object {
	struct object *next, *previous;
	/* object_index.c's */
	struct object *chain[OBJECT_KEYS];
	uint64_t hash[OBJECT_KEYS];
	bool indexed;
	bool listed; /* the token still has it: while the list is read anew */
	CK_OBJECT_HANDLE handle;
	CK_SESSION_HANDLE owner;    /* 0: belongs to the token */
	bool on_token;              /* meta.number is the token's */
	CK_HW_FEATURE_TYPE feature; /* of a hardware feature object */
	enum token_role role;       /* ... that is a PIN */
	bool derived;               /* a public key that only its certificate has */
	CK_ULONG profile;           /* CKP_..., of a profile object */
	/* what the template of a session object forbids */
	bool unmodifiable, uncopyable, undestroyable;
	struct slot *slot;
	struct token_object meta;
	/* read from the token on first demand */
	bool loaded;
	struct blob value; /* certificate DER, RSAPublicKey DER, bytes of a data object */
	struct blob check; /* CKA_CHECK_VALUE of a certificate */
	struct der_parts parts;
	struct blob unique_id;           /* once somebody asked */
	struct secret *secret;           /* the value of a secret key; NULL: it is none */
	CK_MECHANISM_TYPE gen_mechanism; /* that made it; of secret keys */
	struct secret *key;              /* a session's private key; NULL: it is none */
	struct secret *numbers[SESSION_KEY_NUMBERS]; /* ... as long as they may be told */
	bool wrap_with_trusted;
	struct blob
		allowed;  /* the mechanisms of its template, CK_MECHANISM_TYPE; of session keys */
	bool restricted;  /* ... there is such a list */
	bool unchecked;   /* its template wants no CKA_CHECK_VALUE */
	uint64_t counted; /* initial values that were counted up with it, message.h */
	CK_MECHANISM_TYPE mechs[OBJECT_MECHS_MAX];
	size_t mech_count;
};

/* NULL: no such object, or not to be seen (private, nobody logged in). *ret_hidden (may be NULL)
 * tells the two apart. */
struct object *object_find(struct slot *slot, CK_OBJECT_HANDLE handle, bool *ret_hidden);
struct object *object_find_number(struct slot *slot, uint32_t number);

bool object_visible(const struct slot *slot, const struct object *object);

/* What C_SetAttributeValue, C_DestroyObject and C_CopyObject may do with it. */
bool object_modifiable(const struct object *object);
bool object_destroyable(const struct object *object);
bool object_copyable(const struct object *object);

/* It may not leave any more: nor may its numbers. */
void object_hide_numbers(struct object *object);

/* Forget what was read from the token. */
void object_forget(struct object *object);

/* The token's objects that may have the same id; go on with object_index_next(OBJECT_BY_ID). */
struct object *object_first_with_id(const struct object *object);
bool object_same_id(const struct object *a, const struct object *b);

/* A new object of a session, not yet visible. NULL: no memory. */
struct object *object_new(struct slot *slot);
/* Put it into the list; it has its handle afterwards. What it is found by (number, id, label) is
 * changed between object_index_remove() and object_index_add() only. */
void object_add(struct slot *slot, CK_SESSION_HANDLE owner, struct object *object);
struct object *object_free(struct object *object);

/* Remove from the list and free. */
void object_remove(struct slot *slot, struct object *object);
void object_forget_session(struct slot *slot, CK_SESSION_HANDLE owner);
void object_forget_all(struct slot *slot);
/* The private objects of sessions end with the login. */
void object_forget_private(struct slot *slot);

#endif
