/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#15 from a card: its application, its PINs, its directories. */
#include "p15_read.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_cache.h"
#include "p15_described.h"
#include "p15_file.h"
#include "p15_state.h"

#include <string.h>
#include <time.h>

#define FIRST_ODF 64 /* five entries and the zero behind them */
#define FIRST_TOKEN 96
#define FIRST_PINS 80 /* one PIN */
#define FIRST_ENTRIES 128
#define DIR_ENTRY_PATH_TAG 0x51

static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5' };

/* A directory file, as p15_read_entries(): from the cache where that may be believed. What is only
 * to be read behind a PIN is not kept. */
static enum cardos_err read_entries(struct p15 *p15, const struct cos_path *path, size_t first,
	struct buf *buf, size_t *ret_used)
{
	const struct p15_cache_key key = { .kind = P15_CACHE_DIRECTORY, .path = *path };
	struct p15_cache_value value = { .len = 0 };
	if (!p15->uncached && p15_cache_belief(p15->cache) == P15_BELIEVE_ALL &&
		p15_cache_find(p15->cache, &key, &value)) {
		p15->from_cache = true;
		p15->records = value.records;
		buf_put(buf, value.bytes, value.len);
		*ret_used = value.len;
		if (buf->bad)
			return CARDOS_E_MEMORY;
		return value.absent ? CARDOS_E_NOT_FOUND : CARDOS_OK;
	}
	enum cardos_err err = p15_read_entries(p15, path, first, buf, ret_used);
	if (p15->uncached || (p15->verified && *p15->verified) ||
		(err != CARDOS_OK && err != CARDOS_E_NOT_FOUND))
		return err;
	value = (struct p15_cache_value){ .absent = err != CARDOS_OK };
	if (err == CARDOS_OK) {
		value.bytes = buf->bytes;
		value.len = *ret_used;
		value.records = p15->records;
	}
	p15_cache_put(p15->cache, &key, &value);
	return err;
}

static enum cardos_err read_odf(struct p15 *p15)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_ODF);
	enum cardos_err err = read_entries(p15, &path, FIRST_ODF, &p15->odf_raw, &p15->odf_used);
	if (err != CARDOS_OK)
		return err;
	p15->odf_records = p15->records;
	cursor_init(&cursor, p15->odf_raw.bytes, p15->odf_used);
	for (const uint8_t *at = cursor.bytes; iso_tlv_next(&cursor, &tlv); at = cursor.bytes) {
		struct p15_file file = { 0 };
		err = p15_odf_decode(at, tlv.whole, &file.df, &file.path);
		if (err == CARDOS_E_NOT_SUPPORTED)
			continue;
		if (err != CARDOS_OK)
			return err;
		if (p15->file_count == P15_DFS_MAX)
			return CARDOS_E_CORRUPT;
		p15->files[p15->file_count++] = file;
	}
	return CARDOS_OK;
}

/* The path of the PKCS#15 application in EF(DIR). NOT_FOUND: there is none. */
static enum cardos_err find_in_dir(struct p15 *p15)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct cursor cursor;
	struct iso_tlv entry, tlv;
	const struct cos_path mf = { .len = 0 };
	const struct cos_path path = cos_path_child(&mf, P15_FID_DIR);
	size_t used = 0;
	buf_init(&buf, P15_DIR_MAX);
	enum cardos_err err = p15_read_entries(p15, &path, FIRST_ODF, &buf, &used);
	if (err != CARDOS_OK)
		return err;
	cursor_init(&cursor, buf.bytes, used);
	while (iso_tlv_next(&cursor, &entry)) {
		if (!iso_tlv_find(entry.value, entry.len, 0x4F, &tlv) || tlv.len < sizeof(aid) ||
			memcmp(tlv.value, aid, sizeof(aid)) != 0)
			continue;
		if (iso_tlv_find(entry.value, entry.len, DIR_ENTRY_PATH_TAG, &tlv) &&
			cos_path_set(&p15->app, tlv.value, tlv.len) && p15->app.len > 0)
			return CARDOS_OK;
	}
	return CARDOS_E_NOT_FOUND;
}

