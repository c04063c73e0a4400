/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: making it, setting and changing its password and the SO's. */
#include "soft_store.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>

#include "crypto.h"
#include "held.h"
#include "scope.h"
#include "soft_key.h"
#include "soft_slow.h"

#include "cardos/secret.h"

#define SO_BITS 3072

/* ---- the SO ---- */

static CK_RV stage_pfx(struct soft_store *store, struct soft_write *write, const char *name,
	const struct soft_pfx *pfx, const struct secret *password)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CK_RV rv = soft_slow_write(store->slow, store->crypto, pfx, password, &bytes);

	return rv == CKR_OK ? soft_write_stage(write, name, &bytes) : rv;
}

static CK_RV stage_so(
	struct soft_store *store, struct soft_write *write, const struct secret *so_pin)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_item *item = soft_pfx_add(&pfx, SOFT_KEY);
	CK_RV rv = item ? soft_key_rsa(store->crypto, SO_BITS, &item->key) : CKR_HOST_MEMORY;

	if (rv == CKR_OK)
		rv = soft_key_public(item->key, &item->value);
	return rv == CKR_OK ? stage_pfx(store, write, SOFT_SO_FILE, &pfx, so_pin) : rv;
}

static CK_RV open_so(struct soft_store *store, const struct secret *so_pin, struct soft_pfx *pfx)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	struct soft_open how = { .password = so_pin };
	CK_RV rv = soft_dir_read(store->dir, SOFT_SO_FILE, &bytes, NULL);

	if (rv == CKR_OK)
		rv = soft_slow_open(store->slow, store->crypto, &bytes, &how, pfx);
	if (rv == CKR_OK && (pfx->count != 1 || !pfx->items[0].key))
		rv = CKR_DATA_INVALID;
	return rv;
}

/* The SO can give the password a new value only by knowing the old one: it is kept, sealed. */
static CK_RV stage_escrow(
	struct soft_store *store, struct soft_write *write, const struct secret *pin)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(blob_clear) struct blob sealed = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CK_RV rv = soft_dir_read(store->dir, SOFT_SO_FILE, &bytes, NULL);

	if (rv == CKR_OBJECT_HANDLE_INVALID)
		return CKR_OK; /* an identity that never had an SO */
	if (rv == CKR_OK)
		rv = soft_pfx_read(store->crypto, &bytes, &pfx);
	if (rv == CKR_OK && pfx.count != 1)
		rv = CKR_DATA_INVALID;
	if (rv == CKR_OK)
		rv = soft_key_seal(store->crypto, &pfx.items[0].value, pin, &sealed);
	return rv == CKR_OK ? soft_write_stage(write, SOFT_ESCROW_FILE, &sealed) : rv;
}

static CK_RV read_escrow(
	struct soft_store *store, const struct secret *so_pin, struct secret **ret_pin)
{
	CLEANUP(blob_clear) struct blob sealed = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CK_RV rv = open_so(store, so_pin, &pfx);

	if (rv == CKR_OK)
		rv = soft_dir_read(store->dir, SOFT_ESCROW_FILE, &sealed, NULL);
	return rv == CKR_OK ? soft_key_unseal(store->crypto, pfx.items[0].key, &sealed, ret_pin)
			    : rv;
}

CK_RV soft_store_change_so(
	struct soft_store *store, const struct secret *old_pin, const struct secret *new_pin)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CK_RV rv = soft_write_begin(store->dir, &write);

	if (rv == CKR_OK)
		rv = open_so(store, old_pin, &pfx);
	if (rv == CKR_OK)
		rv = stage_pfx(store, &write, SOFT_SO_FILE, &pfx, new_pin);
	if (rv == CKR_OK)
		rv = soft_store_commit(store, &write);
	return rv == CKR_OK ? soft_store_reload(store) : rv;
}

/* ---- the user ---- */

