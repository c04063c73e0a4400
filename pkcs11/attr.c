/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: reading templates, showing an object's values by the two-call rule, matching. */
#include "attr.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"

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
	default:
		return 0;
	}
}

/* The row if an object of this class has such an attribute, else NULL. */
static const struct attr_row *row_for(const struct object *object, CK_ATTRIBUTE_TYPE type)
{
	const struct attr_row *row = attr_row_find(type);

	return row && (row->classes & class_bit(object->meta.class)) ? row : NULL;
}

/* The value as the bytes that a template holds; store: room for numbers and flags.
 * Errors: CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE. */
static CK_RV value_bytes(const struct object *object, CK_ATTRIBUTE_TYPE type, CK_ULONG *store,
	const void **ret_bytes, size_t *ret_len)
{
	const struct attr_row *row = row_for(object, type);
	struct attr_value value = { 0 };
	CK_BBOOL flag;

	if (!row)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (!row->get)
		return CKR_ATTRIBUTE_SENSITIVE;
	if (!row->get(object, &value))
		return CKR_ATTRIBUTE_TYPE_INVALID;
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

static bool needs_load(const struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count && !object->loaded; i++) {
		const struct attr_row *row = row_for(object, template[i].type);

		if (row && row->loads)
			return true;
	}
	return false;
}

CK_RV attr_show(struct object *object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV result = CKR_OK;

	if (needs_load(object, template, count))
		result = object_load(object);
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

		if (!row || !row->get)
			return CKR_OK;
		if (row->loads && !object->loaded)
			late = true;
		else if (!match_one(object, &template[i]))
			return CKR_OK;
	}
	rv = late ? object_load(object) : CKR_OK;
	if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
		return rv;
	for (CK_ULONG i = 0; late && i < count; i++)
		if (!match_one(object, &template[i]))
			return CKR_OK;
	*ret_match = true;
	return CKR_OK;
}
