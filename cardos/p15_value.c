/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the values of objects: certificates, public keys, data. */
#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_file.h"
#include "p15_point.h"
#include "p15_read.h"

#define VALUE_MAX 16384

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
		err = p15_read_some(p15, path, cos_read_max(p15->cos), &size, buf, &got);
	if (err != CARDOS_OK)
		return err;
	size_t whole = iso_tlv_peek(buf->bytes, buf->len, &bad);
	if (bad || whole == 0 || whole > VALUE_MAX)
		return CARDOS_E_CORRUPT;
	while (err == CARDOS_OK && buf->len < whole) {
		err = p15_read_some(p15, path, whole - buf->len, &size, buf, &got);
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
