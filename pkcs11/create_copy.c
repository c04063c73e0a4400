/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of objects: of the session or on the token, never freer than what they are copies of. */
#include "create.h"

#include <string.h>

#include "attr.h"
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

/* Only what C_CopyObject() may change. */
static CK_RV check_template(const struct object *from, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	static const CK_ATTRIBUTE_TYPE may[] = { CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID,
		CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE, CKA_SENSITIVE, CKA_EXTRACTABLE };
	CK_RV rv = attr_check_new(template, count, from->meta.class);

	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++) {
		size_t row = 0;

		while (row < COUNT_OF(may) && may[row] != template[i].type)
			row++;
		if (row == COUNT_OF(may))
			rv = CKR_ATTRIBUTE_READ_ONLY;
	}
	return rv;
}

/* What the source forbids stays forbidden, except that a copy may be changed. */
static CK_RV read_flags(struct object *copy, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	bool modifiable = !copy->unmodifiable;
	bool copyable = true; /* or it would not be copied */
	bool destroyable = !copy->undestroyable;
	bool private = copy->meta.private;

	attr_get_bool(template, count, CKA_MODIFIABLE, &modifiable);
	attr_get_bool(template, count, CKA_COPYABLE, &copyable);
	attr_get_bool(template, count, CKA_DESTROYABLE, &destroyable);
	attr_get_bool(template, count, CKA_PRIVATE, &private);
	if ((copy->meta.private && !private) || (copy->undestroyable && destroyable))
		return CKR_TEMPLATE_INCONSISTENT;
	copy->unmodifiable = !modifiable;
	copy->uncopyable = !copyable;
	copy->undestroyable = !destroyable;
	copy->meta.private = private && copy->meta.class != CKO_CERTIFICATE &&
			     copy->meta.class != CKO_PUBLIC_KEY;
	return CKR_OK;
}

static CK_RV read_names(struct object *copy, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *label = attr_find(template, count, CKA_LABEL);
	const CK_ATTRIBUTE *id = attr_find(template, count, CKA_ID);

	if (id && id->ulValueLen > TOKEN_ID_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (id) {
		copy->meta.id_len = id->ulValueLen;
		if (id->ulValueLen)
			memcpy(copy->meta.id, id->pValue, id->ulValueLen);
	}
	return label ? attr_get_text(label, copy->meta.label, sizeof(copy->meta.label)) : CKR_OK;
}

/* Secret keys may become more secret. */
static CK_RV read_secrecy(struct object *copy, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	bool sensitive = copy->meta.sensitive;
	bool extractable = copy->meta.extractable;

	attr_get_bool(template, count, CKA_SENSITIVE, &sensitive);
	attr_get_bool(template, count, CKA_EXTRACTABLE, &extractable);
	if ((copy->meta.sensitive && !sensitive) || (!copy->meta.extractable && extractable))
		return CKR_TEMPLATE_INCONSISTENT;
	copy->meta.sensitive = sensitive;
	copy->meta.extractable = extractable;
	return CKR_OK;
}

static bool copy_blob(struct blob *to, const struct blob *from)
{
	return !from->bytes || to->bytes || blob_set(to, from->bytes, from->len);
}

/* What was said of it, and what follows from its value. */
static bool copy_kept(struct object *copy, const struct object *from)
{
	copy->restricted = from->restricted;
	copy->unchecked = from->unchecked;
	return copy_blob(&copy->allowed, &from->allowed) && copy_blob(&copy->check, &from->check) &&
	       copy_blob(&copy->parts.subject, &from->parts.subject);
}

/* The value, also of a key that has its public half from a certificate. */
static bool copy_value(struct object *copy, const struct object *from)
{
	const struct blob *value = from->value.bytes ? &from->value : &from->parts.spki;

	if (from->secret) {
		copy->secret = secret_new(secret_bytes(from->secret), secret_len(from->secret));
		copy->gen_mechanism = from->gen_mechanism;
		copy->wrap_with_trusted = from->wrap_with_trusted;
		copy->counted = from->counted;
		return copy->secret != NULL && copy_kept(copy, from);
	}
	if (from->key) {
		copy->key = secret_new(secret_bytes(from->key), secret_len(from->key));
		copy->wrap_with_trusted = from->wrap_with_trusted;
		return copy->key && object_take_key(copy, copy->key) == CKR_OK &&
		       copy_kept(copy, from);
	}
	if (!value->len && copy->meta.class == CKO_DATA)
		return copy_kept(copy, from);
	if (!value->len || !blob_set(&copy->value, value->bytes, value->len))
		return false;
	object_take_apart(copy);
	return copy_kept(copy, from);
}

static CK_RV make_copy(const struct object *from, const CK_ATTRIBUTE *template, CK_ULONG count,
	struct object **ret_copy)
{
	CLEANUP(object_free_p) struct object *copy = object_new(from->slot);
	CK_RV rv;

	if (!copy)
		return CKR_HOST_MEMORY;
	copy->meta = from->meta;
	copy->meta.number = 0;
	copy->meta.modifiable = true;
	copy->unmodifiable = from->unmodifiable;
	copy->undestroyable = from->undestroyable;
	copy->loaded = true;
	rv = read_flags(copy, template, count);
	if (rv == CKR_OK)
		rv = read_secrecy(copy, template, count);
	if (rv == CKR_OK)
		rv = read_names(copy, template, count);
	if (rv == CKR_OK && !copy_value(copy, from))
		rv = CKR_FUNCTION_FAILED;
	if (rv == CKR_OK)
		*ret_copy = TAKE(copy);
	return rv;
}

/* A token keeps no word of what is forbidden, and no secret keys. */
static bool storable(const struct object *copy)
{
	return !copy->secret && !copy->restricted && !copy->unmodifiable && !copy->uncopyable &&
	       !copy->undestroyable;
}

CK_RV create_copy(struct slot *slot, struct session *session, CK_OBJECT_HANDLE handle,
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(object_free_p) struct object *copy = NULL;
	struct object *from = object_find(slot, handle, NULL);
	bool on_token = from && !from->owner;
	CK_RV rv;

	if (!from)
		return CKR_OBJECT_HANDLE_INVALID;
	if (!object_copyable(from))
		return CKR_ACTION_PROHIBITED;
	rv = check_template(from, template, count);
	if (rv == CKR_OK)
		rv = attr_optional(attr_get_bool(template, count, CKA_TOKEN, &on_token));
	if (rv == CKR_OK && on_token)
		rv = create_may_write(slot, session);
	if (rv == CKR_OK)
		rv = object_load(from);
	if (rv == CKR_OK)
		rv = make_copy(from, template, count, &copy);
	if (rv == CKR_OK && on_token && !storable(copy))
		rv = CKR_TEMPLATE_INCONSISTENT;
	if (rv == CKR_OK && copy->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv != CKR_OK)
		return rv;
	if (on_token)
		return copy->key ? create_import_copy(slot, copy, ret_handle)
				 : create_store(slot, copy, ret_handle);
	object_add(slot, session->handle, copy);
	*ret_handle = TAKE(copy)->handle;
	return CKR_OK;
}