/* A file with another password than the user PIN was put there by the person and stays as it is. */
static CK_RV stage_again(struct soft_store *store, struct soft_write *write, const char *name,
	const struct secret *old_pin, const struct secret *new_pin)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { old_pin, store->conf.old_ciphers, false };
	CK_RV rv = soft_dir_read(store->dir, name, &bytes, NULL);

	if (rv == CKR_OK)
		rv = soft_slow_open(store->slow, store->crypto, &bytes, &how, &pfx);
	if (rv == CKR_PIN_INCORRECT || rv == CKR_DATA_INVALID)
		return CKR_OK;
	return rv == CKR_OK ? stage_pfx(store, write, name, &pfx, new_pin) : rv;
}

static CK_RV stage_password(
	const struct soft_conf *conf, struct soft_write *write, const struct secret *new_pin)
{
	CLEANUP(blob_clear) struct blob text = { 0 };

	if (conf->level != SOFT_LEVEL_NEVER)
		return soft_write_stage(write, SOFT_PASSWORD_FILE, NULL);
	if (!blob_set(&text, secret_bytes(new_pin), secret_len(new_pin)) ||
		!blob_add(&text, "\n", 1))
		return CKR_HOST_MEMORY;
	return soft_write_stage(write, SOFT_PASSWORD_FILE, &text);
}

static CK_RV put_off(CK_RV rv, bool *later)
{
	*later |= rv == TOKEN_LATER;
	return rv == TOKEN_LATER ? CKR_OK : rv;
}

static CK_RV stage_all(struct soft_store *store, struct soft_write *write,
	const struct secret *old_pin, const struct secret *new_pin)
{
	static const struct soft_pfx nothing;
	bool later = false;
	CK_RV rv = CKR_OK;

	/* what is put off is put off together */
	for (size_t i = 0; rv == CKR_OK && old_pin && i < store->count; i++)
		rv = put_off(
			stage_again(store, write, store->files[i].name, old_pin, new_pin), &later);
	if (rv == CKR_OK)
		rv = put_off(stage_pfx(store, write, SOFT_PIN_FILE, &nothing, new_pin), &later);
	if (rv == CKR_OK && later)
		return TOKEN_LATER;
	if (rv == CKR_OK)
		rv = stage_escrow(store, write, new_pin);
	return rv == CKR_OK ? stage_password(&store->conf, write, new_pin) : rv;
}

/* Lock held. All files get the new password in one set of changes. */
static CK_RV repin(struct soft_store *store, struct soft_write *write, const struct secret *old_pin,
	const struct secret *new_pin)
{
	CLEANUP(held_free_p) struct held *kept = NULL;
	CK_RV rv = stage_all(store, write, old_pin, new_pin);

	if (rv == CKR_OK && store->pin) {
		kept = held_new(store->crypto, new_pin);
		rv = kept ? CKR_OK : CKR_HOST_MEMORY;
	}
	if (rv == CKR_OK)
		rv = soft_store_commit(store, write);
	if (rv != CKR_OK)
		return rv;
	if (kept) {
		held_free(store->pin);
		store->pin = TAKE(kept);
	}
	return soft_store_reload(store);
}

CK_RV soft_store_change_pin(
	struct soft_store *store, const struct secret *old_pin, const struct secret *new_pin)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_write_begin(store->dir, &write);

	if (rv == CKR_OK)
		rv = soft_store_reload(store);
	if (rv == CKR_OK)
		rv = soft_store_check_pin(store, old_pin);
	return rv == CKR_OK ? repin(store, &write, old_pin, new_pin) : rv;
}

CK_RV soft_store_set_pin(
	struct soft_store *store, const struct secret *so_pin, const struct secret *new_pin)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(secret_free_p) struct secret *old_pin = NULL;
	CK_RV rv = soft_write_begin(store->dir, &write);

	if (rv == CKR_OK)
		rv = soft_store_reload(store);
	if (rv == CKR_OK)
		rv = soft_store_check_so(store, so_pin);
	if (rv == CKR_OK && store->shape.has_pin)
		rv = read_escrow(store, so_pin, &old_pin);
	/* the escrow is of no use if the person gave the files a password of their own */
	if (rv == CKR_OK && old_pin)
		rv = soft_store_check_pin(store, old_pin);
	if (old_pin && rv != CKR_OK && rv != TOKEN_LATER)
		rv = CKR_FUNCTION_FAILED;
	return rv == CKR_OK ? repin(store, &write, old_pin, new_pin) : rv;
}

