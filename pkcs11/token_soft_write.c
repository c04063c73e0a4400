/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: new objects and keys, changes and removals. */
#include "token_soft_internal.h"

#include <string.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "der.h"
#include "scope.h"
#include "soft_key.h"
#include "soft_slow.h"

void soft_name_item(struct soft_item *item, const char *label, const uint8_t *id, size_t id_len)
{
	if (label && strlen(label) <= TOKEN_LABEL_MAX)
		memcpy(item->label, label, strlen(label) + 1);
	if (!id_len || id_len > TOKEN_ID_MAX)
		return;
	memcpy(item->id, id, id_len);
	item->id_len = id_len;
}

CK_RV soft_choose_id(const struct crypto *crypto, struct soft_item *item)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t len = 0;

	if (item->id_len)
		return CKR_OK;
	if (!crypto_digest(crypto, "SHA1", &item->value, digest, &len) || len != SOFT_OWN_ID_LEN)
		return CKR_FUNCTION_FAILED;
	memcpy(item->id, digest, SOFT_OWN_ID_LEN);
	item->id_len = SOFT_OWN_ID_LEN;
	return CKR_OK;
}

static CK_RV make_item(
	struct soft_token *soft, const struct token_generate *params, struct soft_item *item)
{
	CK_RV rv = soft_slow_key(
		soft->store->slow, soft->store->crypto, params->key_type, params->bits, &item->key);

	if (rv == CKR_OK)
		rv = soft_key_public(item->key, &item->value);
	item->usage = params->usage;
	item->dates = params->dates;
	item->local = true;
	item->public_object = params->public_object;
	soft_name_item(item, params->label, params->id, params->id_len);
	return rv == CKR_OK ? soft_choose_id(soft->store->crypto, item) : rv;
}

CK_RV soft_save_alone(struct soft_store *store, struct soft_write *write, struct soft_item *item,
	uint32_t *ret_number)
{
	struct soft_file *file = soft_store_add_file(store);
	struct soft_item *place = file ? soft_pfx_add(&file->pfx, item->kind) : NULL;
	uint32_t number = ++store->last_number;
	CK_RV rv;

	if (!place)
		return CKR_HOST_MEMORY;
	*place = *item;
	*item = (struct soft_item){ 0 };
	place->number = number;
	rv = soft_store_save(store, write, file);
	if (rv == CKR_OK)
		*ret_number = number;
	return rv;
}

void soft_item_p(struct soft_item *item)
{
	blob_clear(&item->value);
	crypto_pkey_p(&item->key);
}

CK_RV soft_generate(struct token *token, const struct token_generate *params, uint32_t *ret_private,
	uint32_t *ret_public)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(soft_item_p) struct soft_item item = { .kind = SOFT_KEY };
	struct soft_store *store = soft_of(token)->store;
	const struct soft_item *made;
	uint32_t number = 0;
	/* the key first: others need not wait for it */
	CK_RV rv = make_item(soft_of(token), params, &item);

	if (rv == CKR_OK)
		rv = soft_store_edit(store, &write);
	if (rv == CKR_OK)
		rv = soft_save_alone(store, &write, &item, &number);
	made = rv == CKR_OK ? soft_store_find(store, number, NULL) : NULL;
	if (rv == CKR_OK && !made)
		rv = CKR_DEVICE_ERROR;
	if (rv != CKR_OK)
		return rv;
	*ret_private = number;
	*ret_public = soft_has_public(made) ? made->public_number : 0;
	return CKR_OK;
}

static CK_RV read_store(
	const struct soft_store *store, const struct token_store *params, struct soft_item *item)
{
	CLEANUP(der_parts_clear) struct der_parts parts = { 0 };
	CK_RV rv = CKR_OK;

	if (params->private && params->class != CKO_DATA)
		return CKR_TEMPLATE_INCONSISTENT; /* they are to be seen without login */
	item->private = params->private;
	item->kind = params->class == CKO_CERTIFICATE  ? SOFT_CERTIFICATE
		     : params->class == CKO_PUBLIC_KEY ? SOFT_PUBLIC
						       : SOFT_DATA;
	if (!blob_set(&item->value, params->value, params->value_len))
		return CKR_HOST_MEMORY;
	/* RSAPublicKey becomes the form that all keys have */
	if (item->kind == SOFT_PUBLIC && der_rsa_key(store->crypto, &item->value, &parts) &&
		!blob_set(&item->value, parts.spki.bytes, parts.spki.len))
		rv = CKR_HOST_MEMORY;
	item->usage = params->usage;
	item->dates = params->dates;
	item->authority = params->authority;
	soft_name_item(item, params->label, params->id, params->id_len);
	if (params->application && strlen(params->application) <= TOKEN_LABEL_MAX)
		memcpy(item->application, params->application, strlen(params->application) + 1);
	return rv;
}

