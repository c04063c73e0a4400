/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: seeing what is there, opening it. */
#include "soft_store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto.h"
#include "fd.h"
#include "held.h"
#include "scope.h"
#include "soft_key.h"

#include "cardos/secret.h"

static void file_clear(struct soft_file *file)
{
	soft_pfx_clear(&file->pfx);
}

static void forget_files(struct soft_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		file_clear(&store->files[i]);
	free(store->files);
	store->files = NULL;
	store->count = 0;
}

struct soft_store *soft_store_free(struct soft_store *store)
{
	if (store) {
		forget_files(store);
		free(store->refs);
		held_free(store->pin);
		soft_watch_close(&store->watch);
		fd_close_p(&store->dir);
		crypto_free(store->crypto);
		free(store);
	}
	return NULL;
}

bool soft_store_alive(const struct soft_store *store)
{
	struct soft_stamp stamp;
	struct stat stat;

	return soft_dir_stamp(store->dir, &stamp) && lstat(store->path, &stat) == 0 &&
	       stat.st_dev == stamp.device && stat.st_ino == stamp.inode;
}

/* ---- numbers ---- */

static int compare_refs(const void *a, const void *b)
{
	const struct soft_ref *x = a;
	const struct soft_ref *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static void add_ref(struct soft_store *store, uint32_t number, size_t file, size_t item)
{
	store->refs[store->ref_count++] =
		(struct soft_ref){ number, (uint32_t)file, (uint32_t)item };
}

static void number_item(struct soft_store *store, size_t file, size_t index)
{
	struct soft_item *item = &store->files[file].pfx.items[index];

	if (item->kind == SOFT_KEY || item->kind == SOFT_PUBLIC)
		if (item->value.len && !item->bits)
			soft_key_kind(store->crypto, &item->value, &item->key_type, &item->bits);
	if (!item->number)
		item->number = ++store->last_number;
	add_ref(store, item->number, file, index);
	if (item->kind != SOFT_KEY)
		return;
	if (!item->public_number)
		item->public_number = ++store->last_number;
	add_ref(store, item->public_number, file, index);
}

CK_RV soft_store_index(struct soft_store *store)
{
	struct soft_ref *refs;
	size_t room = 1;

	for (size_t i = 0; i < store->count; i++)
		room += 2 * store->files[i].pfx.count;
	refs = reallocarray(store->refs, room, sizeof(*refs));
	if (!refs)
		return CKR_HOST_MEMORY;
	store->refs = refs;
	store->ref_count = 0;
	for (size_t i = 0; i < store->count; i++)
		for (size_t j = 0; j < store->files[i].pfx.count; j++)
			number_item(store, i, j);
	qsort(store->refs, store->ref_count, sizeof(*refs), compare_refs);
	return soft_store_name(store);
}

struct soft_item *soft_store_find(
	struct soft_store *store, uint32_t number, struct soft_file **ret_file)
{
	struct soft_ref key = { .number = number };
	const struct soft_ref *ref = store->ref_count ? bsearch(&key, store->refs, store->ref_count,
								sizeof(key), compare_refs)
						      : NULL;

	if (!ref)
		return NULL;
	if (ret_file)
		*ret_file = &store->files[ref->file];
	return &store->files[ref->file].pfx.items[ref->item];
}

/* An item is the one it was if kind and contents agree; a key of others may just have got its
 * public half known. */
void soft_store_keep_numbers(struct soft_pfx *from, struct soft_pfx *to)
{
	for (size_t i = 0; i < to->count; i++) {
		struct soft_item *item = &to->items[i];

		for (size_t j = 0; j < from->count && !item->number; j++) {
			struct soft_item *old = &from->items[j];

			if (!old->number || old->kind != item->kind ||
				old->private != item->private ||
				(old->value.len && !blob_equal(&item->value, old->value.bytes,
							   old->value.len)))
				continue;
			item->number = old->number;
			item->public_number = old->public_number;
			old->number = 0;
		}
	}
}

/* ---- seeing ---- */

static int compare_files(const void *name, const void *file)
{
	return strcmp(name, ((const struct soft_file *)file)->name);
}

static struct soft_file *find_file(const struct soft_store *store, const char *name)
{
	return store->count ? bsearch(name, store->files, store->count, sizeof(*store->files),
				      compare_files)
			    : NULL;
}

/* A file that cannot be read shows nothing, and hinders no other. */
static CK_RV see_file(struct soft_store *store, struct soft_file *file)
{
	struct soft_file *old = find_file(store, file->name);
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	struct soft_stamp now;
	CK_RV rv;

	if (old && old->stamp.inode && soft_dir_stamp_of(store->dir, file->name, &now) &&
		soft_stamp_equal(&now, &old->stamp)) {
		*file = *old;
		old->pfx = (struct soft_pfx){ 0 };
		return CKR_OK;
	}
	store->changed = true;
	rv = soft_dir_read(store->dir, file->name, &bytes, &file->stamp);
	if (rv == CKR_OK)
		rv = soft_pfx_read(store->crypto, &bytes, &file->pfx);
	file->readable = rv == CKR_OK;
	if (old)
		soft_store_keep_numbers(&old->pfx, &file->pfx);
	return rv == CKR_HOST_MEMORY ? rv : CKR_OK;
}

static CK_RV see_files(struct soft_store *store)
{
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	struct soft_file *files;
	CK_RV rv = soft_dir_list(store->dir, SOFT_PFX_SUFFIX, &names);

	if (rv != CKR_OK)
		return rv;
	files = calloc(names.count + 1, sizeof(*files));
	if (!files)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < names.count; i++) {
		memcpy(files[i].name, names.names[i], strlen(names.names[i]) + 1);
		if (rv == CKR_OK)
			rv = see_file(store, &files[i]);
	}
	store->changed |= store->count != names.count;
	forget_files(store);
	store->files = files;
	store->count = names.count;
	return rv == CKR_OK ? soft_store_index(store) : rv;
}