/* ---- settings ---- */

CK_RV soft_store_configure(struct soft_store *store, const struct soft_conf *conf)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(blob_clear) struct blob text = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = NULL;
	struct soft_conf wanted;
	CK_RV rv = soft_store_edit(store, &write);

	if (rv != CKR_OK)
		return rv;
	pin = held_open(store->crypto, store->pin);
	if (!pin)
		return CKR_HOST_MEMORY;
	wanted = store->conf;
	wanted.level = conf->level;
	wanted.old_ciphers = conf->old_ciphers;
	if (!soft_conf_format(&wanted, &text))
		return CKR_HOST_MEMORY;
	rv = soft_write_stage(&write, SOFT_CONF_NAME, &text);
	if (rv == CKR_OK)
		rv = stage_password(&wanted, &write, pin);
	if (rv == CKR_OK)
		rv = soft_store_commit(store, &write);
	if (rv == CKR_OK)
		rv = soft_store_reload(store);
	return rv == CKR_OK ? soft_store_open_hidden(store) : rv;
}

/* ---- making it ---- */

static CK_RV stage_conf(struct soft_store *store, struct soft_write *write, const char *label)
{
	CLEANUP(blob_clear) struct blob text = { 0 };
	struct soft_conf conf = { .level = store->conf.level };
	uint8_t serial[8];

	if (RAND_bytes_ex(crypto_context(store->crypto), serial, sizeof(serial), 0) != 1)
		return CKR_FUNCTION_FAILED;
	for (size_t i = 0; i < sizeof(serial); i++)
		snprintf(conf.serial + 2 * i, 3, "%02x", serial[i]);
	for (size_t i = 0; label[i] && i < SOFT_CONF_TEXT_MAX; i++)
		conf.label[i] = iscntrl((unsigned char)label[i]) ? ' ' : label[i];
	if (!soft_conf_format(&conf, &text))
		return CKR_HOST_MEMORY;
	return soft_write_stage(write, SOFT_CONF_NAME, &text);
}

static CK_RV stage_empty(struct soft_store *store, struct soft_write *write)
{
	static const char *const others[] = { SOFT_PIN_FILE, SOFT_ESCROW_FILE, SOFT_PASSWORD_FILE };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < store->count; i++)
		rv = soft_write_stage(write, store->files[i].name, NULL);
	for (size_t i = 0; rv == CKR_OK && i < COUNT_OF(others); i++)
		rv = soft_write_stage(write, others[i], NULL);
	return rv;
}

CK_RV soft_store_init(struct soft_store *store, const char *label, const struct secret *so_pin)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CK_RV rv = soft_write_begin(store->dir, &write);

	if (rv == CKR_OK)
		rv = soft_store_reload(store);
	if (rv != CKR_OK)
		return rv;
	/* files without an SO came from the person: nobody but the person may clear them away */
	if (store->shape.initialised && !store->shape.has_so)
		return CKR_TOKEN_WRITE_PROTECTED;
	if (store->shape.has_so)
		rv = soft_store_check_so(store, so_pin);
	if (rv == CKR_OK)
		rv = stage_empty(store, &write);
	if (rv == CKR_OK)
		rv = stage_so(store, &write, so_pin);
	if (rv == CKR_OK)
		rv = stage_conf(store, &write, label);
	if (rv == CKR_OK)
		rv = soft_store_commit(store, &write);
	if (rv != CKR_OK)
		return rv;
	store->pin = held_free(store->pin);
	return soft_store_reload(store);
}
