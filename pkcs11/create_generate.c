/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs on the token from two templates. */
#include "create.h"

#include <string.h>

#include "attr.h"
#include "object.h"
#include "object_read.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

struct request {
	struct token_generate params;
	char label[TOKEN_LABEL_MAX + 1];
};

/* What a private key made without a word about its use may do. */
#define USAGE_DEFAULT (TOKEN_USE_SIGN | TOKEN_USE_DECRYPT)

CK_RV create_private_usage(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_KEY_TYPE key_type, unsigned *ret_usage)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		unsigned usage;
	} rows[] = {
		{ CKA_DECRYPT, TOKEN_USE_DECRYPT },
		{ CKA_SIGN, TOKEN_USE_SIGN },
		{ CKA_SIGN_RECOVER, TOKEN_USE_SIGN_RECOVER },
		{ CKA_UNWRAP, TOKEN_USE_UNWRAP },
		{ CKA_DERIVE, TOKEN_USE_DERIVE },
	};
	const unsigned all = key_type == CKK_EC ? TOKEN_USE_SIGN : USAGE_DEFAULT;
	unsigned usage = 0;
	unsigned denied = 0;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool on = false;
		CK_RV rv = attr_get_bool(template, count, rows[i].type, &on);

		if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
			return rv;
		if (rv == CKR_OK)
			*(on ? &usage : &denied) |= rows[i].usage;
	}
	if (!usage)
		usage = all & ~denied;
	if (!usage)
		return CKR_TEMPLATE_INCONSISTENT;
	/* PKCS#15 names them together, and so do the cards of others */
	if (key_type == CKK_RSA && (usage & TOKEN_USE_SIGN))
		usage |= TOKEN_USE_SIGN_RECOVER & ~denied;
	if (key_type == CKK_RSA && (usage & TOKEN_USE_DECRYPT))
		usage |= TOKEN_USE_UNWRAP & ~denied;
	*ret_usage = usage;
	return CKR_OK;
}

/* CKA_EC_PARAMS: the name of a curve that the token has. */
static CK_RV read_curve(const struct slot *slot, const struct create_pair *pair, unsigned *ret_bits)
{
	static const struct {
		unsigned curve, bits;
		CK_ULONG len;
		CK_BYTE oid[10];
	} rows[] = {
		{ TOKEN_P256, 256, 10, { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 } },
		{ TOKEN_P384, 384, 7, { 6, 5, 0x2b, 0x81, 4, 0, 0x22 } },
		{ TOKEN_P521, 521, 7, { 6, 5, 0x2b, 0x81, 4, 0, 0x23 } },
	};
	const CK_ATTRIBUTE *params = attr_find(pair->public, pair->public_count, CKA_EC_PARAMS);

	if (!params)
		return CKR_TEMPLATE_INCOMPLETE;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if ((slot->info.curves & rows[i].curve) && params->ulValueLen == rows[i].len &&
			memcmp(params->pValue, rows[i].oid, rows[i].len) == 0) {
			*ret_bits = rows[i].bits;
			return CKR_OK;
		}
	return CKR_CURVE_NOT_SUPPORTED;
}

static CK_RV read_bits(const struct slot *slot, const struct create_pair *pair, unsigned *ret_bits)
{
	static const CK_BYTE f4[] = { 1, 0, 1 };
	const CK_ATTRIBUTE *exponent =
		attr_find(pair->public, pair->public_count, CKA_PUBLIC_EXPONENT);
	CK_ULONG bits;
	CK_RV rv = attr_get_ulong(pair->public, pair->public_count, CKA_MODULUS_BITS, &bits);

	if (rv != CKR_OK)
		return rv;
	if (bits < slot->info.rsa_min_bits || bits > slot->info.rsa_max_bits)
		return CKR_KEY_SIZE_RANGE;
	if (exponent && (exponent->ulValueLen != sizeof(f4) ||
				memcmp(exponent->pValue, f4, sizeof(f4)) != 0))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*ret_bits = (unsigned)bits;
	return CKR_OK;
}

