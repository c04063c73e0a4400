/* SPDX-License-Identifier: Apache-2.0 */
/* Ordered changes of directory files. */
#include "p15_write.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_read.h"

#include <string.h>
#include <time.h>

#define OTHER_FILE 0x10 /* the two file ids a directory file changes between: 4402 and 4412 */
#define VALUES_MAX 0x100
#define NEVER 0xFF

static const uint8_t time_header[] = { 0xA5, 2 + P15_TIME_LEN, 0x18, P15_TIME_LEN };

static const struct df_profile {
	enum p15_df df;
	uint16_t fid, size;
} profiles[] = {
	{ P15_PRKDF, 0x4402, 1024 },
	{ P15_PUKDF, 0x4403, 768 },
	{ P15_CDF, 0x4404, 1536 },
	{ P15_DODF, 0x4405, 256 },
	{ P15_AODF, 0x4401, 256 },
};

uint8_t p15_guard(const struct p15 *p15, enum cardos_pin_role role)
{
	const struct p15_pin *pin = p15_find_pin(p15, role);
	if (!pin && role == CARDOS_PIN_SO)
		pin = p15_find_pin(p15, CARDOS_PIN_USER);
	return pin ? pin->reference & 0x7F : P15_USER_REFERENCE;
}

/* One DIRECTORY instead of a SELECT for every id; only believed if it lists what is there. */
static enum cardos_err learn_children(struct p15 *p15)
{
	if (p15->children_known || p15->no_directory)
		return CARDOS_OK;
	enum cardos_err err = cos_directory(p15->cos, &p15->app, p15->children, &p15->child_count);
	if (err == CARDOS_E_NOT_SUPPORTED || err == CARDOS_E_CORRUPT || err == CARDOS_E_CARD ||
		err == CARDOS_E_INPUT || err == CARDOS_E_LENGTH || err == CARDOS_E_AUTH_REQUIRED) {
		p15->no_directory = true;
		return CARDOS_OK;
	}
	if (err != CARDOS_OK)
		return err;
	for (size_t i = 0; i < p15->child_count; i++)
		p15->children_known |= p15->children[i] == P15_FID_ODF;
	p15->no_directory = p15->state == P15_READY && !p15->children_known;
	return CARDOS_OK;
}

enum cardos_err p15_prepare(struct p15 *p15)
{
	enum cardos_err err = p15_read_objects(p15);
	return err == CARDOS_OK ? learn_children(p15) : err;
}

enum cardos_err p15_begin_change(struct p15 *p15)
{
	enum cardos_err err = p15_read_objects(p15);
	if (err == CARDOS_OK)
		err = p15_touch(p15);
	return err == CARDOS_OK ? learn_children(p15) : err;
}

enum cardos_err p15_child_exists(struct p15 *p15, uint16_t fid, bool *ret_exists)
{
	if (p15->children_known) {
		*ret_exists = false;
		for (size_t i = 0; i < p15->child_count; i++)
			*ret_exists |= p15->children[i] == fid;
		return CARDOS_OK;
	}
	const struct cos_path path = cos_path_child(&p15->app, fid);
	enum cardos_err err = cos_select_ef(p15->cos, &path);
	if (err != CARDOS_OK && err != CARDOS_E_NOT_FOUND)
		return err;
	*ret_exists = err == CARDOS_OK;
	return CARDOS_OK;
}

static void child_gone(struct p15 *p15, uint16_t fid)
{
	size_t kept = 0;
	for (size_t i = 0; i < p15->child_count; i++) {
		if (p15->children[i] != fid)
			p15->children[kept++] = p15->children[i];
	}
	p15->child_count = kept;
}

enum cardos_err p15_clear_child(struct p15 *p15, uint16_t fid)
{
	bool exists = false;
	const struct cos_path path = cos_path_child(&p15->app, fid);
	enum cardos_err err = p15_child_exists(p15, fid, &exists);
	if (err != CARDOS_OK || !exists)
		return err;
	err = cos_delete(p15->cos, &path);
	if (err == CARDOS_OK)
		child_gone(p15, fid);
	return err;
}

enum cardos_err p15_create_child(
	struct p15 *p15, const struct cos_file_new *file, const uint8_t *bytes, size_t len)
{
	const struct cos_path path = cos_path_child(&p15->app, file->fid);
	enum cardos_err err = p15_clear_child(p15, file->fid);
	if (err == CARDOS_OK)
		err = cos_create(p15->cos, &p15->app, file);
	if (err != CARDOS_OK)
		return err;
	if (p15->child_count < COS_CHILDREN_MAX)
		p15->children[p15->child_count++] = file->fid;
	else
		p15->children_known = false;
	if (len == 0)
		return CARDOS_OK;
	err = cos_select_ef(p15->cos, &path);
	return err == CARDOS_OK ? cos_update(p15->cos, 0, bytes, len) : err;
}

