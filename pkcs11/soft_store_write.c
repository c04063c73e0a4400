/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: changes of its files. */
#include "soft_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "held.h"
#include "scope.h"
#include "soft_slow.h"

#include "cardos/secret.h"

CK_RV soft_store_commit(struct soft_store *store, struct soft_write *write)
{
	CK_RV rv = soft_write_commit(write);

	if (rv == CKR_OK)
		store->slow = NULL;
	return rv;
}

CK_RV soft_store_edit(struct soft_store *store, struct soft_write *ret_write)
{
	CK_RV rv;

	if (!store->pin)
		return CKR_USER_NOT_LOGGED_IN;
	rv = soft_write_begin(store->dir, ret_write);
	if (rv == CKR_OK)
		rv = soft_store_reload(store);
	/* a password that somebody changed meanwhile must not write a file of its own */
	return rv == CKR_OK && !store->pin ? CKR_USER_NOT_LOGGED_IN : rv;
}

static bool name_taken(const struct soft_store *store, const char *name)
{
	for (size_t i = 0; i < store->count; i++)
		if (strcmp(store->files[i].name, name) == 0)
			return true;
	return false;
}

static void choose_name(const struct soft_store *store, char *out)
{
	size_t first = store->count + 1;

	snprintf(out, SOFT_NAME_MAX + 1, "%.*s" SOFT_PFX_SUFFIX, TOKEN_PLACE_NAME_MAX, store->name);
	for (size_t i = first < 2 ? 2 : first; name_taken(store, out); i++)
		snprintf(out, SOFT_NAME_MAX + 1, "%.*s-%zu" SOFT_PFX_SUFFIX, TOKEN_PLACE_NAME_MAX,
			store->name, i);
}

struct soft_file *soft_store_add_file(struct soft_store *store)
{
	struct soft_file *files = reallocarray(store->files, store->count + 1, sizeof(*files));
	struct soft_file *file;

	if (!files)
		return NULL;
	store->files = files;
	file = &files[store->count];
	*file = (struct soft_file){ .readable = true, .opened = true, .checked = true };
	choose_name(store, file->name);
	store->count++;
	return file;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct soft_file *)a)->name, ((const struct soft_file *)b)->name);
}

/* The file on disk is now what memory has; its stamp is learned so that the open keys stay. */
static CK_RV settle(struct soft_store *store, struct soft_file *file)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	file->readable = file->opened = file->checked = true;
	if (file->pfx.count == 0 ||
		soft_dir_read(store->dir, file->name, &bytes, &file->stamp) != CKR_OK)
		file->stamp = (struct soft_stamp){ 0 };
	qsort(store->files, store->count, sizeof(*store->files), compare_files);
	return soft_store_reload(store);
}

/* The open keys of a file, which are all that is asked for again at every use. */
static void copy_keys(const struct soft_file *file, struct soft_pfx *to)
{
	for (size_t i = 0; file->opened && i < file->pfx.count; i++) {
		const struct soft_item *from = &file->pfx.items[i];
		struct soft_item *item =
			from->kind == SOFT_KEY && from->key ? soft_pfx_add(to, SOFT_KEY) : NULL;

		if (item && blob_set(&item->value, from->value.bytes, from->value.len) &&
			EVP_PKEY_up_ref(from->key) == 1)
			item->key = from->key;
	}
}

static void give_key(struct soft_item *item, const struct soft_pfx *keys)
{
	for (size_t i = 0; !item->key && i < keys->count; i++)
		if (keys->items[i].key &&
			blob_equal(&item->value, keys->items[i].value.bytes,
				keys->items[i].value.len) &&
			EVP_PKEY_up_ref(keys->items[i].key) == 1)
			item->key = keys->items[i].key;
}

/* A file is open if nothing of it is closed. */
static void give_keys(struct soft_file *file, const struct soft_pfx *keys)
{
	bool all = !file->pfx.hidden;

	for (size_t i = 0; i < file->pfx.count; i++) {
		struct soft_item *item = &file->pfx.items[i];

		if (item->kind != SOFT_KEY)
			continue;
		give_key(item, keys);
		all &= item->key != NULL;
	}
	file->opened = file->checked = all;
}

/* Memory as it is cannot be trusted: all is read again. Numbers of what is on disk stay, and open
 * keys if the file is the one that they are of: other sessions go on with them. */
static void undo(struct soft_store *store, struct soft_file *file)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx keys = { 0 };
	const struct soft_stamp stamp = file->stamp;
	char name[SOFT_NAME_MAX + 1];

	memcpy(name, file->name, sizeof(name));
	copy_keys(file, &keys);
	file->stamp = (struct soft_stamp){ 0 };
	qsort(store->files, store->count, sizeof(*store->files), compare_files);
	(void)soft_store_reload(store);
	for (size_t i = 0; store->pin && i < store->count; i++)
		if (strcmp(store->files[i].name, name) == 0 && store->files[i].readable &&
			soft_stamp_equal(&store->files[i].stamp, &stamp))
			give_keys(&store->files[i], &keys);
}

CK_RV soft_store_save(struct soft_store *store, struct soft_write *write, struct soft_file *file)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = held_open(store->crypto, store->pin);
	bool empty = file->pfx.count == 0;
	CK_RV rv = pin ? CKR_OK : CKR_HOST_MEMORY;

	if (rv == CKR_OK && !empty)
		rv = soft_slow_write(store->slow, store->crypto, &file->pfx, pin, &bytes);
	if (rv == CKR_OK)
		rv = soft_write_stage(write, file->name, empty ? NULL : &bytes);
	if (rv == CKR_OK)
		rv = soft_store_commit(store, write);
	if (rv == CKR_OK)
		return settle(store, file);
	undo(store, file);
	return rv;
}