static CK_RV check_template(
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class, CK_KEY_TYPE want)
{
	CK_ULONG given = class;
	CK_ULONG key_type = want;
	CK_RV rv = attr_check_new(template, count, class);

	if (rv != CKR_OK)
		return rv;
	attr_get_ulong(template, count, CKA_CLASS, &given);
	attr_get_ulong(template, count, CKA_KEY_TYPE, &key_type);
	return given == class && key_type == want ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

/* Both templates, as far as it is one whether the pair is the token's or the session's. */
static CK_RV check_pair(const struct slot *slot, const struct create_pair *pair, unsigned *ret_bits)
{
	CK_RV rv = check_template(pair->public, pair->public_count, CKO_PUBLIC_KEY, pair->key_type);

	if (rv == CKR_OK)
		rv = check_template(
			pair->private, pair->private_count, CKO_PRIVATE_KEY, pair->key_type);
	if (rv != CKR_OK)
		return rv;
	return pair->key_type == CKK_EC ? read_curve(slot, pair, ret_bits)
					: read_bits(slot, pair, ret_bits);
}

/* Neither template may ask for what a key on a card cannot be. */
static CK_RV check_stored(const struct create_pair *pair)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		bool must_be;
	} rows[] = { { CKA_SENSITIVE, true }, { CKA_EXTRACTABLE, false } };
	CK_RV rv = create_check_stored(pair->public, pair->public_count);

	if (rv == CKR_OK)
		rv = create_check_stored(pair->private, pair->private_count);
	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(rows); i++) {
		bool on = rows[i].must_be;

		attr_get_bool(pair->private, pair->private_count, rows[i].type, &on);
		if (on != rows[i].must_be)
			rv = CKR_TEMPLATE_INCONSISTENT;
	}
	return rv;
}

/* The first of private and public template that has it. */
static const CK_ATTRIBUTE *either(const struct create_pair *pair, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *attr = attr_find(pair->private, pair->private_count, type);

	return attr && attr->ulValueLen ? attr : attr_find(pair->public, pair->public_count, type);
}

static CK_RV read_request(
	const struct slot *slot, const struct create_pair *pair, struct request *request)
{
	const CK_ATTRIBUTE *label = either(pair, CKA_LABEL);
	const CK_ATTRIBUTE *id = either(pair, CKA_ID);
	struct token_generate *params = &request->params;
	CK_RV rv = check_pair(slot, pair, &params->bits);

	if (rv == CKR_OK)
		rv = check_stored(pair);
	if (rv == CKR_OK)
		rv = create_private_usage(
			pair->private, pair->private_count, pair->key_type, &params->usage);
	if (rv == CKR_OK && label)
		rv = attr_get_text(label, request->label, sizeof(request->label));
	if (rv == CKR_OK && id && id->ulValueLen > TOKEN_ID_MAX)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv != CKR_OK)
		return rv;
	params->label = request->label;
	params->id = id ? id->pValue : NULL;
	params->id_len = id ? id->ulValueLen : 0;
	params->key_type = pair->key_type;
	params->public_object = true;
	create_read_dates(pair->private, pair->private_count, &params->dates);
	create_read_dates(pair->public, pair->public_count, &params->public_dates);
	return CKR_OK;
}

/* The public half goes onto the token too, whatever its template says of that. */
static CK_RV on_token(struct slot *slot, struct session *session, const struct create_pair *pair,
	CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct request request = { 0 };
	struct object *private_key, *public_key;
	uint32_t private_number = 0;
	uint32_t public_number = 0;
	CK_RV rv = create_may_write(slot, session);

	if (rv == CKR_OK)
		rv = read_request(slot, pair, &request);
	if (rv == CKR_OK)
		rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = object_sync(slot);
	if (rv == CKR_OK)
		rv = slot_note(slot, slot->token->ops->generate(slot->token, &request.params,
					     &private_number, &public_number));
	if (rv == CKR_OK)
		rv = object_reread(slot);
	if (rv != CKR_OK)
		return rv;
	private_key = object_find_number(slot, private_number);
	public_key = object_find_number(slot, public_number);
	if (!private_key || !public_key)
		return CKR_DEVICE_ERROR;
	*ret_private = private_key->handle;
	*ret_public = public_key->handle;
	return CKR_OK;
}

CK_RV create_key_pair(struct slot *slot, struct session *session, const struct create_pair *pair,
	CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private)
{
	unsigned bits = 0;
	CK_RV rv;

	if (create_on_token(pair->private, pair->private_count))
		return on_token(slot, session, pair, ret_public, ret_private);
	rv = check_pair(slot, pair, &bits);
	return rv == CKR_OK
		       ? create_private_pair(slot, session, pair, bits, ret_public, ret_private)
		       : rv;
}