static bool named(const struct p15 *p15, const struct cos_path *path)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->shown && cos_path_equal(&p15->objects[i]->entry.path, path))
			return true;
	}
	return false;
}

enum cardos_err p15_store_value(struct p15 *p15, enum p15_store kind, const uint8_t *bytes,
	size_t len, struct cos_path *ret_path)
{
	uint8_t user = p15_guard(p15, CARDOS_PIN_USER);
	uint8_t read = kind == P15_STORE_PRIVATE_DATA ? user : 0x00;
	const uint8_t ac[ISO_FCP_AC_MAX] = { read, user, NEVER, NEVER, NEVER, user, user, 0, 0 };
	if (len == 0 || len > COS_FILE_MAX)
		return CARDOS_E_LENGTH;
	for (unsigned i = 0; i < VALUES_MAX; i++) {
		const struct cos_file_new file = { .fid = (uint16_t)((unsigned)kind + i),
			.size = (uint16_t)len,
			.kind = ISO_FILE_TRANSPARENT,
			.ac = ac };
		const struct cos_path path = cos_path_child(&p15->app, file.fid);
		if (named(p15, &path))
			continue;
		enum cardos_err err = p15_create_child(p15, &file, bytes, len);
		if (err == CARDOS_OK)
			*ret_path = path;
		return err;
	}
	return CARDOS_E_FULL;
}

/* Write der at used, its first byte last. There is a 00 behind it, or the file's end. */
static enum cardos_err append_bytes(struct p15 *p15, const struct cos_path *path, size_t used,
	size_t *size, const struct buf *der)
{
	CLEANUP(buf_done) struct buf tail = { 0 };
	struct iso_fcp fcp;
	enum cardos_err err = CARDOS_OK;
	buf_init(&tail, P15_DIR_MAX);
	if (*size == 0) {
		err = cos_select_fcp(p15->cos, path, &fcp);
		if (err == CARDOS_OK)
			*size = fcp.size;
	} else {
		err = cos_select_ef(p15->cos, path);
	}
	if (err != CARDOS_OK)
		return err;
	if (used + der->len > *size)
		return CARDOS_E_FULL;
	buf_put(&tail, der->bytes + 1, der->len - 1);
	if (used + der->len < *size)
		buf_u8(&tail, 0x00);
	if (tail.bad)
		return CARDOS_E_MEMORY;
	err = cos_update(p15->cos, used + 1, tail.bytes, tail.len);
	return err == CARDOS_OK ? cos_update(p15->cos, used, der->bytes, 1) : err;
}

/* The directory file with its first entry, then its name in the ODF. */
static enum cardos_err create_directory(
	struct p15 *p15, enum p15_df df, const struct buf *der, unsigned *ret_index)
{
	CLEANUP(buf_done) struct buf content = { 0 }, name = { 0 };
	uint8_t so = p15_guard(p15, CARDOS_PIN_SO);
	const uint8_t ac[ISO_FCP_AC_MAX] = { 0, so, so, so, so, so, so, 0, 0 };
	const struct df_profile *profile = NULL;
	size_t odf_size = 0;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		if (profiles[i].df == df)
			profile = &profiles[i];
	}
	if (!profile || p15->file_count == P15_DFS_MAX)
		return CARDOS_E_FULL;
	if (p15->odf_records)
		return CARDOS_E_NOT_SUPPORTED;
	const struct cos_file_new file = {
		.fid = profile->fid, .size = profile->size, .kind = ISO_FILE_TRANSPARENT, .ac = ac
	};
	buf_init(&content, profile->size);
	buf_init(&name, P15_DIR_MAX);
	buf_put(&content, der->bytes, der->len);
	if (content.bad)
		return CARDOS_E_FULL;
	if (content.len < content.limit)
		buf_u8(&content, 0x00);
	const struct cos_path path = cos_path_child(&p15->app, profile->fid);
	const struct cos_path odf = cos_path_child(&p15->app, P15_FID_ODF);
	enum cardos_err err = p15_create_child(p15, &file, content.bytes, content.len);
	if (err == CARDOS_OK)
		err = p15_odf_encode(df, &path, &name);
	if (err == CARDOS_OK)
		err = append_bytes(p15, &odf, p15->odf_used, &odf_size, &name);
	if (err != CARDOS_OK)
		return err;
	p15->odf_raw.len = p15->odf_used;
	buf_put(&p15->odf_raw, name.bytes, name.len);
	p15->odf_used = p15->odf_raw.len;
	*ret_index = p15->file_count++;
	p15->files[*ret_index] = (struct p15_file){
		.df = df, .path = path, .read = true, .used = der->len, .size = profile->size
	};
	return CARDOS_OK;
}

