/* SPDX-License-Identifier: Apache-2.0 */
/* What only objects of sessions keep of their templates: dates, a subject, the mechanisms that a
 * key is for. */
#include "create.h"

#include <string.h>

#include "attr.h"
#include "object.h"
#include "scope.h"

static bool between(const char *digits, int low, int high)
{
	int value = (digits[0] - '0') * 10 + digits[1] - '0';

	return value >= low && value <= high;
}

static bool is_date(const CK_ATTRIBUTE *attr)
{
	char digits[TOKEN_DATE_LEN + 1] = { 0 };

	if (!attr || !attr->ulValueLen)
		return true;
	if (attr->ulValueLen != TOKEN_DATE_LEN)
		return false;
	memcpy(digits, attr->pValue, TOKEN_DATE_LEN);
	return strspn(digits, "0123456789") == TOKEN_DATE_LEN && between(digits + 4, 1, 12) &&
	       between(digits + 6, 1, 31);
}

static void read_date(const CK_ATTRIBUTE *attr, char *out)
{
	if (!attr)
		return;
	memset(out, 0, TOKEN_DATE_LEN + 1);
	if (attr->ulValueLen == TOKEN_DATE_LEN)
		memcpy(out, attr->pValue, TOKEN_DATE_LEN);
}

void create_read_dates(const CK_ATTRIBUTE *template, CK_ULONG count, struct token_dates *dates)
{
	read_date(attr_find(template, count, CKA_START_DATE), dates->start);
	read_date(attr_find(template, count, CKA_END_DATE), dates->end);
}

CK_RV create_check_kept(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *list = attr_find(template, count, CKA_ALLOWED_MECHANISMS);

	if (!is_date(attr_find(template, count, CKA_START_DATE)) ||
		!is_date(attr_find(template, count, CKA_END_DATE)) ||
		(list && list->ulValueLen % sizeof(CK_MECHANISM_TYPE)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return CKR_OK;
}

static bool keep(
	struct blob *to, const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *attr = attr_find(template, count, type);

	return !attr || blob_set(to, attr->pValue, attr->ulValueLen);
}

CK_RV create_read_kept(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = create_check_kept(template, count);

	if (rv != CKR_OK || object->meta.class == CKO_CERTIFICATE)
		return rv; /* which has dates and subject of its own */
	create_read_dates(template, count, &object->meta.dates);
	if (!keep(&object->parts.subject, template, count, CKA_SUBJECT) ||
		!keep(&object->allowed, template, count, CKA_ALLOWED_MECHANISMS))
		return CKR_HOST_MEMORY;
	object->restricted = object->allowed.len != 0;
	return CKR_OK;
}

CK_RV create_check_stored(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *list = attr_find(template, count, CKA_ALLOWED_MECHANISMS);
	CK_RV rv = create_check_kept(template, count);

	return rv == CKR_OK && list && list->ulValueLen ? CKR_TEMPLATE_INCONSISTENT : rv;
}
