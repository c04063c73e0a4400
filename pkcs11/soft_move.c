/* SPDX-License-Identifier: Apache-2.0 */
/* Moves software identities between directories and single PFX files. */
#include "soft_move.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "fd.h"
#include "scope.h"
#include "soft_conf.h"
#include "soft_dir.h"
#include "soft_pfx.h"
#include "soft_store.h"

#include "cardos/secret.h"

#define NAME_LEN_MAX 32 /* of a label in CK_TOKEN_INFO */

struct soft_move {
	struct crypto *crypto;
	struct soft_pfx pfx;
};

static enum soft_move_result result_of(CK_RV rv)
{
	switch (rv) {
	case CKR_OK:
		return SOFT_MOVE_OK;
	case CKR_PIN_INCORRECT:
		return SOFT_MOVE_PASSWORD;
	case CKR_DATA_INVALID:
		return SOFT_MOVE_DAMAGED;
	case CKR_ACTION_PROHIBITED:
		return SOFT_MOVE_OLD_CIPHER;
	case CKR_HOST_MEMORY:
		return SOFT_MOVE_MEMORY;
	default:
		return SOFT_MOVE_SYSTEM;
	}
}

static void move_free_p(struct soft_move **move)
{
	*move = soft_move_free(*move);
}

static struct soft_move *move_new(void)
{
	struct soft_move *move = calloc(1, sizeof(*move));

	if (move)
		move->crypto = crypto_new();
	return move && !move->crypto ? soft_move_free(move) : move;
}

struct soft_move *soft_move_free(struct soft_move *move)
{
	if (move) {
		soft_pfx_clear(&move->pfx);
		crypto_free(move->crypto);
		free(move);
	}
	return NULL;
}

static bool has_key(const struct soft_pfx *pfx)
{
	for (size_t i = 0; i < pfx->count; i++)
		if (pfx->items[i].kind == SOFT_KEY && pfx->items[i].key)
			return true;
	return false;
}

/* A wrong password and a changed byte both make a wrong MAC. A key that opens tells them apart. */
static CK_RV open_bytes(const struct soft_move *move, const struct blob *bytes,
	const struct soft_open *how, struct soft_pfx *ret)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx probe = { 0 };
	struct soft_open unchecked = *how;
	CK_RV rv = soft_pfx_open(move->crypto, bytes, how, ret);

	unchecked.checked = true;
	if (rv == CKR_PIN_INCORRECT &&
		soft_pfx_open(move->crypto, bytes, &unchecked, &probe) == CKR_OK && has_key(&probe))
		rv = CKR_DATA_INVALID;
	return rv;
}

enum soft_move_result soft_move_open(const uint8_t *file, size_t len,
	struct soft_move_password password, bool old_ciphers, struct soft_move **ret)
{
	CLEANUP(move_free_p) struct soft_move *move = move_new();
	CLEANUP(secret_free_p) struct secret *secret = secret_new(password.bytes, password.len);
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	struct soft_open how = { .password = secret, .weak_allowed = old_ciphers };

	if (!move || !secret || !blob_set(&bytes, file, len))
		return SOFT_MOVE_MEMORY;
	CK_RV rv = open_bytes(move, &bytes, &how, &move->pfx);
	if (rv != CKR_OK)
		return result_of(rv);
	if (!has_key(&move->pfx))
		return SOFT_MOVE_NO_KEY;
	*ret = TAKE(move);
	return SOFT_MOVE_OK;
}

/* Hand every item over; from is empty afterwards. */
static bool join(struct soft_pfx *to, struct soft_pfx *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct soft_item *item = soft_pfx_add(to, from->items[i].kind);
		if (!item)
			return false;
		*item = from->items[i];
		from->items[i] = (struct soft_item){ .kind = SOFT_DATA };
	}
	to->weak |= from->weak;
	return true;
}

static CK_RV take_file(
	struct soft_move *move, int dir, const char *name, const struct secret *secret)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { .password = secret, .weak_allowed = true };
	CK_RV rv = soft_dir_read(dir, name, &bytes, NULL);

	if (rv == CKR_OK)
		rv = open_bytes(move, &bytes, &how, &pfx);
	if (rv == CKR_OK && !join(&move->pfx, &pfx))
		rv = CKR_HOST_MEMORY;
	return rv;
}