static size_t offset_of(const struct p15 *p15, const struct p15_object *object)
{
	size_t offset = 0;
	for (unsigned i = 0; i < p15->object_count && p15->objects[i] != object; i++) {
		if (p15->objects[i]->file == object->file)
			offset += p15->objects[i]->der_len;
	}
	return offset;
}

/* Turn the ODF from one file to the other; they differ in the last byte. */
static enum cardos_err turn_odf(struct p15 *p15, struct p15_file *file, const struct cos_path *to)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	const struct cos_path odf = cos_path_child(&p15->app, P15_FID_ODF);
	const uint8_t low = to->bytes[to->len - 1];
	cursor_init(&cursor, p15->odf_raw.bytes, p15->odf_used);
	while (iso_tlv_next(&cursor, &tlv)) {
		size_t end = (size_t)(tlv.value + tlv.len - p15->odf_raw.bytes);
		if (tlv.len < file->path.len || memcmp(p15->odf_raw.bytes + end - file->path.len,
							file->path.bytes, file->path.len) != 0)
			continue;
		enum cardos_err err = cos_select_ef(p15->cos, &odf);
		if (err == CARDOS_OK)
			err = cos_update(p15->cos, end - 1, &low, 1);
		if (err == CARDOS_OK)
			p15->odf_raw.bytes[end - 1] = low;
		return err;
	}
	return CARDOS_E_NOT_SUPPORTED;
}

/* Put content into a second file of the same size and rights, turn the ODF, delete the first. */
static enum cardos_err rewrite(struct p15 *p15, unsigned index, struct buf *content)
{
	struct p15_file *file = &p15->files[index];
	struct iso_fcp fcp;
	struct cos_path other = file->path;
	other.bytes[other.len - 1] ^= OTHER_FILE;
	const struct cos_path parent = cos_path_parent(&file->path);
	if (!cos_path_equal(&parent, &p15->app) || p15->odf_records)
		return CARDOS_E_NOT_SUPPORTED;
	for (unsigned i = 0; i < p15->file_count; i++) {
		if (cos_path_equal(&p15->files[i].path, &other))
			return CARDOS_E_NOT_SUPPORTED;
	}
	enum cardos_err err = cos_select_fcp(p15->cos, &file->path, &fcp);
	if (err != CARDOS_OK)
		return err;
	if ((fcp.ac_len == 0 && fcp.rules_len == 0) || fcp.size == 0)
		return CARDOS_E_FULL;
	size_t size = fcp.size;
	while (size < content->len)
		size += fcp.size; /* what has become too small grows */
	if (size > P15_DIR_MAX)
		return CARDOS_E_FULL;
	const struct cos_file_new new = { .fid = cos_path_fid(&other),
		.size = (uint16_t)size,
		.kind = ISO_FILE_TRANSPARENT,
		.ac = fcp.ac,
		.rules = fcp.rules,
		.rules_len = fcp.rules_len };
	size_t used = content->len;
	if (used < size)
		buf_u8(content, 0x00);
	fcp.ac[ISO_FCP_AC_MAX - 1] =
		0; /* V4 tells eight of its nine bytes; the last guards nothing */
	err = content->bad ? CARDOS_E_MEMORY
			   : p15_create_child(p15, &new, content->bytes, content->len);
	if (err == CARDOS_OK)
		err = turn_odf(p15, file, &other);
	if (err != CARDOS_OK)
		return err;
	uint16_t old = cos_path_fid(&file->path);
	file->path = other;
	file->records = false;
	file->used = used;
	file->size = size;
	return p15_clear_child(p15, old);
}

/* A directory of records becomes a transparent one when it changes; a full one a larger one. */
static enum cardos_err rewrite_and_append(struct p15 *p15, unsigned index, const struct buf *der)
{
	CLEANUP(buf_done) struct buf content = { 0 };
	buf_init(&content, P15_DIR_MAX);
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->file == index)
			buf_put(&content, p15->objects[i]->der, p15->objects[i]->der_len);
	}
	buf_put(&content, der->bytes, der->len);
	return content.bad ? CARDOS_E_FULL : rewrite(p15, index, &content);
}

enum cardos_err p15_append(
	struct p15 *p15, enum p15_df df, const struct buf *der, uint32_t *ret_number)
{
	struct p15_file *file = p15_file_of(p15, df);
	unsigned index = file ? (unsigned)(file - p15->files) : 0;
	enum cardos_err err;
	if (!file) {
		err = create_directory(p15, df, der, &index);
	} else if (!file->read) {
		err = CARDOS_E_AUTH_REQUIRED;
	} else if (file->records) {
		err = rewrite_and_append(p15, index, der);
	} else {
		err = append_bytes(p15, &file->path, file->used, &file->size, der);
		if (err == CARDOS_OK)
			file->used += der->len;
		else if (err == CARDOS_E_FULL && file->used + der->len > file->size &&
			 df != P15_AODF)
			err = rewrite_and_append(p15, index, der);
	}
	if (err != CARDOS_OK || df == P15_AODF)
		return err;
	err = p15_add_object(p15, index, der->bytes, der->len, 0);
	if (err == CARDOS_OK)
		*ret_number = p15->last_number;
	return err;
}

