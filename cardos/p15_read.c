/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#15 from a card. Directory files are zero filled to their size: reading stops at the
 * first zero tag instead of the file's end, and the header of an entry tells what to read next. */
#include "p15_read.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_point.h"

#include <string.h>

#define FIRST_ODF 64 /* five entries and the zero behind them */
#define FIRST_TOKEN 96
#define FIRST_PINS 80 /* one PIN */
#define FIRST_ENTRIES 128
#define SLACK 24 /* read beyond an entry, so that the zero or the next header comes with it */
#define RECORDS_MAX 255
#define RECORD_MAX 2048
#define VALUE_MAX 16384
#define DIR_ENTRY_PATH_TAG 0x51

static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5' };

static void object_free(struct p15_object *object)
{
	free(object->der);
	buf_done(&object->value);
	free(object);
}

void p15_init_state(struct p15 *p15, struct cos_card *cos)
{
	*p15 = (struct p15){ .cos = cos };
	buf_init(&p15->token_raw, P15_DIR_MAX);
	buf_init(&p15->odf_raw, P15_DIR_MAX);
}

void p15_done(struct p15 *p15)
{
	struct cos_card *cos = p15->cos;
	uint32_t last_number = p15->last_number;
	unsigned generation = p15->generation;
	for (unsigned i = 0; i < p15->object_count; i++)
		object_free(p15->objects[i]);
	buf_done(&p15->token_raw);
	buf_done(&p15->odf_raw);
	p15_init_state(p15, cos);
	p15->last_number = last_number;
	p15->generation = generation + 1;
}

/* One READ. A card that refuses a length beyond the end is asked for the file's size, once. */
static enum cardos_err read_some(struct p15 *p15, const struct cos_path *path, size_t len,
	size_t *size, struct buf *buf, size_t *ret_len)
{
	size_t offset = buf->len;
	struct iso_fcp fcp;
	if (*size && len > *size - (offset < *size ? offset : *size))
		len = offset < *size ? *size - offset : 0;
	*ret_len = 0;
	if (len == 0)
		return CARDOS_OK;
	enum cardos_err err = cos_read(p15->cos, offset, len, buf, ret_len);
	if (err == CARDOS_E_NOT_FOUND && offset > 0)
		return CARDOS_OK; /* at the end of the file */
	if ((err != CARDOS_E_LENGTH && err != CARDOS_E_NOT_FOUND && err != CARDOS_E_INPUT) || *size)
		return err;
	err = cos_select_fcp(p15->cos, path, &fcp);
	if (err != CARDOS_OK || fcp.size == 0)
		return err;
	*size = fcp.size;
	return read_some(p15, path, len, size, buf, ret_len);
}

/* Where the whole entries in buf end. *ret_want: bytes to have before the next look; 0: done. */
static enum cardos_err scan(const struct buf *buf, size_t from, size_t *ret_end, size_t *ret_want)
{
	size_t at = from;
	*ret_want = buf->len + 1;
	while (at < buf->len) {
		bool bad = false;
		if (buf->bytes[at] == 0x00 || buf->bytes[at] == 0xFF) {
			*ret_want = 0;
			break;
		}
		size_t whole = iso_tlv_peek(buf->bytes + at, buf->len - at, &bad);
		if (bad || whole > P15_DIR_MAX)
			return CARDOS_E_CORRUPT;
		if (whole == 0 || at + whole > buf->len) {
			*ret_want = whole == 0 ? buf->len + 1 : at + whole;
			break;
		}
		at += whole;
	}
	*ret_end = at;
	return CARDOS_OK;
}

/* One record: the entry, with the record's own header (SIMPLE-TLV) in front of it or not. */
static void put_record(struct buf *buf, const struct buf *record)
{
	const uint8_t *bytes = record->bytes;
	size_t skip = 0;
	bool bad = false;
	if (record->len > 4 && bytes[1] == 0xFF &&
		((size_t)bytes[2] << 8 | bytes[3]) == record->len - 4)
		skip = 4;
	else if (record->len > 2 && bytes[1] == record->len - 2)
		skip = 2;
	/* An entry of the ODF looks like such a header around its path. */
	if (skip == 2 && bytes[0] >= 0xA0 && bytes[0] <= 0xA8 && bytes[2] == 0x30)
		skip = 0;
	if (skip > 0 && iso_tlv_peek(bytes + skip, record->len - skip, &bad) != record->len - skip)
		skip = 0;
	if (bytes[skip] != 0x00 && bytes[skip] != 0xFF) /* else an entry nobody uses */
		buf_put(buf, bytes + skip, record->len - skip);
}

