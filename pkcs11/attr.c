/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: reading templates, showing an object's values by the two-call rule, matching. */
#include "attr.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "object_load.h"
#include "object_name.h"

const CK_ATTRIBUTE *attr_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (template[i].type == type)
			return &template[i];
	return NULL;
}

CK_RV attr_get_ulong(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);

	if (!attr)
		return CKR_TEMPLATE_INCOMPLETE;
	if (!attr->pValue || attr->ulValueLen != sizeof(*ret))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(ret, attr->pValue, sizeof(*ret));
	return CKR_OK;
}

CK_RV attr_get_bool(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, bool *ret)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);
	CK_BBOOL value;

	if (!attr)
		return CKR_TEMPLATE_INCOMPLETE;
	if (!attr->pValue || attr->ulValueLen != sizeof(value))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(&value, attr->pValue, sizeof(value));
	*ret = value != CK_FALSE;
	return CKR_OK;
}

CK_RV attr_get_blob(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, struct blob *ret)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);

	if (!attr || !attr->ulValueLen)
		return CKR_TEMPLATE_INCOMPLETE;
	return blob_set(ret, attr->pValue, attr->ulValueLen) ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV attr_optional(CK_RV rv)
{
	return rv == CKR_TEMPLATE_INCOMPLETE ? CKR_OK : rv;
}

