/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: reading templates, showing an object's values by the two-call rule, matching. */
#ifndef PKCS11_ATTR_H
#define PKCS11_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include "ck.h"

struct blob;
struct object;

/* ---- templates of the caller ---- */

/* NULL: not in it. The first one counts. */
const CK_ATTRIBUTE *attr_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type);

/* Typed values. *ret is untouched and the answer CKR_TEMPLATE_INCOMPLETE when it is not there;
 * CKR_ATTRIBUTE_VALUE_INVALID when its length is not that type's. */
CK_RV attr_get_ulong(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret);
CK_RV attr_get_bool(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, bool *ret);

/* As bytes, replacing *ret; empty counts as not there. Besides: CKR_HOST_MEMORY. */
CK_RV attr_get_blob(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, struct blob *ret);

/* CKR_OK for CKR_TEMPLATE_INCOMPLETE: the value keeps its default. */
CK_RV attr_optional(CK_RV rv);

/* As a string ended by NUL; out: cap bytes. Too long or with a NUL inside: VALUE_INVALID. */
CK_RV attr_get_text(const CK_ATTRIBUTE *attr, char *out, size_t cap);

/* Is the whole template well-formed (no NULL value with a length)? CKR_ARGUMENTS_BAD otherwise. */
CK_RV attr_check(const CK_ATTRIBUTE *template, CK_ULONG count);

/* Is it a class of objects that the standard has? */
bool attr_class_known(CK_OBJECT_CLASS class);

/* Is it fit to make an object of this class? Errors: CKR_ATTRIBUTE_TYPE_INVALID (nobody knows it),
 * CKR_ATTRIBUTE_VALUE_INVALID (another length than its type's), CKR_ATTRIBUTE_READ_ONLY,
 * CKR_TEMPLATE_INCONSISTENT (of another class, or twice with different values). */
CK_RV attr_check_new(const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class);

/* CKR_TEMPLATE_INCONSISTENT: an attribute is in it twice, with different values. */
CK_RV attr_check_twice(const CK_ATTRIBUTE *template, CK_ULONG count);

/* ---- objects ---- */

enum attr_kind {
	ATTR_ULONG,
	ATTR_BOOL,
	ATTR_BYTES
};

struct attr_value {
	CK_ULONG number;   /* ATTR_ULONG */
	bool flag;         /* ATTR_BOOL */
	const void *bytes; /* ATTR_BYTES; borrowed from the object */
	size_t len;
};

/* The classes that have an attribute, as bits of attr_row.classes. */
enum attr_class {
	ATTR_DATA = 1u << 0,
	ATTR_CERTIFICATE = 1u << 1,
	ATTR_PUBLIC = 1u << 2,
	ATTR_PRIVATE = 1u << 3,
	ATTR_FEATURE = 1u << 4,
	ATTR_PROFILE = 1u << 5,
	ATTR_SECRET = 1u << 6,
};

/* What a getter says. */
enum attr_answer {
	ATTR_NONE,     /* this object has no such value */
	ATTR_OK,       /* value is filled */
	ATTR_SENSITIVE /* it has one, and does not tell */
};

enum attr_needs {
	ATTR_AT_HAND,
	ATTR_LOADS, /* the object's value must have been read */
	ATTR_ASKS   /* and what object_look_around() finds */
};

struct attr_row {
	CK_ATTRIBUTE_TYPE type;
	enum attr_kind kind;
	unsigned classes; /* enum attr_class */
	enum attr_needs needs;
	bool fixed; /* token and module give it; no template may */
	enum attr_answer (*get)(const struct object *object, struct attr_value *value);
};

/* Sorted by type. attr_table.c */
extern const struct attr_row attr_table[];
extern const size_t attr_table_len;

/* NULL: not known. */
const struct attr_row *attr_row_find(CK_ATTRIBUTE_TYPE type);

/* NULL: objects of this class have no such attribute, or nobody knows it. */
const struct attr_row *attr_row_of(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type);

/* C_GetAttributeValue(): every attribute of the template is answered; the code is one of those that
 * apply. Loads the object if an attribute needs it. */
CK_RV attr_show(struct object *object, CK_ATTRIBUTE *template, CK_ULONG count);

/* *ret_match: object has all attributes of the template with these values. Loads the object only if
 * all that needs no reading matches. Errors: CKR_DEVICE_REMOVED and the like. */
CK_RV attr_match(
	struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count, bool *ret_match);

#endif
