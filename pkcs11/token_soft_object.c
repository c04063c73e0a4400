/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: its objects and keys, as they are. Writing: token_soft_write.c.
 */
#include "token_soft_internal.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "lent_key.h"
#include "scope.h"
#include "soft_key.h"

#include "cardos/secret.h"

struct soft_token *soft_of(struct token *token)
{
	return (struct soft_token *)(void *)token;
}

/* ---- lists ---- */

static CK_OBJECT_CLASS class_of(enum soft_kind kind)
{
	switch (kind) {
	case SOFT_KEY:
		return CKO_PRIVATE_KEY;
	case SOFT_CERTIFICATE:
		return CKO_CERTIFICATE;
	case SOFT_PUBLIC:
		return CKO_PUBLIC_KEY;
	case SOFT_DATA:
		return CKO_DATA;
	}
	return CK_UNAVAILABLE_INFORMATION;
}

static void show_item(
	const struct soft_store *store, const struct soft_item *item, struct token_object *to)
{
	const unsigned ec_not = TOKEN_USE_ENCRYPT | TOKEN_USE_DECRYPT | TOKEN_USE_WRAP |
				TOKEN_USE_UNWRAP | TOKEN_USE_SIGN_RECOVER |
				TOKEN_USE_VERIFY_RECOVER;
	bool key = item->kind == SOFT_KEY;

	*to = (struct token_object){
		.class = class_of(item->kind),
		.number = item->number,
		.id_len = item->id_len,
		.private = (key || item->private) && store->shape.level != SOFT_LEVEL_NEVER,
		.modifiable = true,
		.key_type = CK_UNAVAILABLE_INFORMATION,
		.usage = item->usage,
		.sensitive = key,
		.always_sensitive = key && item->local,
		.never_extractable = key && item->local,
		.local = item->local,
		.always_authenticate = key && store->shape.level == SOFT_LEVEL_ALWAYS,
		.authority = item->authority,
	};
	if (key || item->kind == SOFT_PUBLIC) {
		to->key_type = item->bits ? item->key_type : CK_UNAVAILABLE_INFORMATION;
		to->bits = item->bits;
		to->dates = item->dates;
		to->raw = item->key_type == CKK_RSA;
		to->usage &= ~(item->key_type == CKK_RSA ? (unsigned)TOKEN_USE_DERIVE : ec_not);
	}
	if (item->has_own_id)
		to->id_len = SOFT_OWN_ID_LEN;
	memcpy(to->id, item->has_own_id ? item->own_id : item->id, to->id_len);
	memcpy(to->label, item->label, sizeof(to->label));
	memcpy(to->application, item->application, sizeof(to->application));
}

unsigned soft_public_usage(unsigned usage)
{
	return (usage & TOKEN_USE_SIGN ? TOKEN_USE_VERIFY : 0u) |
	       (usage & TOKEN_USE_SIGN_RECOVER ? TOKEN_USE_VERIFY_RECOVER : 0u) |
	       (usage & TOKEN_USE_DECRYPT ? TOKEN_USE_ENCRYPT : 0u) |
	       (usage & TOKEN_USE_UNWRAP ? TOKEN_USE_WRAP : 0u) |
	       (usage & TOKEN_USE_DERIVE ? TOKEN_USE_DERIVE : 0u);
}

static void show_public(
	const struct soft_store *store, const struct soft_item *item, struct token_object *to)
{
	show_item(store, item, to);
	to->class = CKO_PUBLIC_KEY;
	to->number = item->public_number;
	to->usage = soft_public_usage(item->usage);
	to->private = to->sensitive = to->always_sensitive = to->never_extractable = false;
	to->always_authenticate = false;
}

bool soft_has_public(const struct soft_item *item)
{
	return item->kind == SOFT_KEY && item->public_object && item->value.len;
}