static enum cardos_err read_token(struct p15 *p15)
{
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
	enum cardos_err err =
		p15_read_entries(p15, &path, FIRST_TOKEN, &p15->token_raw, &p15->token_len);
	if (err == CARDOS_OK && p15->token_len == 0)
		err = CARDOS_E_NOT_FOUND; /* TokenInfo is written last: the making was interrupted
					   */
	if (err == CARDOS_OK)
		err = p15_token_decode(p15->token_raw.bytes, p15->token_len, &p15->token);
	if (err == CARDOS_OK && p15->token.serial_len == 0)
		err = cos_card_serial(p15->cos, p15->token.serial, &p15->token.serial_len);
	if (err == CARDOS_OK && !p15->uncached)
		p15_cache_open(p15->cache, &p15->token, p15->token_raw.bytes, p15->token_len,
			(int64_t)time(NULL));
	return err;
}

static enum cardos_err read_pins(struct p15 *p15, struct p15_file *file)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct cursor cursor;
	struct iso_tlv tlv;
	buf_init(&buf, P15_DIR_MAX);
	enum cardos_err err = read_entries(p15, &file->path, FIRST_PINS, &buf, &file->used);
	if (err == CARDOS_E_NOT_FOUND)
		return CARDOS_OK;
	if (err != CARDOS_OK)
		return err;
	file->read = true;
	file->records = p15->records;
	cursor_init(&cursor, buf.bytes, file->used);
	for (const uint8_t *at = cursor.bytes; iso_tlv_next(&cursor, &tlv); at = cursor.bytes) {
		if (p15->pin_count == P15_PINS_MAX)
			break;
		/* A PIN of a kind this room does not know is not in its way. */
		if (p15_pin_decode(at, tlv.whole, &p15->pins[p15->pin_count]) == CARDOS_OK)
			p15->pin_count++;
	}
	return CARDOS_OK;
}

/* ODF and TokenInfo. That comes first where it opens the cache, which may have the ODF. */
static enum cardos_err read_app(struct p15 *p15)
{
	const bool token_first = p15->cache && !p15->uncached;
	enum cardos_err err = token_first ? read_token(p15) : read_odf(p15);
	if (err == CARDOS_OK)
		err = token_first ? read_odf(p15) : read_token(p15);
	return err;
}

static enum cardos_err bind_once(struct p15 *p15)
{
	static const uint8_t usual[2] = { P15_FID_APP >> 8, P15_FID_APP & 0xFF };
	(void)cos_path_set(&p15->app, usual, sizeof(usual));
	enum cardos_err err = read_app(p15);
	if (err == CARDOS_E_NOT_FOUND && p15->file_count == 0 && p15->token_len == 0) {
		err = find_in_dir(p15);
		if (err == CARDOS_OK && cos_path_fid(&p15->app) == P15_FID_APP)
			err = CARDOS_E_NOT_FOUND;
		p15->token_raw.len = 0;
		if (err == CARDOS_OK)
			err = read_app(p15);
	}
	for (unsigned i = 0; err == CARDOS_OK && i < p15->file_count; i++) {
		if (p15->files[i].df == P15_AODF)
			err = read_pins(p15, &p15->files[i]);
	}
	return err;
}

enum cardos_err p15_bind(struct p15 *p15)
{
	if (p15->state != P15_UNREAD)
		return CARDOS_OK;
	enum cardos_err err = bind_once(p15);
	if (err != CARDOS_OK && p15->from_cache) {
		p15_done(p15);
		p15->uncached = true; /* what was kept does not fit together */
		err = bind_once(p15);
	}
	if (err == CARDOS_OK) {
		p15->state = P15_READY;
	} else {
		p15_done(p15);
		if (err == CARDOS_E_NOT_FOUND) {
			err = p15_described(p15);
			if (err != CARDOS_OK)
				p15_done(p15);
			else
				p15->state = p15->described ? P15_READY : P15_BLANK;
		}
	}
	return err;
}