/* All entries of the object's file, with der in its place (NULL: without it). */
static enum cardos_err rewrite_with(
	struct p15 *p15, const struct p15_object *object, const struct buf *der)
{
	CLEANUP(buf_done) struct buf content = { 0 };
	buf_init(&content, P15_DIR_MAX);
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->file != object->file)
			continue;
		if (p15->objects[i] != object)
			buf_put(&content, p15->objects[i]->der, p15->objects[i]->der_len);
		else if (der)
			buf_put(&content, der->bytes, der->len);
	}
	return content.bad ? CARDOS_E_FULL : rewrite(p15, object->file, &content);
}

enum cardos_err p15_replace(struct p15 *p15, struct p15_object *object, const struct buf *der)
{
	uint8_t *copy = malloc(der->len);
	if (!copy)
		return CARDOS_E_MEMORY;
	enum cardos_err err = rewrite_with(p15, object, der);
	if (err != CARDOS_OK) {
		free(copy);
		return err;
	}
	memcpy(copy, der->bytes, der->len);
	free(object->der);
	object->der = copy;
	object->der_len = der->len;
	err = p15_entry_decode(p15->files[object->file].df, copy, der->len, &object->entry);
	object->entry.object.number = object->number;
	p15->generation++;
	return err;
}

enum cardos_err p15_remove(struct p15 *p15, struct p15_object *object)
{
	static const uint8_t end = 0x00;
	struct p15_file *file = &p15->files[object->file];
	size_t offset = offset_of(p15, object);
	enum cardos_err err;
	if (offset + object->der_len == file->used && !file->records) {
		err = cos_select_ef(p15->cos, &file->path);
		if (err == CARDOS_OK)
			err = cos_update(p15->cos, offset, &end, 1);
		if (err == CARDOS_OK)
			file->used = offset;
	} else {
		err = rewrite_with(p15, object, NULL);
	}
	if (err != CARDOS_OK)
		return err;
	unsigned at = 0;
	while (p15->objects[at] != object)
		at++;
	p15->object_count--;
	memmove(&p15->objects[at], &p15->objects[at + 1],
		(p15->object_count - at) * sizeof(p15->objects[0]));
	free(object->der);
	buf_done(&object->value);
	free(object);
	p15->generation++;
	return CARDOS_OK;
}

static void format_time(time_t when, char *ret_time)
{
	struct tm tm;
	if (!gmtime_r(&when, &tm) ||
		strftime(ret_time, P15_TIME_LEN + 1, "%Y%m%d%H%M%SZ", &tm) != P15_TIME_LEN)
		memcpy(ret_time, "20000101000000Z", P15_TIME_LEN + 1);
}

void p15_now(char *ret_time)
{
	format_time(time(NULL), ret_time);
}

/* Where lastUpdate stands in TokenInfo: [5] with a GeneralizedTime, not the same digits in a label.
 * NULL: not in this form. */
static uint8_t *find_time(struct p15 *p15, const char *time)
{
	uint8_t field[sizeof(time_header) + P15_TIME_LEN];
	memcpy(field, time_header, sizeof(time_header));
	memcpy(field + sizeof(time_header), time, P15_TIME_LEN);
	uint8_t *at = memmem(p15->token_raw.bytes, p15->token_len, field, sizeof(field));
	return at ? at + sizeof(time_header) : NULL;
}

enum cardos_err p15_touch(struct p15 *p15)
{
	char now[P15_TIME_LEN + 1];
	char *old = p15->token.last_update;
	struct tm tm = { 0 };
	if (!old[0])
		return CARDOS_OK; /* a card without the mark gets none */
	uint8_t *at = find_time(p15, old);
	if (!at)
		return CARDOS_OK;
	p15_now(now);
	/* A clock that stands or runs back must not make the mark the same as before. */
	if (strcmp(now, old) <= 0 && strptime(old, "%Y%m%d%H%M%SZ", &tm))
		format_time(timegm(&tm) + 1, now);
	size_t first = 0;
	while (first < P15_TIME_LEN && now[first] == old[first])
		first++;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
	enum cardos_err err = cos_select_ef(p15->cos, &path);
	if (err == CARDOS_OK)
		err = cos_update(p15->cos, (size_t)(at - p15->token_raw.bytes) + first,
			(const uint8_t *)now + first, P15_TIME_LEN - first);
	if (err == CARDOS_OK) {
		memcpy(at, now, P15_TIME_LEN);
		memcpy(old, now, P15_TIME_LEN);
	}
	return err;
}
