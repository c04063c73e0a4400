/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of sessions, and the key pairs that they are halves of: in memory of the module,
 * never on the token. docs/decisions/0215. */
#include "create.h"

#include "attr.h"
#include "mech.h"
#include "object.h"
#include "object_load.h"
#include "scope.h"
#include "session.h"
#include "slot.h"

#include "cardos/secret.h"

static void object_free_p(struct object **object)
{
	*object = object_free(*object);
}

bool create_on_token(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	bool on_token = false;

	attr_get_bool(template, count, CKA_TOKEN, &on_token);
	return on_token;
}

/* A secret that stays, unless the template says otherwise. No PIN of the token guards it. */
static CK_RV read_secrecy(
	struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count, bool made)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_SENSITIVE, CKA_EXTRACTABLE,
		CKA_WRAP_WITH_TRUSTED, CKA_ALWAYS_AUTHENTICATE };
	struct token_object *meta = &object->meta;
	bool guarded = false;
	bool *const flags[] = { &meta->sensitive, &meta->extractable, &object->wrap_with_trusted,
		&guarded };
	CK_RV rv = CKR_OK;

	meta->sensitive = true;
	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(types); i++)
		rv = attr_optional(attr_get_bool(template, count, types[i], flags[i]));
	if (rv == CKR_OK && guarded)
		rv = CKR_TEMPLATE_INCONSISTENT;
	meta->local = made;
	meta->always_sensitive = made && meta->sensitive;
	meta->never_extractable = made && !meta->extractable;
	return rv;
}

/* Everything but the key. Not listed yet. */
static CK_RV begin_private(struct slot *slot, const CK_ATTRIBUTE *template, CK_ULONG count,
	CK_KEY_TYPE type, bool made, struct object **ret_object)
{
	CLEANUP(object_free_p) struct object *object = object_new(slot);
	CK_RV rv;

	if (!object)
		return CKR_HOST_MEMORY;
	object->meta.class = CKO_PRIVATE_KEY;
	object->meta.key_type = type;
	object->meta.raw = type == CKK_RSA;
	object->meta.private = slot->login == LOGIN_USER;
	object->loaded = true;
	rv = create_read_common(object, template, count);
	if (rv == CKR_OK && object->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv == CKR_OK)
		rv = create_private_usage(template, count, type, &object->meta.usage);
	if (rv == CKR_OK)
		rv = read_secrecy(object, template, count, made);
	if (rv == CKR_OK)
		rv = create_read_flags(object, template, count, false);
	if (rv == CKR_OK)
		rv = create_read_kept(object, template, count);
	if (rv == CKR_OK)
		*ret_object = TAKE(object);
	return rv;
}

/* Takes key, also on failure; *object goes into the list. */
static CK_RV end_private(const struct session *session, struct object **object, struct secret *key,
	CK_OBJECT_HANDLE *ret_handle)
{
	struct slot *slot = (*object)->slot;
	CK_RV rv;

	(*object)->key = key;
	rv = object_take_key(*object, key);
	/* the key was made, or opened, without the lock: somebody may have logged out meanwhile */
	if (rv == CKR_OK && (*object)->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv != CKR_OK)
		return rv;
	object_add(slot, session->handle, *object);
	*ret_handle = (*object)->handle;
	*object = NULL;
	return CKR_OK;
}

CK_RV create_private(struct slot *slot, struct session *session, const struct create_private *asked,
	CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(object_free_p) struct object *object = NULL;
	CLEANUP(secret_free_p) struct secret *key = NULL;
	CK_KEY_TYPE type = CK_UNAVAILABLE_INFORMATION;
	unsigned bits = 0;
	CK_RV rv = create_read_key(slot, asked, &type, &bits, &key);

	if (rv == CKR_OK)
		rv = begin_private(slot, asked->template, asked->count, type, false, &object);
	if (rv == CKR_OK)
		rv = create_key_fits(&slot->info, type, bits, true);
	return rv == CKR_OK ? end_private(session, &object, TAKE(key), ret_handle) : rv;
}

/* ---- pairs ---- */

/* The public half stays with the session too. */
static CK_RV begin_public(
	struct slot *slot, const struct create_pair *pair, struct object **ret_object)
{
	CLEANUP(object_free_p) struct object *object = object_new(slot);
	CK_RV rv;

	if (!object)
		return CKR_HOST_MEMORY;
	object->meta.class = CKO_PUBLIC_KEY;
	object->meta.key_type = pair->key_type;
	object->meta.local = object->loaded = true;
	rv = create_read_common(object, pair->public, pair->public_count);
	object->meta.private = false;
	if (rv == CKR_OK && create_on_token(pair->public, pair->public_count))
		rv = CKR_TEMPLATE_INCONSISTENT;
	if (rv == CKR_OK)
		rv = create_public_usage(object, pair->public, pair->public_count);
	if (rv == CKR_OK)
		rv = create_read_flags(object, pair->public, pair->public_count, false);
	if (rv == CKR_OK)
		rv = create_read_kept(object, pair->public, pair->public_count);
	if (rv == CKR_OK)
		*ret_object = TAKE(object);
	return rv;
}

struct making {
	const struct crypto *crypto;
	CK_KEY_TYPE type;
	unsigned bits;
	struct secret *key;
};

static CK_RV make(void *arg)
{
	struct making *making = arg;

	return session_key_make(making->crypto, making->type, making->bits, &making->key);
}

CK_RV create_private_pair(struct slot *slot, struct session *session,
	const struct create_pair *pair, unsigned bits, CK_OBJECT_HANDLE *ret_public,
	CK_OBJECT_HANDLE *ret_private)
{
	CLEANUP(object_free_p) struct object *private = NULL;
	CLEANUP(object_free_p) struct object *public = NULL;
	struct making making = { slot->crypto, pair->key_type, bits, NULL };
	CK_RV rv = begin_private(
		slot, pair->private, pair->private_count, pair->key_type, true, &private);

	if (rv == CKR_OK)
		rv = begin_public(slot, pair, &public);
	if (rv == CKR_OK)
		rv = session_apart(slot, session, make, &making);
	if (rv == CKR_OK)
		rv = object_take_key(public, making.key);
	if (rv != CKR_OK) {
		secret_free(making.key);
		return rv;
	}
	rv = end_private(session, &private, making.key, ret_private);
	if (rv != CKR_OK)
		return rv;
	object_add(slot, session->handle, public);
	*ret_public = TAKE(public)->handle;
	return CKR_OK;
}
