/* SPDX-License-Identifier: Apache-2.0 */
/* Ordered changes of directory files. */
#include "p15_write.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_state.h"

#include <string.h>

#define OTHER_FILE 0x10 /* the two file ids a directory file changes between: 4402 and 4412 */

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
