/* SPDX-License-Identifier: Apache-2.0 */
/* Secret keys from a template: always of the session, their values in memory for secrets. */
#include "create.h"

#include <openssl/rand.h>

#include "attr.h"
#include "crypto.h"
#include "mech.h"
#include "object.h"
#include "scope.h"
#include "session.h"
#include "slot.h"

#include "cardos/secret.h"

static void object_free_p(struct object **object)
{
	*object = object_free(*object);
}

bool create_secret_fits(CK_KEY_TYPE type, size_t len)
{
	if (type == CKK_AES)
		return len == 16 || len == 24 || len == 32;
	return len > 0 && len <= MECH_SECRET_MAX;
}

/* A key on the token is not to be had, nor one to derive from. */
static CK_RV check_refused(const struct create_secret *request)
{
	static const CK_ATTRIBUTE_TYPE wanted[] = { CKA_TOKEN, CKA_DERIVE };

	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		bool on = false;

		attr_get_bool(request->template, request->count, wanted[i], &on);
		if (on)
			return CKR_TEMPLATE_INCONSISTENT;
	}
	return CKR_OK;
}

/* The value comes from the template or from the mechanism, never from both. */
static CK_RV check_template(const struct create_secret *request)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	bool value = attr_find(request->template, request->count, CKA_VALUE) != NULL;

	attr_get_ulong(request->template, request->count, CKA_CLASS, &class);
	if (class != CKO_SECRET_KEY || (value && !request->has_value))
		return CKR_TEMPLATE_INCONSISTENT;
	if (request->has_value && attr_find(request->template, request->count, CKA_VALUE_LEN))
		return CKR_TEMPLATE_INCONSISTENT;
	return check_refused(request);
}

static CK_RV read_type(struct object *object, const struct create_secret *request)
{
	CK_KEY_TYPE type = request->key_type;
	CK_RV rv = attr_get_ulong(request->template, request->count, CKA_KEY_TYPE, &type);

	if (rv == CKR_TEMPLATE_INCOMPLETE && type != CK_UNAVAILABLE_INFORMATION)
		rv = CKR_OK;
	if (rv != CKR_OK)
		return rv;
	if (request->key_type != CK_UNAVAILABLE_INFORMATION && type != request->key_type)
		return CKR_TEMPLATE_INCONSISTENT;
	if (type != CKK_AES && type != CKK_GENERIC_SECRET)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	object->meta.key_type = type;
	return CKR_OK;
}

CK_RV create_secret_usage(const CK_ATTRIBUTE *template, CK_ULONG count, unsigned *usage)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		unsigned usage;
	} rows[] = {
		{ CKA_ENCRYPT, TOKEN_USE_ENCRYPT },
		{ CKA_DECRYPT, TOKEN_USE_DECRYPT },
		{ CKA_SIGN, TOKEN_USE_SIGN },
		{ CKA_SIGN_RECOVER, TOKEN_USE_SIGN_RECOVER },
		{ CKA_DERIVE, TOKEN_USE_DERIVE },
		{ CKA_VERIFY, TOKEN_USE_VERIFY },
		{ CKA_WRAP, TOKEN_USE_WRAP },
		{ CKA_UNWRAP, TOKEN_USE_UNWRAP },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool on = (*usage & rows[i].usage) != 0;
		CK_RV rv = attr_optional(attr_get_bool(template, count, rows[i].type, &on));

		if (rv != CKR_OK)
			return rv;
		*usage = on ? *usage | rows[i].usage : *usage & ~rows[i].usage;
	}
	return CKR_OK;
}

/* An AES key may encipher, a generic one authenticate, unless the template says otherwise. */
static CK_RV read_usage(struct object *object, const struct create_secret *request)
{
	const unsigned aes =
		TOKEN_USE_ENCRYPT | TOKEN_USE_DECRYPT | TOKEN_USE_WRAP | TOKEN_USE_UNWRAP;

	object->meta.usage =
		object->meta.key_type == CKK_AES ? aes : TOKEN_USE_SIGN | TOKEN_USE_VERIFY;
	return create_secret_usage(request->template, request->count, &object->meta.usage);
}

/* A check value that the template brings is compared when the key is there; an empty one means that
 * the key shall have none. */
static CK_RV read_check(struct object *object, const struct create_secret *request)
{
	const CK_ATTRIBUTE *attr = attr_find(request->template, request->count, CKA_CHECK_VALUE);

	object->unchecked = attr && !attr->ulValueLen;
	if (!attr || !attr->ulValueLen)
		return CKR_OK;
	return blob_set(&object->check, attr->pValue, attr->ulValueLen) ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV make_check(struct object *object)
{
	uint8_t check[3];

	if (object->unchecked)
		return CKR_OK;
	if (!crypto_check_value(
		    object->slot->crypto, object->meta.key_type == CKK_AES, object->secret, check))
		return CKR_FUNCTION_FAILED;
	if (object->check.len && !blob_equal(&object->check, check, sizeof(check)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return blob_set(&object->check, check, sizeof(check)) ? CKR_OK : CKR_HOST_MEMORY;
}

/* Sensitive, extractable, and what the key's birth says of them. */
static CK_RV read_secrecy(struct object *object, const struct create_secret *request)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_SENSITIVE, CKA_EXTRACTABLE,
		CKA_WRAP_WITH_TRUSTED };
	struct token_object *meta = &object->meta;
	const struct object *base = request->base;
	bool *const flags[] = { &meta->sensitive, &meta->extractable, &object->wrap_with_trusted };
	bool made = request->gen_mechanism != CK_UNAVAILABLE_INFORMATION;

	meta->extractable = true;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		CK_RV rv = attr_get_bool(request->template, request->count, types[i], flags[i]);

		if (rv != CKR_OK && rv != CKR_TEMPLATE_INCOMPLETE)
			return rv;
	}
	meta->local = made;
	object->gen_mechanism = request->gen_mechanism;
	meta->always_sensitive = meta->sensitive && (made || (base && base->meta.always_sensitive));
	meta->never_extractable =
		!meta->extractable && (made || (base && base->meta.never_extractable));
	return CKR_OK;
}