CK_RV soft_objects(struct token *token, const struct token_object **ret_objects, size_t *ret_count)
{
	struct soft_token *soft = soft_of(token);
	const struct soft_store *store = soft->store;
	struct token_object *list = calloc(store->ref_count + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < store->count; i++) {
		const struct soft_pfx *pfx = &store->files[i].pfx;

		for (size_t j = 0; j < pfx->count; j++) {
			show_item(store, &pfx->items[j], &list[count++]);
			if (soft_has_public(&pfx->items[j]))
				show_public(store, &pfx->items[j], &list[count++]);
		}
	}
	free(soft->objects);
	soft->objects = list;
	soft->store->changed = false;
	*ret_objects = list;
	*ret_count = count;
	return CKR_OK;
}

CK_RV soft_changed(struct token *token, bool *ret_changed)
{
	*ret_changed = soft_of(token)->store->changed;
	return CKR_OK;
}

static CK_RV tell(struct token *token, uint32_t number, bool half, struct token_block *ret_value)
{
	struct soft_store *store = soft_of(token)->store;
	struct soft_file *file = NULL;
	const struct soft_item *item = soft_store_find(store, number, &file);
	CK_RV rv;

	if (item && item->private && !file->opened) {
		rv = soft_store_open_file(store, file);
		if (rv != CKR_OK)
			return rv;
		item = soft_store_find(store, number, NULL);
	}
	if (!item || (item->kind == SOFT_KEY && !half && number != item->public_number))
		return CKR_OBJECT_HANDLE_INVALID;
	*ret_value = (struct token_block){ item->value.bytes, item->value.len };
	return CKR_OK;
}

CK_RV soft_value(struct token *token, uint32_t number, struct token_block *ret_value)
{
	return tell(token, number, false, ret_value);
}

CK_RV soft_public_half(struct token *token, uint32_t number, struct token_block *ret_value)
{
	return tell(token, number, true, ret_value);
}

/* ---- keys ---- */

static CK_RV open_key(struct soft_store *store, uint32_t number, EVP_PKEY **ret_key)
{
	struct soft_file *file = NULL;
	struct soft_item *item = soft_store_find(store, number, &file);
	CK_RV rv = CKR_OK;

	if (!item || item->kind != SOFT_KEY || item->number != number)
		return CKR_KEY_HANDLE_INVALID;
	if (!item->key)
		rv = soft_store_open_file(store, file);
	item = rv == CKR_OK ? soft_store_find(store, number, NULL) : NULL;
	if (rv == CKR_OK && (!item || !item->key))
		rv = CKR_KEY_HANDLE_INVALID;
	if (rv == CKR_OK)
		*ret_key = item->key;
	return rv;
}

CK_RV soft_lend(struct token *token, uint32_t number, struct token_key **ret_key)
{
	struct soft_store *store = soft_of(token)->store;
	EVP_PKEY *key = NULL;
	CK_RV rv = open_key(store, number, &key);

	return rv == CKR_OK ? lent_key_new(store->crypto, key, ret_key) : rv;
}

CK_RV soft_sign(struct token *token, uint32_t number, struct token_block block, uint8_t *out,
	size_t *ret_len)
{
	struct soft_store *store = soft_of(token)->store;
	EVP_PKEY *key = NULL;
	CK_RV rv = open_key(store, number, &key);

	return rv == CKR_OK ? soft_key_sign(store->crypto, key, block, out, ret_len) : rv;
}

CK_RV soft_decipher(
	struct token *token, uint32_t number, struct token_block block, struct secret **ret_plain)
{
	struct soft_store *store = soft_of(token)->store;
	EVP_PKEY *key = NULL;
	CK_RV rv = open_key(store, number, &key);

	return rv == CKR_OK ? soft_key_decipher(store->crypto, key, block, ret_plain) : rv;
}

CK_RV soft_derive(
	struct token *token, uint32_t number, struct token_block point, struct secret **ret_secret)
{
	struct soft_store *store = soft_of(token)->store;
	EVP_PKEY *key = NULL;
	CK_RV rv = open_key(store, number, &key);

	return rv == CKR_OK ? soft_key_derive(store->crypto, key, point, ret_secret) : rv;
}