CK_RV attr_get_text(const CK_ATTRIBUTE *attr, char *out, size_t cap)
{
	if (attr->ulValueLen >= cap ||
		(attr->ulValueLen && memchr(attr->pValue, '\0', attr->ulValueLen)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (attr->ulValueLen)
		memcpy(out, attr->pValue, attr->ulValueLen);
	out[attr->ulValueLen] = '\0';
	return CKR_OK;
}

CK_RV attr_check(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	if (!template && count)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count; i++)
		if ((!template[i].pValue && template[i].ulValueLen) ||
			template[i].ulValueLen == CK_UNAVAILABLE_INFORMATION)
			return CKR_ARGUMENTS_BAD;
	return CKR_OK;
}

static int by_type(const void *key, const void *row)
{
	CK_ATTRIBUTE_TYPE type = *(const CK_ATTRIBUTE_TYPE *)key;
	CK_ATTRIBUTE_TYPE other = ((const struct attr_row *)row)->type;

	return (type > other) - (type < other);
}

const struct attr_row *attr_row_find(CK_ATTRIBUTE_TYPE type)
{
	return bsearch(&type, attr_table, attr_table_len, sizeof(attr_table[0]), by_type);
}

static unsigned class_bit(CK_OBJECT_CLASS class)
{
	switch (class) {
	case CKO_DATA:
		return ATTR_DATA;
	case CKO_CERTIFICATE:
		return ATTR_CERTIFICATE;
	case CKO_PUBLIC_KEY:
		return ATTR_PUBLIC;
	case CKO_PRIVATE_KEY:
		return ATTR_PRIVATE;
	case CKO_HW_FEATURE:
		return ATTR_FEATURE;
	case CKO_PROFILE:
		return ATTR_PROFILE;
	case CKO_SECRET_KEY:
		return ATTR_SECRET;
	default:
		return 0;
	}
}

const struct attr_row *attr_row_of(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type)
{
	const struct attr_row *row = attr_row_find(type);

	return row && (row->classes & class_bit(class)) ? row : NULL;
}

static const struct attr_row *row_for(const struct object *object, CK_ATTRIBUTE_TYPE type)
{
	return attr_row_of(object->meta.class, type);
}

static bool same_value(const CK_ATTRIBUTE *a, const CK_ATTRIBUTE *b)
{
	return a->ulValueLen == b->ulValueLen &&
	       (!a->ulValueLen || memcmp(a->pValue, b->pValue, a->ulValueLen) == 0);
}

CK_RV attr_check_twice(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (!same_value(&template[i], attr_find(template, count, template[i].type)))
			return CKR_TEMPLATE_INCONSISTENT;
	return CKR_OK;
}

static CK_RV check_one(const CK_ATTRIBUTE *attr)
{
	const struct attr_row *row = attr_row_find(attr->type);

	if (!row)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if ((row->kind == ATTR_ULONG && attr->ulValueLen != sizeof(CK_ULONG)) ||
		(row->kind == ATTR_BOOL && attr->ulValueLen != sizeof(CK_BBOOL)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return row->fixed ? CKR_ATTRIBUTE_READ_ONLY : CKR_OK;
}

bool attr_class_known(CK_OBJECT_CLASS class)
{
	return class <= CKO_PROFILE;
}

/* What keys made with this key must be: nothing here would see to it. */
static bool asks_for_more(const CK_ATTRIBUTE *attr)
{
	return attr->ulValueLen &&
	       (attr->type == CKA_WRAP_TEMPLATE || attr->type == CKA_UNWRAP_TEMPLATE ||
		       attr->type == CKA_DERIVE_TEMPLATE);
}

CK_RV attr_check_new(const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class)
{
	bool trusted = false;
	CK_RV rv = CKR_OK;

	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++)
		rv = check_one(&template[i]);
	if (rv != CKR_OK)
		return rv;
	for (CK_ULONG i = 0; i < count; i++)
		if (!attr_row_of(class, template[i].type) || asks_for_more(&template[i]))
			return CKR_TEMPLATE_INCONSISTENT;
	/* only the SO could say so, who writes no objects here */
	attr_get_bool(template, count, CKA_TRUSTED, &trusted);
	return trusted ? CKR_ATTRIBUTE_READ_ONLY : attr_check_twice(template, count);
}

/* The value as the bytes that a template holds; store: room for numbers and flags.
 * Errors: CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE. */
static CK_RV value_bytes(const struct object *object, CK_ATTRIBUTE_TYPE type, CK_ULONG *store,
	const void **ret_bytes, size_t *ret_len)
{
	const struct attr_row *row = row_for(object, type);
	struct attr_value value = { 0 };
	CK_BBOOL flag;
	enum attr_answer answer = row ? row->get(object, &value) : ATTR_NONE;

	if (answer != ATTR_OK)
		return answer == ATTR_SENSITIVE ? CKR_ATTRIBUTE_SENSITIVE
						: CKR_ATTRIBUTE_TYPE_INVALID;
	*ret_bytes = store;
	switch (row->kind) {
	case ATTR_ULONG:
		*store = value.number;
		*ret_len = sizeof(value.number);
		break;
	case ATTR_BOOL:
		flag = value.flag ? CK_TRUE : CK_FALSE;
		memcpy(store, &flag, sizeof(flag));
		*ret_len = sizeof(flag);
		break;
	case ATTR_BYTES:
		*ret_bytes = value.bytes;
		*ret_len = value.len;
		break;
	}
	return CKR_OK;
}

static CK_RV show_one(const struct object *object, CK_ATTRIBUTE *attr)
{
	CK_ULONG store = 0;
	CK_ULONG room = attr->ulValueLen;
	const void *bytes = NULL;
	size_t len = 0;
	CK_RV rv = value_bytes(object, attr->type, &store, &bytes, &len);

	attr->ulValueLen = CK_UNAVAILABLE_INFORMATION;
	if (rv != CKR_OK)
		return rv;
	if (attr->pValue && room < len)
		return CKR_BUFFER_TOO_SMALL;
	attr->ulValueLen = len;
	if (attr->pValue && len)
		memcpy(attr->pValue, bytes, len);
	return CKR_OK;
}

/* The most that one attribute of the template needs. */
static enum attr_needs needs_of(
	const struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	enum attr_needs needs = ATTR_AT_HAND;

	for (CK_ULONG i = 0; i < count; i++) {
		const struct attr_row *row = row_for(object, template[i].type);

		if (row && row->needs > needs)
			needs = row->needs;
	}
	return needs;
}

static CK_RV satisfy(struct object *object, enum attr_needs needs)
{
	CK_RV rv = needs == ATTR_AT_HAND || object->loaded ? CKR_OK : object_load(object);

	return rv == CKR_OK && needs == ATTR_ASKS ? object_look_around(object) : rv;
}

CK_RV attr_show(struct object *object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV result = satisfy(object, needs_of(object, template, count));

	for (CK_ULONG i = 0; i < count; i++) {
		CK_RV rv = show_one(object, &template[i]);

		if (rv != CKR_OK && (result == CKR_OK || result == CKR_BUFFER_TOO_SMALL))
			result = rv;
	}
	return result;
}

static bool match_one(const struct object *object, const CK_ATTRIBUTE *attr)
{
	CK_ULONG store = 0;
	const void *bytes = NULL;
	size_t len = 0;

	if (value_bytes(object, attr->type, &store, &bytes, &len) != CKR_OK)
		return false;
	return len == attr->ulValueLen && (!len || memcmp(bytes, attr->pValue, len) == 0);
}

CK_RV attr_match(
	struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count, bool *ret_match)
{
	bool late = false;
	CK_RV rv;

	*ret_match = false;
	for (CK_ULONG i = 0; i < count; i++) {
		const struct attr_row *row = row_for(object, template[i].type);

		if (!row)
			return CKR_OK;
		if (row->needs == ATTR_ASKS || (row->needs == ATTR_LOADS && !object->loaded))
			late = true;
		else if (!match_one(object, &template[i]))
			return CKR_OK;
	}
	rv = late ? satisfy(object, needs_of(object, template, count)) : CKR_OK;
	if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
		return rv;
	for (CK_ULONG i = 0; late && i < count; i++)
		if (!match_one(object, &template[i]))
			return CKR_OK;
	*ret_match = true;
	return CKR_OK;
}
