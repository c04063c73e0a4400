/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys from a template: RSA by modulus and exponent, EC by curve and point. */
#include "create.h"

#include "attr.h"
#include "object.h"
#include "scope.h"
#include "slot.h"

CK_RV create_public_usage(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		unsigned usage;
	} rows[] = {
		{ CKA_ENCRYPT, TOKEN_USE_ENCRYPT },
		{ CKA_VERIFY, TOKEN_USE_VERIFY },
		{ CKA_VERIFY_RECOVER, TOKEN_USE_VERIFY_RECOVER },
		{ CKA_WRAP, TOKEN_USE_WRAP },
		{ CKA_DERIVE, TOKEN_USE_DERIVE },
	};
	CK_RV rv = CKR_OK;

	object->meta.usage = TOKEN_USE_VERIFY;
	if (object->meta.key_type == CKK_RSA)
		object->meta.usage |= TOKEN_USE_ENCRYPT;
	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(rows); i++) {
		bool on = (object->meta.usage & rows[i].usage) != 0;

		rv = attr_optional(attr_get_bool(template, count, rows[i].type, &on));
		object->meta.usage &= ~rows[i].usage;
		object->meta.usage |= on ? rows[i].usage : 0;
	}
	return rv;
}

static CK_RV read_rsa(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(blob_clear) struct blob modulus = { 0 };
	CLEANUP(blob_clear) struct blob exponent = { 0 };
	CK_RV rv = attr_get_blob(template, count, CKA_MODULUS, &modulus);

	if (rv == CKR_OK)
		rv = attr_get_blob(template, count, CKA_PUBLIC_EXPONENT, &exponent);
	if (rv != CKR_OK)
		return rv;
	if (!der_rsa_numbers(object->slot->crypto, &modulus, &exponent, &object->parts) ||
		!der_rsa_public_key(&object->parts.spki, &object->value) ||
		object->parts.modulus.len > TOKEN_RSA_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	object->meta.bits = der_rsa_bits(&object->parts);
	return CKR_OK;
}

static CK_RV read_ec(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(blob_clear) struct blob params = { 0 };
	CLEANUP(blob_clear) struct blob point = { 0 };
	CK_RV rv = attr_get_blob(template, count, CKA_EC_PARAMS, &params);

	if (rv == CKR_OK)
		rv = attr_get_blob(template, count, CKA_EC_POINT, &point);
	if (rv != CKR_OK)
		return rv;
	if (!der_ec_curve(&params))
		return CKR_CURVE_NOT_SUPPORTED;
	if (!der_ec_numbers(object->slot->crypto, &params, &point, &object->parts))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	object->meta.bits = object->parts.ec_bits;
	return blob_set(&object->value, object->parts.spki.bytes, object->parts.spki.len)
		       ? CKR_OK
		       : CKR_HOST_MEMORY;
}

CK_RV create_read_public(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_ULONG type = CK_UNAVAILABLE_INFORMATION;
	CK_RV rv = attr_get_ulong(template, count, CKA_KEY_TYPE, &type);

	if (rv == CKR_OK && type != CKK_RSA && type != CKK_EC)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	object->meta.key_type = type;
	if (rv == CKR_OK)
		rv = create_public_usage(object, template, count);
	if (rv != CKR_OK)
		return rv;
	return type == CKK_RSA ? read_rsa(object, template, count)
			       : read_ec(object, template, count);
}