/* A directory kept as records, one entry each. */
static enum cardos_err read_records(struct p15 *p15, struct buf *buf, size_t *ret_used)
{
	for (unsigned n = 1; n < RECORDS_MAX; n++) {
		CLEANUP(buf_done) struct buf record = { 0 };
		buf_init(&record, RECORD_MAX);
		enum cardos_err err = cos_read_record(p15->cos, (uint8_t)n, &record);
		if (err == CARDOS_E_NOT_FOUND)
			break;
		if (err != CARDOS_OK)
			return err;
		if (record.len > 0)
			put_record(buf, &record);
		if (buf->bad)
			return CARDOS_E_CORRUPT;
	}
	*ret_used = buf->len;
	return CARDOS_OK;
}

/* All entries of a directory file. buf: limit P15_DIR_MAX. *ret_used: bytes of whole entries. */
static enum cardos_err read_entries(struct p15 *p15, const struct cos_path *path, size_t first,
	struct buf *buf, size_t *ret_used)
{
	size_t end = 0, want = 1, size = 0;
	enum cardos_err err = cos_select_ef(p15->cos, path);
	while (err == CARDOS_OK) {
		size_t len = want + SLACK - buf->len, got = 0;
		if (len < first)
			len = first;
		if (len > cos_read_max(p15->cos))
			len = cos_read_max(p15->cos);
		if (len > buf->limit - buf->len)
			len = buf->limit - buf->len;
		if (len == 0)
			return CARDOS_E_CORRUPT;
		err = read_some(p15, path, len, &size, buf, &got);
		if (err == CARDOS_E_NOT_SUPPORTED && buf->len == 0)
			return read_records(p15, buf, ret_used);
		if (err == CARDOS_OK)
			err = scan(buf, end, &end, &want);
		if (err != CARDOS_OK || want == 0)
			break;
		if (got < len) { /* the file ends here */
			if (end != buf->len)
				err = CARDOS_E_CORRUPT;
			break;
		}
	}
	if (err == CARDOS_OK)
		*ret_used = end;
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
	enum cardos_err err = read_entries(p15, &path, FIRST_ODF, &buf, &used);
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
		read_entries(p15, &path, FIRST_TOKEN, &p15->token_raw, &p15->token_len);
	if (err == CARDOS_OK && p15->token_len == 0)
		err = CARDOS_E_NOT_FOUND; /* TokenInfo is written last: the making was interrupted
					   */
	if (err == CARDOS_OK)
		err = p15_token_decode(p15->token_raw.bytes, p15->token_len, &p15->token);
	if (err == CARDOS_OK && p15->token.serial_len == 0)
		err = cos_card_serial(p15->cos, p15->token.serial, &p15->token.serial_len);
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

static enum cardos_err bind_once(struct p15 *p15)
{
	static const uint8_t usual[2] = { P15_FID_APP >> 8, P15_FID_APP & 0xFF };
	(void)cos_path_set(&p15->app, usual, sizeof(usual));
	enum cardos_err err = read_odf(p15);
	if (err == CARDOS_E_NOT_FOUND) {
		err = find_in_dir(p15);
		if (err == CARDOS_OK && cos_path_fid(&p15->app) == P15_FID_APP)
			err = CARDOS_E_NOT_FOUND;
		if (err == CARDOS_OK)
			err = read_odf(p15);
	}
	if (err == CARDOS_OK)
		err = read_token(p15);
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
	if (err == CARDOS_OK) {
		p15->state = P15_READY;
	} else {
		p15_done(p15);
		if (err == CARDOS_E_NOT_FOUND) {
			p15->state = P15_BLANK;
			err = CARDOS_OK;
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
	if (p15->state == P15_READY) {
		const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
		err = read_entries(p15, &path, FIRST_TOKEN, &now, &len);
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

enum cardos_err p15_add_object(
	struct p15 *p15, unsigned file, const uint8_t *der, size_t len, uint32_t number)
{
	struct p15_object *object = calloc(1, sizeof(*object));
	uint8_t *copy = malloc(len ? len : 1);
	if (!object || !copy || p15->object_count == P15_OBJECTS_MAX) {
		free(object);
		free(copy);
		return object && copy ? CARDOS_E_FULL : CARDOS_E_MEMORY;
	}
	memcpy(copy, der, len);
	*object = (struct p15_object){ .file = file, .der = copy, .der_len = len };
	buf_init(&object->value, VALUE_MAX);
	object->number = number ? number : ++p15->last_number;
	object->shown =
		p15_entry_decode(p15->files[file].df, copy, len, &object->entry) == CARDOS_OK;
	object->entry.object.number = object->number;
	unsigned at = p15->object_count;
	while (at > 0 && p15->objects[at - 1]->file > file) {
		p15->objects[at] = p15->objects[at - 1];
		at--;
	}
	p15->objects[at] = object;
	p15->object_count++;
	p15->generation++;
	return CARDOS_OK;
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
		p15_done(p15); /* half a list is no list */
		return err;
	}
	p15->objects_read = true;
	return CARDOS_OK;
}

struct p15_object *p15_find(struct p15 *p15, uint32_t number)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->shown && p15->objects[i]->number == number)
			return p15->objects[i];
	}
	return NULL;
}

struct p15_file *p15_file_of(struct p15 *p15, enum p15_df df)
{
	for (unsigned i = 0; i < p15->file_count; i++) {
		if (p15->files[i].df == df)
			return &p15->files[i];
	}
	return NULL;
}

const struct p15_pin *p15_find_pin(const struct p15 *p15, enum cardos_pin_role role)
{
	for (unsigned i = 0; i < p15->pin_count; i++) {
		const struct p15_pin *pin = &p15->pins[i];
		bool so = (pin->flags & P15_PIN_SO) != 0;
		bool puk = (pin->flags & P15_PIN_UNBLOCKING) != 0;
		if ((role == CARDOS_PIN_USER && !so && !puk) || (role == CARDOS_PIN_PUK && puk) ||
			(role == CARDOS_PIN_SO && so && !puk && p15->pin_count > 1))
			return pin;
	}
	/* One PIN alone is the user's, whatever it is called. */
	return role == CARDOS_PIN_USER && p15->pin_count == 1 ? &p15->pins[0] : NULL;
}

const struct p15_pin *p15_pin_of(const struct p15 *p15, const struct p15_entry *entry)
{
	for (unsigned i = 0; entry->auth_id_len > 0 && i < p15->pin_count; i++) {
		const struct p15_pin *pin = &p15->pins[i];
		if (pin->auth_id_len == entry->auth_id_len &&
			memcmp(pin->auth_id, entry->auth_id, pin->auth_id_len) == 0)
			return pin;
	}
	return NULL;
}

/* Exactly len bytes from offset. */
static enum cardos_err read_exact(
	struct p15 *p15, const struct cos_path *path, size_t offset, size_t len, struct buf *buf)
{
	enum cardos_err err = cos_select_ef(p15->cos, path);
	while (err == CARDOS_OK && buf->len < len) {
		size_t got = 0;
		err = cos_read(p15->cos, offset + buf->len, len - buf->len, buf, &got);
		if (err == CARDOS_OK && got == 0)
			err = CARDOS_E_CORRUPT;
	}
	return err;
}

/* One DER value at the start of the file; what is behind it is not read. */
static enum cardos_err read_der(struct p15 *p15, const struct cos_path *path, struct buf *buf)
{
	bool bad = false;
	size_t got = 0, size = 0;
	enum cardos_err err = cos_select_ef(p15->cos, path);
	if (err == CARDOS_OK)
		err = read_some(p15, path, cos_read_max(p15->cos), &size, buf, &got);
	if (err != CARDOS_OK)
		return err;
	size_t whole = iso_tlv_peek(buf->bytes, buf->len, &bad);
	if (bad || whole == 0 || whole > VALUE_MAX)
		return CARDOS_E_CORRUPT;
	while (err == CARDOS_OK && buf->len < whole) {
		err = read_some(p15, path, whole - buf->len, &size, buf, &got);
		if (err == CARDOS_OK && got == 0)
			err = CARDOS_E_CORRUPT;
	}
	if (err == CARDOS_OK)
		buf->len = whole;
	return err;
}

static enum cardos_err read_whole(struct p15 *p15, const struct cos_path *path, struct buf *buf)
{
	struct iso_fcp fcp;
	enum cardos_err err = cos_select_fcp(p15->cos, path, &fcp);
	if (err == CARDOS_OK && fcp.size > VALUE_MAX)
		err = CARDOS_E_CORRUPT;
	return err == CARDOS_OK ? read_exact(p15, path, 0, fcp.size, buf) : err;
}

enum cardos_err p15_read_value(struct p15 *p15, struct p15_object *object)
{
	const struct p15_entry *entry = &object->entry;
	enum cardos_err err;
	if (object->value_known)
		return CARDOS_OK;
	if (entry->object.class == CARDOS_PRIVATE_KEY)
		return CARDOS_E_NOT_SUPPORTED;
	buf_done(&object->value);
	if (entry->direct) {
		buf_put(&object->value, entry->direct, entry->direct_len);
		object->value_known = !object->value.bad;
		return object->value_known ? CARDOS_OK : CARDOS_E_MEMORY;
	}
	if (entry->length > 0)
		err = entry->length > VALUE_MAX ? CARDOS_E_CORRUPT
						: read_exact(p15, &entry->path, entry->offset,
							  entry->length, &object->value);
	else if (entry->object.class == CARDOS_DATA)
		err = read_whole(p15, &entry->path, &object->value);
	else
		err = read_der(p15, &entry->path, &object->value);
	if (err == CARDOS_OK && entry->object.class == CARDOS_PUBLIC_KEY &&
		entry->object.key_type == CARDOS_KEY_EC && !p15_point_to_spki(&object->value))
		err = CARDOS_E_MEMORY;
	object->value_known = err == CARDOS_OK;
	if (err != CARDOS_OK)
		buf_done(&object->value);
	return err;
}
