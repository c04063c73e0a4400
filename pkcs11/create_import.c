/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys made elsewhere, from a template onto the token. */
#include "create.h"

#include "attr.h"
#include "object.h"
#include "object_read.h"
#include "private_key.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

#include "cardos/secret.h"

struct request {
	struct token_import params;
	char label[TOKEN_LABEL_MAX + 1];
};

/* A key that came from outside is kept as one that was made here: on the token, a secret. */
static CK_RV check_flags(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		bool unsaid, must_be;
	} rows[] = {
		{ CKA_TOKEN, false, true },
		{ CKA_PRIVATE, true, true },
		{ CKA_SENSITIVE, true, true },
		{ CKA_EXTRACTABLE, false, false },
		{ CKA_MODIFIABLE, true, true },
		{ CKA_DESTROYABLE, true, true },
		{ CKA_ALWAYS_AUTHENTICATE, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool on = rows[i].unsaid;

		attr_get_bool(template, count, rows[i].type, &on);
		if (on != rows[i].must_be)
			return CKR_TEMPLATE_INCONSISTENT;
	}
	return CKR_OK;
}

CK_RV create_key_fits(const struct token_info *info, CK_KEY_TYPE type, unsigned bits, bool used)
{
	unsigned least =
		used && info->rsa_use_min_bits ? info->rsa_use_min_bits : info->rsa_min_bits;

	if (type == CKK_RSA)
		return bits >= least && bits <= info->rsa_max_bits ? CKR_OK : CKR_KEY_SIZE_RANGE;
	return (bits == 256 && (info->curves & TOKEN_P256)) ||
			       (bits == 384 && (info->curves & TOKEN_P384)) ||
			       (bits == 521 && (info->curves & TOKEN_P521))
		       ? CKR_OK
		       : CKR_CURVE_NOT_SUPPORTED;
}

/* An encoded key brings its numbers: a template that has them too says nothing. */
static CK_RV check_template(const struct create_private *asked)
{
	static const CK_ATTRIBUTE_TYPE numbers[] = { CKA_VALUE, CKA_MODULUS, CKA_PUBLIC_EXPONENT,
		CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	CK_RV rv = attr_check_new(asked->template, asked->count, CKO_PRIVATE_KEY);

	for (size_t i = 0; rv == CKR_OK && asked->encoded && i < COUNT_OF(numbers); i++)
		if (attr_find(asked->template, asked->count, numbers[i]))
			rv = CKR_TEMPLATE_INCONSISTENT;
	return rv;
}

CK_RV create_read_key(struct slot *slot, const struct create_private *asked, CK_KEY_TYPE *ret_type,
	unsigned *ret_bits, struct secret **ret_key)
{
	CK_RV rv = check_template(asked);

	if (rv == CKR_OK)
		rv = attr_get_ulong(asked->template, asked->count, CKA_KEY_TYPE, ret_type);
	if (rv == CKR_OK && *ret_type != CKK_RSA && *ret_type != CKK_EC)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv != CKR_OK)
		return rv;
	if (!asked->encoded)
		return private_key_read(
			slot->crypto, asked->template, asked->count, ret_bits, ret_key);
	return private_key_decode(
		slot->crypto, asked->encoded, asked->fill, *ret_type, ret_bits, ret_key);
}

static CK_RV read_request(
	const struct create_private *asked, CK_KEY_TYPE type, struct request *request)
{
	struct token_import *params = &request->params;
	const CK_ATTRIBUTE *template = asked->template;
	const CK_ATTRIBUTE *label = attr_find(template, asked->count, CKA_LABEL);
	const CK_ATTRIBUTE *id = attr_find(template, asked->count, CKA_ID);
	CK_RV rv = create_check_stored(template, asked->count);

	if (rv == CKR_OK)
		rv = check_flags(template, asked->count);
	if (rv == CKR_OK)
		rv = create_private_usage(template, asked->count, type, &params->usage);
	if (rv == CKR_OK && label)
		rv = attr_get_text(label, request->label, sizeof(request->label));
	if (rv == CKR_OK && id && id->ulValueLen > TOKEN_ID_MAX)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv != CKR_OK)
		return rv;
	params->key_type = type;
	params->label = request->label;
	params->id = id ? id->pValue : NULL;
	params->id_len = id ? id->ulValueLen : 0;
	create_read_dates(template, asked->count, &params->dates);
	return CKR_OK;
}

/* Written to the token. */
static CK_RV import(
	struct slot *slot, const struct token_import *params, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	const struct object *made;
	uint32_t number = 0;
	CK_RV rv = create_key_fits(&slot->info, params->key_type, params->bits, false);

	if (rv == CKR_OK)
		rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = object_sync(slot);
	if (rv == CKR_OK)
		rv = slot_note(slot, slot->token->ops->import(slot->token, params, &number));
	if (rv == CKR_OK)
		rv = object_reread(slot);
	made = rv == CKR_OK ? object_find_number(slot, number) : NULL;
	if (rv == CKR_OK && !made)
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		*ret_handle = made->handle;
	return rv;
}

CK_RV create_may_import(const struct slot *slot, const struct session *session)
{
	CK_RV rv = create_may_write(slot, session);

	return rv == CKR_OK && !slot->info.imports ? CKR_TEMPLATE_INCONSISTENT : rv;
}

CK_RV create_import(struct slot *slot, struct session *session, const struct create_private *asked,
	CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(secret_free_p) struct secret *key = NULL;
	struct request request = { 0 };
	CK_KEY_TYPE type = CK_UNAVAILABLE_INFORMATION;
	CK_RV rv = check_template(asked);

	if (rv == CKR_OK)
		rv = create_may_import(slot, session);
	if (rv == CKR_OK)
		rv = attr_get_ulong(asked->template, asked->count, CKA_KEY_TYPE, &type);
	if (rv == CKR_OK)
		rv = read_request(asked, type, &request);
	if (rv == CKR_OK)
		rv = create_read_key(slot, asked, &type, &request.params.bits, &key);
	request.params.key = key;
	return rv == CKR_OK ? import(slot, &request.params, ret_handle) : rv;
}

CK_RV create_import_copy(struct slot *slot, const struct object *copy, CK_OBJECT_HANDLE *ret_handle)
{
	const struct token_import params = {
		.key_type = copy->meta.key_type,
		.bits = copy->meta.bits,
		.usage = copy->meta.usage,
		.id = copy->meta.id,
		.id_len = copy->meta.id_len,
		.label = copy->meta.label,
		.dates = copy->meta.dates,
		.key = copy->key,
	};

	if (!slot->info.imports || !copy->meta.sensitive || copy->meta.extractable)
		return CKR_TEMPLATE_INCONSISTENT;
	return import(slot, &params, ret_handle);
}
