/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: its password, and what it opens. */
#include "soft_store.h"

#include "crypto.h"
#include "held.h"
#include "scope.h"
#include "soft_slow.h"

#include "cardos/secret.h"

/* The file whose password is the user PIN; NULL: only SOFT_PIN_FILE. */
static struct soft_file *first_file(struct soft_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		if (store->files[i].readable)
			return &store->files[i];
	return NULL;
}

/* The file whose password is the role's PIN. */
static CK_RV read_guard(struct soft_store *store, enum token_role role, struct blob *ret_bytes)
{
	const struct soft_file *file = role == TOKEN_USER ? first_file(store) : NULL;
	const char *name = role != TOKEN_USER ? SOFT_SO_FILE : file ? file->name : SOFT_PIN_FILE;
	CK_RV rv = soft_dir_read(store->dir, name, ret_bytes, NULL);

	return rv == CKR_OBJECT_HANDLE_INVALID && role == TOKEN_USER ? CKR_USER_PIN_NOT_INITIALIZED
								     : rv;
}

static CK_RV check(struct soft_store *store, enum token_role role, const struct secret *pin)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CK_RV rv = read_guard(store, role, &bytes);

	return rv == CKR_OK ? soft_slow_check(store->slow, store->crypto, &bytes, pin) : rv;
}

CK_RV soft_store_check_pin(struct soft_store *store, const struct secret *pin)
{
	return check(store, TOKEN_USER, pin);
}

CK_RV soft_store_check_so(struct soft_store *store, const struct secret *so_pin)
{
	return check(store, TOKEN_SO, so_pin);
}

static void forget_keys(struct soft_file *file)
{
	file->opened = file->checked = false;
	for (size_t i = 0; i < file->pfx.count; i++) {
		struct soft_item *item = &file->pfx.items[i];

		crypto_pkey_p(&item->key);
		if (!item->private)
			continue;
		blob_clear(&item->value);
		file->pfx.hidden = true;
	}
}

void soft_store_logout(struct soft_store *store)
{
	if (store->shape.level == SOFT_LEVEL_NEVER)
		return; /* by the person's wish it is never asked for again */
	store->pin = held_free(store->pin);
	for (size_t i = 0; i < store->count; i++)
		forget_keys(&store->files[i]);
}

/* Files of others say what they hold only to who has the password. */
static bool has_hidden(const struct soft_file *file)
{
	bool hidden = file->pfx.hidden;

	for (size_t i = 0; i < file->pfx.count; i++)
		hidden |= file->pfx.items[i].kind == SOFT_KEY && !file->pfx.items[i].value.len;
	return file->readable && !file->opened && hidden;
}

CK_RV soft_store_open_hidden(struct soft_store *store)
{
	bool later = false;

	for (size_t i = 0; i < store->count; i++) {
		CK_RV rv = has_hidden(&store->files[i])
				   ? soft_store_open_file(store, &store->files[i])
				   : CKR_OK;

		if (rv == CKR_HOST_MEMORY)
			return rv;
		later |= rv == TOKEN_LATER;
	}
	return later ? TOKEN_LATER : CKR_OK;
}

/* What the file took before, and is still held, need not be tried again: at level 1 that would be
 * all the rounds for each signature. */
bool soft_store_knows(struct soft_store *store, const struct secret *pin)
{
	const struct soft_file *first = first_file(store);

	return first && first->checked && held_is(store->crypto, store->pin, pin);
}

CK_RV soft_store_login(struct soft_store *store, const struct secret *pin)
{
	CLEANUP(held_free_p) struct held *kept = NULL;
	struct soft_file *first = first_file(store);
	CK_RV rv;

	if (soft_store_knows(store, pin))
		return CKR_OK;
	rv = soft_store_check_pin(store, pin);
	if (rv != CKR_OK)
		return rv;
	kept = held_new(store->crypto, pin);
	if (!kept)
		return CKR_HOST_MEMORY;
	held_free(store->pin);
	store->pin = TAKE(kept);
	if (first)
		first->checked = true;
	rv = soft_store_open_hidden(store);
	if (rv == TOKEN_LATER)
		soft_store_logout(store);
	return rv;
}

/* Either this file has a password of its own, or the user PIN was changed by somebody else. */
static CK_RV refused(struct soft_store *store, const struct secret *pin, CK_RV rv)
{
	CK_RV now = rv == CKR_PIN_INCORRECT ? soft_store_check_pin(store, pin) : CKR_OK;

	if (now == TOKEN_LATER)
		return now;
	if (now != CKR_OK) {
		store->pin = held_free(store->pin);
		return CKR_USER_NOT_LOGGED_IN;
	}
	return rv == CKR_PIN_INCORRECT || rv == CKR_DATA_INVALID ? CKR_FUNCTION_FAILED : rv;
}

CK_RV soft_store_open_file(struct soft_store *store, struct soft_file *file)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = NULL;
	struct soft_open how = { NULL, store->conf.old_ciphers, file->checked };
	struct soft_stamp stamp;
	bool hidden = has_hidden(file);
	CK_RV rv;

	if (file->opened)
		return CKR_OK;
	if (!store->pin)
		return CKR_USER_NOT_LOGGED_IN;
	how.password = pin = held_open(store->crypto, store->pin);
	if (!pin)
		return CKR_HOST_MEMORY;
	rv = soft_dir_read(store->dir, file->name, &bytes, &stamp);
	if (rv != CKR_OK)
		return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
	if (!soft_stamp_equal(&stamp, &file->stamp))
		how.checked = false;
	rv = soft_slow_open(store->slow, store->crypto, &bytes, &how, &pfx);
	if (rv != CKR_OK)
		return refused(store, pin, rv);
	soft_store_keep_numbers(&file->pfx, &pfx);
	soft_pfx_clear(&file->pfx);
	file->pfx = pfx;
	pfx = (struct soft_pfx){ 0 };
	file->stamp = stamp;
	file->opened = file->checked = true;
	store->changed |= hidden;
	return soft_store_index(store);
}
