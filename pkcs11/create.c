/* SPDX-License-Identifier: Apache-2.0 */
/* New objects from a template. */
#include "create.h"

#include <string.h>

#include "attr.h"
#include "object.h"
#include "object_load.h"
#include "object_read.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

static void object_free_p(struct object **object)
{
	*object = object_free(*object);
}

CK_RV create_may_write(const struct slot *slot, const struct session *session)
{
	if (!(session->flags & CKF_RW_SESSION))
		return CKR_SESSION_READ_ONLY;
	if (slot->info.write_protected || !slot->info.initialised)
		return CKR_TOKEN_WRITE_PROTECTED;
	return slot->login == LOGIN_USER ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

CK_RV create_read_text(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, char *out)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);

	return attr ? attr_get_text(attr, out, TOKEN_LABEL_MAX + 1) : CKR_OK;
}

static CK_RV read_id(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, CKA_ID);

	if (!attr)
		return CKR_OK;
	if (attr->ulValueLen > TOKEN_ID_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (attr->ulValueLen)
		memcpy(object->meta.id, attr->pValue, attr->ulValueLen);
	object->meta.id_len = attr->ulValueLen;
	return CKR_OK;
}

static CK_RV read_certificate(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_ULONG type = CKC_X_509;
	CK_ULONG category = CK_CERTIFICATE_CATEGORY_UNSPECIFIED;
	const CK_ATTRIBUTE *check;
	CK_RV rv = attr_optional(attr_get_ulong(template, count, CKA_CERTIFICATE_TYPE, &type));

	if (rv == CKR_OK)
		rv = attr_optional(
			attr_get_ulong(template, count, CKA_CERTIFICATE_CATEGORY, &category));
	if (rv == CKR_OK && type != CKC_X_509)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK)
		rv = attr_get_blob(template, count, CKA_VALUE, &object->value);
	if (rv != CKR_OK)
		return rv;
	if (category > CK_CERTIFICATE_CATEGORY_OTHER_ENTITY)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	object_take_apart(object);
	check = attr_find(template, count, CKA_CHECK_VALUE);
	if (!object->parts.spki.len ||
		(check && check->ulValueLen &&
			!blob_equal(&object->check, check->pValue, check->ulValueLen)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	object->meta.authority =
		category == CK_CERTIFICATE_CATEGORY_AUTHORITY ||
		(category == CK_CERTIFICATE_CATEGORY_UNSPECIFIED && object->parts.authority);
	return CKR_OK;
}

static CK_RV read_by_class(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv;

	switch (object->meta.class) {
	case CKO_CERTIFICATE:
		return read_certificate(object, template, count);
	case CKO_PUBLIC_KEY:
		return create_read_public(object, template, count);
	case CKO_DATA:
		rv = create_read_text(template, count, CKA_APPLICATION, object->meta.application);
		return rv == CKR_OK ? attr_optional(attr_get_blob(
					      template, count, CKA_VALUE, &object->value))
				    : rv;
	default:
		return CKR_TEMPLATE_INCONSISTENT;
	}
}

CK_RV create_read_common(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = attr_check_new(template, count, object->meta.class);

	if (rv == CKR_OK)
		rv = attr_optional(
			attr_get_bool(template, count, CKA_PRIVATE, &object->meta.private));
	if (rv == CKR_OK)
		rv = create_read_text(template, count, CKA_LABEL, object->meta.label);
	return rv == CKR_OK ? read_id(object, template, count) : rv;
}

CK_RV create_read_flags(
	struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count, bool on_token)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE };
	bool *const forbidden[] = { &object->unmodifiable, &object->uncopyable,
		&object->undestroyable };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(types); i++) {
		bool allowed = true;

		rv = attr_optional(attr_get_bool(template, count, types[i], &allowed));
		*forbidden[i] = !allowed;
		if (rv == CKR_OK && on_token && !allowed)
			rv = CKR_TEMPLATE_INCONSISTENT;
	}
	return rv;
}

static CK_RV read_template(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = attr_get_ulong(template, count, CKA_CLASS, &object->meta.class);

	if (rv == CKR_OK && !attr_class_known(object->meta.class))
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK)
		rv = create_read_common(object, template, count);
	if (rv == CKR_OK)
		rv = read_by_class(object, template, count);
	object->loaded = true;
	return rv;
}

CK_RV create_store(struct slot *slot, const struct object *object, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	const struct token_object *meta = &object->meta;
	const struct token_store params = {
		.class = meta->class,
		.value = object->value.bytes,
		.value_len = object->value.len,
		.id = meta->id,
		.id_len = meta->id_len,
		.label = meta->label,
		.key_type = meta->key_type,
		.usage = meta->usage,
		.dates = meta->dates,
		.authority = meta->authority,
		.private = meta->private,
		.application = meta->application,
	};
	struct object *stored;
	uint32_t number = 0;
	/* there is no empty file on a card */
	CK_RV rv = slot->info.hardware && !object->value.len ? CKR_TEMPLATE_INCOMPLETE
							     : slot_begin(slot, &held);

	if (rv == CKR_OK)
		rv = object_sync(slot);
	if (rv == CKR_OK)
		rv = slot_note(slot, slot->token->ops->store(slot->token, &params, &number));
	if (rv == CKR_OK)
		rv = object_reread(slot);
	stored = rv == CKR_OK ? object_find_number(slot, number) : NULL;
	if (rv == CKR_OK && !stored)
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		*ret_handle = stored->handle;
	return rv;
}

CK_RV create_object(struct slot *slot, struct session *session, const CK_ATTRIBUTE *template,
	CK_ULONG count, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(object_free_p) struct object *object = NULL;
	const struct create_private private = { .template = template, .count = count };
	CK_OBJECT_CLASS class = CKO_DATA;
	bool on_token = false;
	CK_RV rv;

	if (attr_get_ulong(template, count, CKA_CLASS, &class) == CKR_OK && class == CKO_SECRET_KEY)
		return create_secret_object(slot, session, template, count, ret_handle);
	if (class == CKO_PRIVATE_KEY)
		return create_on_token(template, count)
			       ? create_import(slot, session, &private, ret_handle)
			       : create_private(slot, session, &private, ret_handle);
	object = object_new(slot);
	if (!object)
		return CKR_HOST_MEMORY;
	rv = read_template(object, template, count);
	if (rv == CKR_OK)
		rv = attr_optional(attr_get_bool(template, count, CKA_TOKEN, &on_token));
	if (rv == CKR_OK)
		rv = create_read_flags(object, template, count, on_token);
	if (rv == CKR_OK && object->meta.private && object->meta.class != CKO_DATA)
		object->meta.private = false; /* certificates and public keys are public here */
	if (rv == CKR_OK && object->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv == CKR_OK)
		rv = on_token ? create_check_stored(template, count)
			      : create_read_kept(object, template, count);
	if (rv == CKR_OK && object->meta.class == CKO_PUBLIC_KEY)
		create_read_dates(template, count, &object->meta.dates);
	if (rv == CKR_OK && on_token)
		rv = create_may_write(slot, session);
	if (rv != CKR_OK)
		return rv;
	if (on_token)
		return create_store(slot, object, ret_handle);
	object_add(slot, session->handle, object);
	*ret_handle = TAKE(object)->handle;
	return CKR_OK;
}
