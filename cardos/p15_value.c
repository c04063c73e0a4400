/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the values of objects: certificates, public keys, data. */
#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_cache.h"
#include "p15_file.h"
#include "p15_point.h"
#include "p15_read.h"

#include <string.h>

#define VALUE_MAX 16384
#define CONFIRM_LEN 256 /* length, serial number, issuer and dates of a certificate */

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

/* Is the file of a certificate still the one that was kept? One READ, the first that would read it
 * anyway: no issuer gives the serial number in there twice. */
static enum cardos_err confirm(struct p15 *p15, const struct p15_entry *entry,
	const struct p15_cache_value *value, bool *ret_same)
{
	CLEANUP(buf_done) struct buf now = { 0 };
	size_t len = value->len < CONFIRM_LEN ? value->len : CONFIRM_LEN;
	buf_init(&now, CONFIRM_LEN);
	enum cardos_err err = read_exact(p15, &entry->path, entry->offset, len, &now);
	*ret_same = err == CARDOS_OK && memcmp(now.bytes, value->bytes, len) == 0;
	if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET)
		return err;
	return CARDOS_OK; /* any other trouble: it is read as if nothing had been kept */
}

static bool is_public(const struct p15_entry *entry)
{
	return !entry->object.private && entry->auth_id_len == 0 &&
	       (entry->object.class == CARDOS_CERTIFICATE ||
		       entry->object.class == CARDOS_PUBLIC_KEY);
}

/* *ret_found: the value was kept, and may be believed; object->value, unless err says that there is
 * no such file. */
static enum cardos_err from_cache(struct p15 *p15, struct p15_object *object,
	const struct p15_cache_key *key, bool *ret_found)
{
	const struct p15_entry *entry = &object->entry;
	const enum p15_belief belief = p15_cache_belief(p15->cache);
	struct p15_cache_value value;
	enum cardos_err err = CARDOS_OK;
	*ret_found = false;
	if (p15->uncached || !is_public(entry) || !p15_cache_find(p15->cache, key, &value))
		return CARDOS_OK;
	if (belief == P15_BELIEVE_ALL)
		*ret_found = true;
	else if (belief == P15_BELIEVE_CONFIRMED && !value.absent && value.len > 0 &&
		 entry->object.class == CARDOS_CERTIFICATE)
		err = confirm(p15, entry, &value, ret_found);
	if (err != CARDOS_OK || !*ret_found)
		return err;
	buf_put(&object->value, value.bytes, value.len);
	if (object->value.bad)
		return CARDOS_E_MEMORY;
	return value.absent ? CARDOS_E_NOT_FOUND : CARDOS_OK;
}

static void to_cache(struct p15 *p15, const struct p15_object *object,
	const struct p15_cache_key *key, enum cardos_err err)
{
	const struct p15_cache_value value = { .bytes = object->value.bytes,
		.len = err == CARDOS_OK ? object->value.len : 0,
		.absent = err != CARDOS_OK };
	if (!p15->uncached && is_public(&object->entry) &&
		(err == CARDOS_OK || err == CARDOS_E_NOT_FOUND))
		p15_cache_put(p15->cache, key, &value);
}

static enum cardos_err read_file(struct p15 *p15, struct p15_object *object)
{
	const struct p15_entry *entry = &object->entry;
	enum cardos_err err;
	if (entry->length > 0)
		err = entry->length > VALUE_MAX ? CARDOS_E_CORRUPT
						: read_exact(p15, &entry->path, entry->offset,
							  entry->length, &object->value);
	else if (entry->object.class == CARDOS_DATA)
		err = read_whole(p15, &entry->path, &object->value);
	else
		err = read_der(p15, &entry->path, &object->value);
	return err;
}

enum cardos_err p15_read_value(struct p15 *p15, struct p15_object *object)
{
	const struct p15_entry *entry = &object->entry;
	const struct p15_cache_key key = { .kind = P15_CACHE_VALUE,
		.path = entry->path,
		.offset = entry->offset,
		.length = entry->length };
	bool found = false;
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
	enum cardos_err err = from_cache(p15, object, &key, &found);
	if (err == CARDOS_OK && !found) {
		err = read_file(p15, object);
		to_cache(p15, object, &key, err);
	}
	if (err == CARDOS_OK && entry->object.class == CARDOS_PUBLIC_KEY &&
		entry->object.key_type == CARDOS_KEY_EC && !p15_point_to_spki(&object->value))
		err = CARDOS_E_MEMORY;
	object->value_known = err == CARDOS_OK;
	if (err != CARDOS_OK)
		buf_done(&object->value);
	return err;
}