static CK_RV read_len(const struct object *object, const struct create_secret *request, size_t *len)
{
	CK_ULONG value = 0;
	CK_RV rv = attr_get_ulong(request->template, request->count, CKA_VALUE_LEN, &value);

	if (rv != CKR_OK && rv != CKR_TEMPLATE_INCOMPLETE)
		return rv;
	if (rv == CKR_OK && !create_secret_fits(object->meta.key_type, value))
		return CKR_KEY_SIZE_RANGE;
	*len = value;
	return CKR_OK;
}

CK_RV create_secret_begin(struct slot *slot, const struct create_secret *request,
	struct object **ret_object, size_t *ret_len)
{
	CLEANUP(object_free_p) struct object *object = object_new(slot);
	size_t len = 0;
	CK_RV rv;

	if (!object)
		return CKR_HOST_MEMORY;
	object->meta.class = CKO_SECRET_KEY;
	object->loaded = true;
	object->meta.private = slot->login == LOGIN_USER;
	rv = create_read_common(object, request->template, request->count);
	if (rv == CKR_OK)
		rv = check_template(request);
	if (rv == CKR_OK && object->meta.private && slot->login != LOGIN_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	if (rv == CKR_OK)
		rv = read_type(object, request);
	if (rv == CKR_OK)
		rv = read_usage(object, request);
	if (rv == CKR_OK)
		rv = read_secrecy(object, request);
	if (rv == CKR_OK)
		rv = read_check(object, request);
	if (rv == CKR_OK)
		rv = create_read_kept(object, request->template, request->count);
	if (rv == CKR_OK)
		rv = read_len(object, request, &len);
	if (rv != CKR_OK)
		return rv;
	*ret_len = len;
	*ret_object = TAKE(object);
	return CKR_OK;
}

CK_RV create_secret_end(struct slot *slot, const struct session *session, struct object *object,
	struct secret *value, CK_OBJECT_HANDLE *ret_handle)
{
	CK_RV rv;

	object->secret = value;
	rv = create_secret_fits(object->meta.key_type, secret_len(value)) ? make_check(object)
									  : CKR_KEY_SIZE_RANGE;
	if (rv != CKR_OK) {
		object_free(object);
		return rv;
	}
	object_add(slot, session->handle, object);
	*ret_handle = object->handle;
	return CKR_OK;
}

CK_RV create_secret_object(struct slot *slot, const struct session *session,
	const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret_handle)
{
	const struct create_secret request = {
		.template = template,
		.count = count,
		.key_type = CK_UNAVAILABLE_INFORMATION,
		.gen_mechanism = CK_UNAVAILABLE_INFORMATION,
		.has_value = true,
	};
	CLEANUP(secret_free_p) struct secret *value = NULL;
	const CK_ATTRIBUTE *attr = attr_find(template, count, CKA_VALUE);
	struct object *object = NULL;
	size_t len;
	CK_RV rv = create_secret_begin(slot, &request, &object, &len);

	if (rv != CKR_OK)
		return rv;
	value = attr ? secret_new(attr->pValue, attr->ulValueLen) : NULL;
	if (!value) {
		object_free(object);
		return attr ? CKR_HOST_MEMORY : CKR_TEMPLATE_INCOMPLETE;
	}
	rv = create_secret_end(slot, session, object, TAKE(value), ret_handle);
	return rv == CKR_KEY_SIZE_RANGE ? CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

CK_RV create_secret_random(struct slot *slot, const struct session *session,
	const struct create_secret *request, CK_OBJECT_HANDLE *ret_handle)
{
	CLEANUP(object_free_p) struct object *object = NULL;
	CLEANUP(secret_free_p) struct secret *value = NULL;
	size_t len = 0;
	CK_RV rv = create_secret_begin(slot, request, &object, &len);

	if (rv != CKR_OK)
		return rv;
	if (!len)
		return CKR_TEMPLATE_INCOMPLETE;
	value = secret_new_empty(len);
	if (!value)
		return CKR_HOST_MEMORY;
	if (!crypto_usable() || RAND_priv_bytes_ex(crypto_context(slot->crypto),
					secret_bytes_mut(value), len, 0) != 1)
		return CKR_FUNCTION_FAILED;
	return create_secret_end(slot, session, TAKE(object), TAKE(value), ret_handle);
}