enum soft_move_result soft_move_take(
	const char *directory, struct soft_move_password password, struct soft_move **ret)
{
	CLEANUP(move_free_p) struct soft_move *move = move_new();
	CLEANUP(secret_free_p) struct secret *secret = secret_new(password.bytes, password.len);
	CLEANUP(fd_close_p) int dir = soft_dir_open(AT_FDCWD, directory);
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };

	if (!move || !secret)
		return SOFT_MOVE_MEMORY;
	if (dir < 0)
		return SOFT_MOVE_SYSTEM;
	CK_RV rv = soft_dir_list(dir, SOFT_PFX_SUFFIX, &names);
	for (size_t i = 0; rv == CKR_OK && i < names.count; i++) {
		rv = take_file(move, dir, names.names[i], secret);
		if (i > 0 && rv == CKR_PIN_INCORRECT)
			rv = CKR_OK; /* of another password: not part of what this one opens */
	}
	if (rv != CKR_OK)
		return result_of(rv);
	if (!has_key(&move->pfx))
		return SOFT_MOVE_NO_KEY;
	*ret = TAKE(move);
	return SOFT_MOVE_OK;
}

bool soft_move_weak(const struct soft_move *move)
{
	return move->pfx.weak;
}

/* Does one of the keys have this id? */
static bool is_own(const struct soft_pfx *pfx, const struct soft_item *certificate)
{
	for (size_t i = 0; i < pfx->count; i++)
		if (pfx->items[i].kind == SOFT_KEY && pfx->items[i].id_len &&
			pfx->items[i].id_len == certificate->id_len &&
			memcmp(pfx->items[i].id, certificate->id, certificate->id_len) == 0)
			return true;
	return false;
}

bool soft_move_certificate(const struct soft_move *move, size_t index, const uint8_t **ret_der,
	size_t *ret_len, bool *ret_own)
{
	for (size_t i = 0; i < move->pfx.count; i++) {
		const struct soft_item *item = &move->pfx.items[i];
		if (item->kind != SOFT_CERTIFICATE || index--)
			continue;
		*ret_der = item->value.bytes;
		*ret_len = item->value.len;
		*ret_own = is_own(&move->pfx, item);
		return true;
	}
	return false;
}

static const struct soft_item *find_certificate(
	const struct soft_pfx *pfx, const uint8_t *der, size_t len)
{
	for (size_t i = 0; i < pfx->count; i++)
		if (pfx->items[i].kind == SOFT_CERTIFICATE &&
			blob_equal(&pfx->items[i].value, der, len))
			return &pfx->items[i];
	return NULL;
}

/* Belongs to the certificate with this id, or to nobody in particular. */
static bool stays(
	const struct soft_pfx *pfx, const struct soft_item *item, const uint8_t *id, size_t id_len)
{
	bool same = item->id_len == id_len && memcmp(item->id, id, id_len) == 0;

	return same || (item->kind == SOFT_CERTIFICATE && item->authority && !is_own(pfx, item));
}

bool soft_move_keep(struct soft_move *move, const uint8_t *der, size_t len)
{
	struct soft_pfx *pfx = &move->pfx;
	const struct soft_item *certificate = find_certificate(pfx, der, len);
	uint8_t id[TOKEN_ID_MAX];

	if (!certificate || !is_own(pfx, certificate))
		return false;
	size_t id_len = certificate->id_len;
	memcpy(id, certificate->id, id_len);
	for (size_t i = pfx->count; i-- > 0;)
		if (!stays(pfx, &pfx->items[i], id, id_len))
			soft_pfx_remove(pfx, i);
	return true;
}

bool soft_move_label(struct soft_move *move, const char *label)
{
	if (strlen(label) > TOKEN_LABEL_MAX)
		return false;
	for (size_t i = 0; i < move->pfx.count; i++) {
		struct soft_item *item = &move->pfx.items[i];
		if (item->kind == SOFT_KEY ||
			(item->kind == SOFT_CERTIFICATE && is_own(&move->pfx, item)))
			memcpy(item->label, label, strlen(label) + 1);
	}
	return true;
}