/* The file with the key that this certificate is of: same public key, or else same id. */
static struct soft_file *file_of_key(struct soft_store *store, const struct soft_item *certificate)
{
	CLEANUP(der_parts_clear) struct der_parts parts = { 0 };
	struct soft_file *by_id = NULL;

	if (certificate->kind != SOFT_CERTIFICATE)
		return NULL;
	(void)der_certificate(store->crypto, &certificate->value, &parts);
	for (size_t i = 0; i < store->ref_count; i++) {
		struct soft_file *file = &store->files[store->refs[i].file];
		const struct soft_item *key = &file->pfx.items[store->refs[i].item];

		if (key->kind != SOFT_KEY)
			continue;
		if (parts.spki.len && blob_equal(&key->value, parts.spki.bytes, parts.spki.len))
			return file;
		if (certificate->id_len && certificate->id_len == key->id_len &&
			memcmp(certificate->id, key->id, key->id_len) == 0)
			by_id = file;
	}
	return by_id;
}

CK_RV soft_object_store(struct token *token, const struct token_store *params, uint32_t *ret_number)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(soft_item_p) struct soft_item item = { 0 };
	struct soft_store *store = soft_of(token)->store;
	struct soft_file *file = NULL;
	struct soft_item *place;
	uint32_t number;
	CK_RV rv = read_store(store, params, &item);

	if (rv == CKR_OK)
		rv = soft_store_edit(store, &write);
	if (rv == CKR_OK)
		file = file_of_key(store, &item);
	if (rv == CKR_OK && file)
		rv = soft_store_open_file(store, file);
	if (rv != CKR_OK)
		return rv;
	if (!file)
		return soft_save_alone(store, &write, &item, ret_number);
	place = soft_pfx_add(&file->pfx, item.kind);
	if (!place)
		return CKR_HOST_MEMORY;
	*place = item;
	item = (struct soft_item){ 0 };
	number = place->number = ++store->last_number;
	rv = soft_store_save(store, &write, file);
	if (rv == CKR_OK)
		*ret_number = number;
	return rv;
}

/* The item for writing: locked, fresh, its file open. */
static CK_RV edit_item(struct soft_store *store, uint32_t number, struct soft_write *ret_write,
	struct soft_file **ret_file, struct soft_item **ret_item)
{
	CK_RV rv = soft_store_edit(store, ret_write);

	if (rv == CKR_OK && !soft_store_find(store, number, ret_file))
		rv = CKR_OBJECT_HANDLE_INVALID;
	if (rv == CKR_OK)
		rv = soft_store_open_file(store, *ret_file);
	if (rv != CKR_OK)
		return rv;
	*ret_item = soft_store_find(store, number, ret_file);
	return *ret_item ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

/* A key and its public half have one name, one id and the same dates: a PFX file has room for one.
 */
CK_RV soft_change(struct token *token, uint32_t number, const struct token_change *change)
{
	const struct token_block *id = change->id;
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	struct soft_store *store = soft_of(token)->store;
	struct soft_file *file = NULL;
	struct soft_item *item = NULL;
	CK_RV rv = edit_item(store, number, &write, &file, &item);

	if (rv != CKR_OK)
		return rv;
	if (id && id->len > TOKEN_ID_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	soft_name_item(item, change->label, NULL, 0);
	if (change->dates)
		item->dates = *change->dates;
	if (id) {
		item->id_len = id->len;
		if (id->len)
			memcpy(item->id, id->bytes, id->len);
	}
	return soft_store_save(store, &write, file);
}

/* The private half goes, the public stays as long as it is an object too; and the other way. */
CK_RV soft_destroy(struct token *token, uint32_t number)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	struct soft_store *store = soft_of(token)->store;
	struct soft_file *file = NULL;
	struct soft_item *item = NULL;
	CK_RV rv = edit_item(store, number, &write, &file, &item);

	if (rv != CKR_OK)
		return rv;
	if (item->kind == SOFT_KEY && number == item->public_number) {
		item->public_object = false;
	} else if (soft_has_public(item)) {
		item->kind = SOFT_PUBLIC;
		item->usage = soft_public_usage(item->usage);
		item->number = item->public_number;
		item->public_number = 0;
		item->local = false;
		crypto_pkey_p(&item->key);
	} else {
		soft_pfx_remove(&file->pfx, (size_t)(item - file->pfx.items));
	}
	return soft_store_save(store, &write, file);
}