enum cardos_err p15_changed(struct p15 *p15, bool *ret_changed)
{
	CLEANUP(buf_done) struct buf now = { 0 };
	size_t len = 0;
	bool changed = p15->state == P15_BLANK;
	enum cardos_err err = CARDOS_OK;
	buf_init(&now, P15_DIR_MAX);
	if (p15->state == P15_READY && !p15->described) {
		const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
		err = p15_read_entries(p15, &path, FIRST_TOKEN, &now, &len);
		/* made anew on another place: TokenInfo is not where it was */
		changed = err == CARDOS_E_NOT_FOUND || len != p15->token_len ||
			  memcmp(now.bytes, p15->token_raw.bytes, len) != 0;
		if (err == CARDOS_E_NOT_FOUND)
			err = CARDOS_OK;
	}
	if (err != CARDOS_OK)
		return err;
	if (changed)
		p15_done(p15);
	*ret_changed = changed;
	return CARDOS_OK;
}

/* What an object was, so that it is known again. */
struct known {
	enum p15_df df;
	uint32_t number;
	uint8_t *der; /* owned */
	size_t der_len;
};

static uint32_t known_number(
	const struct known *known, size_t count, enum p15_df df, const struct p15_object *object)
{
	for (size_t i = 0; i < count; i++) {
		if (known[i].df == df && known[i].der_len == object->der_len &&
			memcmp(known[i].der, object->der, object->der_len) == 0)
			return known[i].number;
	}
	return object->number;
}

/* Takes what p15 knew of its objects before it reads all of it again. */
static enum cardos_err read_again(struct p15 *p15, struct known *known)
{
	const size_t count = p15->object_count;
	const bool objects_read = p15->objects_read;
	for (size_t i = 0; i < count; i++) {
		struct p15_object *object = p15->objects[i];
		known[i] = (struct known){ .df = p15->files[object->file].df,
			.number = object->number,
			.der = TAKE(object->der),
			.der_len = object->der_len };
	}
	p15_done(p15);
	p15->uncached = true;
	enum cardos_err err = objects_read ? p15_read_objects(p15) : p15_bind(p15);
	for (unsigned i = 0; err == CARDOS_OK && i < p15->object_count; i++) {
		struct p15_object *object = p15->objects[i];
		object->number = known_number(known, count, p15->files[object->file].df, object);
		object->entry.object.number = object->number;
	}
	return err;
}

enum cardos_err p15_read_anew(struct p15 *p15)
{
	const size_t count = p15->object_count;
	if (!p15->from_cache) {
		p15->uncached = true;
		p15_cache_close(p15->cache);
		return CARDOS_OK;
	}
	struct known *known = calloc(count + 1, sizeof(*known));
	if (!known)
		return CARDOS_E_MEMORY;
	enum cardos_err err = read_again(p15, known);
	for (size_t i = 0; i < count; i++)
		free(known[i].der);
	free(known);
	return err;
}

static enum cardos_err read_directory(struct p15 *p15, unsigned index)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct cursor cursor;
	struct iso_tlv tlv;
	struct p15_file *file = &p15->files[index];
	buf_init(&buf, P15_DIR_MAX);
	enum cardos_err err = read_entries(p15, &file->path, FIRST_ENTRIES, &buf, &file->used);
	if (err == CARDOS_E_AUTH_REQUIRED || err == CARDOS_E_NOT_FOUND)
		return CARDOS_OK; /* not readable now: asked again after a login */
	if (err != CARDOS_OK)
		return err;
	file->read = true;
	file->records = p15->records;
	cursor_init(&cursor, buf.bytes, file->used);
	for (const uint8_t *at = cursor.bytes; err == CARDOS_OK && iso_tlv_next(&cursor, &tlv);
		at = cursor.bytes)
		err = p15_add_object(p15, index, at, tlv.whole, 0);
	return err == CARDOS_E_FULL ? CARDOS_E_CORRUPT : err;
}

enum cardos_err p15_read_objects(struct p15 *p15)
{
	enum cardos_err err = p15_bind(p15);
	if (err != CARDOS_OK || p15->objects_read)
		return err;
	if (p15->state == P15_BLANK)
		return CARDOS_E_BLANK;
	for (unsigned i = 0; err == CARDOS_OK && i < p15->file_count; i++) {
		if (!p15->files[i].read && p15->files[i].df != P15_SKDF)
			err = read_directory(p15, i);
	}
	if (err != CARDOS_OK) {
		const bool kept = p15->from_cache;
		p15_done(p15); /* half a list is no list */
		p15->uncached = kept;
		return kept ? p15_read_objects(p15) : err;
	}
	p15->objects_read = true;
	return CARDOS_OK;
}