static enum soft_move_result pack(
	const struct soft_move *move, struct soft_move_password password, struct blob *ret)
{
	CLEANUP(secret_free_p) struct secret *secret = secret_new(password.bytes, password.len);

	if (!secret)
		return SOFT_MOVE_MEMORY;
	return result_of(soft_pfx_write(move->crypto, &move->pfx, secret, SOFT_ROUNDS, ret));
}

enum soft_move_result soft_move_pack(const struct soft_move *move,
	struct soft_move_password password, uint8_t **ret, size_t *ret_len)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	enum soft_move_result result = pack(move, password, &bytes);

	if (result != SOFT_MOVE_OK)
		return result;
	*ret = malloc(bytes.len);
	if (!*ret)
		return SOFT_MOVE_MEMORY;
	memcpy(*ret, bytes.bytes, bytes.len);
	*ret_len = bytes.len;
	return SOFT_MOVE_OK;
}

/* It becomes a directory, a file and the token's label. */
static bool is_name(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) <= NAME_LEN_MAX && !strchr(name, '/');
}

/* Stage the removal of what an identity consists of; false names in *ret_rv why not. */
static CK_RV stage_removal(struct soft_write *write, int dir, const char *keep)
{
	static const char *const others[] = { SOFT_PIN_FILE, SOFT_SO_FILE, SOFT_ESCROW_FILE,
		SOFT_PASSWORD_FILE };
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CK_RV rv = soft_dir_list(dir, SOFT_PFX_SUFFIX, &names);

	for (size_t i = 0; rv == CKR_OK && i < names.count; i++)
		if (strcmp(names.names[i], keep) != 0)
			rv = soft_write_stage(write, names.names[i], NULL);
	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(others); i++)
		if (faccessat(dir, others[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			rv = soft_write_stage(write, others[i], NULL);
	return rv;
}

static CK_RV stage_new(
	struct soft_write *write, const struct blob *file, const char *file_name, bool always)
{
	CLEANUP(blob_clear) struct blob text = { 0 };
	const struct soft_conf conf = { .level = always ? SOFT_LEVEL_ALWAYS : SOFT_LEVEL_ONCE };

	if (!soft_conf_format(&conf, &text))
		return CKR_HOST_MEMORY;
	CK_RV rv = soft_write_stage(write, SOFT_CONF_NAME, &text);
	return rv == CKR_OK ? soft_write_stage(write, file_name, file) : rv;
}

static bool is_empty(int dir)
{
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };

	return soft_dir_list(dir, SOFT_PFX_SUFFIX, &names) == CKR_OK && names.count == 0 &&
	       faccessat(dir, SOFT_PIN_FILE, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
}

/* Every folder of the path that is missing. */
static bool make_root(const char *root)
{
	CLEANUP(free_p) char *path = strdup(root);

	for (char *slash = path; slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		if (slash)
			*slash = '/';
	}
	return path != NULL;
}

enum soft_move_result soft_move_put(const struct soft_move *move,
	const struct soft_move_target *target, struct soft_move_password password)
{
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(fd_close_p) int dir = -1;
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *file_name = NULL;

	if (!is_name(target->name))
		return SOFT_MOVE_NAME;
	if (asprintf(&path, "%s/%s", target->root, target->name) < 0 ||
		asprintf(&file_name, "%s" SOFT_PFX_SUFFIX, target->name) < 0)
		return SOFT_MOVE_MEMORY;
	enum soft_move_result result = pack(move, password, &file);
	if (result != SOFT_MOVE_OK)
		return result;
	if (!make_root(target->root) || (mkdir(path, 0700) != 0 && errno != EEXIST))
		return SOFT_MOVE_SYSTEM;
	dir = soft_dir_open(AT_FDCWD, path);
	if (dir < 0)
		return SOFT_MOVE_SYSTEM;
	CK_RV rv = soft_write_begin(dir, &write);
	if (rv == CKR_OK && !target->replace && !is_empty(dir))
		return SOFT_MOVE_EXISTS;
	if (rv == CKR_OK)
		rv = stage_removal(&write, dir, file_name);
	if (rv == CKR_OK)
		rv = stage_new(&write, &file, file_name, target->always);
	if (rv == CKR_OK)
		rv = soft_write_commit(&write);
	return result_of(rv);
}
