/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: changes of its files. */
#include "soft_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "scope.h"

#include "cardos/secret.h"

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

/* Memory as it is cannot be trusted: all is read again. Numbers of what is on disk stay. */
static void undo(struct soft_store *store, struct soft_file *file)
{
	file->stamp = (struct soft_stamp){ 0 };
	qsort(store->files, store->count, sizeof(*store->files), compare_files);
	(void)soft_store_reload(store);
}

CK_RV soft_store_save(struct soft_store *store, struct soft_write *write, struct soft_file *file)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = held_open(store->crypto, store->pin);
	bool empty = file->pfx.count == 0;
	CK_RV rv = pin ? CKR_OK : CKR_HOST_MEMORY;

	if (rv == CKR_OK && !empty)
		rv = soft_pfx_write(store->crypto, &file->pfx, pin, SOFT_ROUNDS, &bytes);
	if (rv == CKR_OK)
		rv = soft_write_stage(write, file->name, empty ? NULL : &bytes);
	if (rv == CKR_OK)
		rv = soft_write_commit(write);
	if (rv == CKR_OK)
		return settle(store, file);
	undo(store, file);
	return rv;
}