static bool exists(const struct soft_store *store, const char *name)
{
	struct soft_stamp stamp;

	return soft_dir_stamp_of(store->dir, name, &stamp);
}

static void see_shape(struct soft_store *store)
{
	CLEANUP(blob_clear) struct blob text = { 0 };
	struct soft_shape shape = { 0 };
	bool conf = soft_dir_read(store->dir, SOFT_CONF_NAME, &text, NULL) == CKR_OK;
	struct soft_conf old = store->conf;

	soft_conf_parse(&text, &store->conf);
	store->changed |= old.level != store->conf.level ||
			  old.old_ciphers != store->conf.old_ciphers ||
			  strcmp(old.label, store->conf.label) != 0;
	shape.has_pin = exists(store, SOFT_PIN_FILE);
	for (size_t i = 0; i < store->count; i++)
		shape.has_pin |= store->files[i].readable;
	shape.has_so = exists(store, SOFT_SO_FILE);
	shape.present = conf || store->count;
	shape.initialised = text.len || store->count;
	if (!store->level)
		store->level = store->conf.level;
	shape.level = store->level;
	store->shape = shape;
}

/* Level 3: the password lies beside the files, for nobody else to read. */
static void take_stored_pin(struct soft_store *store)
{
	CLEANUP(blob_clear) struct blob text = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = NULL;
	struct soft_slow *slow = store->slow;
	struct stat stat;
	uint8_t *end;

	if (store->level != SOFT_LEVEL_NEVER || store->pin)
		return;
	if (fstatat(store->dir, SOFT_PASSWORD_FILE, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
		!(stat.st_mode & 077) &&
		soft_dir_read(store->dir, SOFT_PASSWORD_FILE, &text, NULL) == CKR_OK && text.len) {
		end = memchr(text.bytes, '\n', text.len);
		pin = secret_new(text.bytes, end ? (size_t)(end - text.bytes) : text.len);
	}
	store->slow = NULL; /* who opens the directory waits */
	if (pin && soft_store_login(store, pin) != CKR_OK)
		soft_store_logout(store);
	store->slow = slow;
	if (!store->pin)
		store->shape.level = SOFT_LEVEL_ONCE; /* nothing usable there: ask */
}

CK_RV soft_store_reload(struct soft_store *store)
{
	struct soft_stamp stamp;
	CK_RV rv;

	if (!soft_dir_stamp(store->dir, &stamp))
		return CKR_DEVICE_REMOVED;
	rv = see_files(store);
	if (rv != CKR_OK)
		return rv;
	see_shape(store);
	store->stamp = stamp;
	take_stored_pin(store);
	return CKR_OK;
}

CK_RV soft_store_refresh(struct soft_store *store)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	struct soft_stamp stamp;

	if (!soft_dir_stamp(store->dir, &stamp))
		return CKR_DEVICE_REMOVED;
	if (!soft_watch_changed(&store->watch, 0) && soft_stamp_equal(&stamp, &store->stamp))
		return CKR_OK;
	if (soft_dir_unfinished(store->dir))
		(void)soft_write_begin(store->dir, &write); /* finishes it, if we may write */
	return soft_store_reload(store);
}

CK_RV soft_store_keep_level(struct soft_store *store, enum soft_level level)
{
	if (!level || level == store->level)
		return CKR_OK;
	store->level = level;
	store->shape.level = level; /* so that logging out does */
	if (level != SOFT_LEVEL_NEVER)
		soft_store_logout(store);
	return soft_store_reload(store);
}

CK_RV soft_store_open(const char *path, const char *name, struct soft_store **ret_store)
{
	struct soft_store *store = calloc(1, sizeof(*store));
	CK_RV rv;

	if (!store)
		return CKR_HOST_MEMORY;
	soft_watch_open(&store->watch);
	soft_watch_add(&store->watch, path);
	store->dir = soft_dir_open(AT_FDCWD, path);
	store->crypto = crypto_new();
	if (strlen(path) >= sizeof(store->path) || strlen(name) >= sizeof(store->name) ||
		store->dir < 0) {
		soft_store_free(store);
		return CKR_TOKEN_NOT_PRESENT;
	}
	memcpy(store->path, path, strlen(path) + 1);
	memcpy(store->name, name, strlen(name) + 1);
	rv = store->crypto ? soft_store_refresh(store) : CKR_GENERAL_ERROR;
	if (rv == CKR_OK && !store->shape.present)
		rv = CKR_TOKEN_NOT_PRESENT;
	if (rv != CKR_OK) {
		soft_store_free(store);
		return rv;
	}
	*ret_store = store;
	return CKR_OK;
}
