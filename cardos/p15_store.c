/* SPDX-License-Identifier: Apache-2.0 */
/* Objects on a PKCS#15 card: storing, renaming, deleting. */
#include "p15_store.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_point.h"
#include "p15_read.h"
#include "p15_state.h"
#include "p15_write.h"

#include <string.h>

#define ENTRY_MAX 2048

void p15_set_name(struct cardos_object *object, const char *label, const uint8_t *id, size_t id_len)
{
	size_t len = label ? strnlen(label, CARDOS_LABEL_MAX) : 0;
	if (len > 0)
		memcpy(object->label, label, len);
	object->label[len] = 0;
	if (id_len > 0)
		memcpy(object->id, id, id_len);
	object->id_len = id_len;
}

/* Private objects name the PIN that guards them. */
void p15_set_auth_id(const struct p15 *p15, struct p15_entry *entry)
{
	const struct p15_pin *pin = p15_find_pin(p15, CARDOS_PIN_USER);
	if (!pin)
		return;
	memcpy(entry->auth_id, pin->auth_id, pin->auth_id_len);
	entry->auth_id_len = pin->auth_id_len;
}

enum cardos_err p15_append_entry(
	struct p15 *p15, enum p15_df df, const struct p15_entry *entry, uint32_t *ret_number)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	buf_init(&der, ENTRY_MAX);
	enum cardos_err err = p15_entry_encode(df, entry, &der);
	return err == CARDOS_OK ? p15_append(p15, df, &der, ret_number) : err;
}

/* The size of an RSAPublicKey's modulus. 0: it is none. */
static unsigned modulus_bits(const uint8_t *der, size_t len)
{
	struct iso_tlv outer, n;
	if (!iso_tlv_find(der, len, 0x30, &outer) ||
		!iso_tlv_find(outer.value, outer.len, 0x02, &n))
		return 0;
	while (n.len > 0 && n.value[0] == 0) {
		n.value++;
		n.len--;
	}
	return n.len > CARDOS_RSA_MAX ? 0 : (unsigned)n.len * 8;
}

/* The same certificate under the same id and label: an interrupted store came as far as its entry.
 */
static enum cardos_err find_stored(struct p15 *p15, const struct cardos_store *params,
	const struct cardos_object *wanted, uint32_t *ret_number)
{
	for (unsigned i = 0; params->class == CARDOS_CERTIFICATE && i < p15->object_count; i++) {
		struct p15_object *object = p15->objects[i];
		const struct cardos_object *found = &object->entry.object;
		if (!object->shown || found->class != CARDOS_CERTIFICATE ||
			found->id_len != wanted->id_len ||
			strcmp(found->label, wanted->label) != 0 ||
			memcmp(found->id, wanted->id, wanted->id_len) != 0)
			continue;
		enum cardos_err err = p15_read_value(p15, object);
		if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET)
			return err;
		if (err == CARDOS_OK && object->value.len == params->value_len &&
			memcmp(object->value.bytes, params->value, params->value_len) == 0)
			*ret_number = object->number;
	}
	return CARDOS_OK;
}

enum cardos_err p15_store_object(
	struct p15 *p15, const struct cardos_store *params, uint32_t *ret_number)
{
	struct p15_entry entry = { .object = { .modifiable = true, .class = params->class } };
	enum p15_store kind = P15_STORE_CERTIFICATE;
	enum p15_df df = P15_CDF;
	uint32_t number = 0;
	if (params->value_len == 0 || params->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	p15_set_name(&entry.object, params->label, params->id, params->id_len);
	entry.object.authority = params->authority;
	if (params->class == CARDOS_PUBLIC_KEY) {
		kind = P15_STORE_PUBLIC_KEY;
		df = P15_PUKDF;
		entry.object.usage = params->usage;
		entry.object.dates = params->dates;
		entry.object.bits = modulus_bits(params->value, params->value_len);
		entry.object.key_type = CARDOS_KEY_RSA;
		if (entry.object.bits == 0) {
			entry.object.bits = p15_point_bits(params->value, params->value_len);
			entry.object.key_type = CARDOS_KEY_EC;
		}
		if (entry.object.bits == 0)
			return CARDOS_E_NOT_SUPPORTED;
	} else if (params->class == CARDOS_DATA) {
		kind = params->private ? P15_STORE_PRIVATE_DATA : P15_STORE_DATA;
		df = P15_DODF;
		entry.object.private = params->private;
		if (params->application)
			(void)strncpy(
				entry.object.application, params->application, CARDOS_LABEL_MAX);
	} else if (params->class != CARDOS_CERTIFICATE) {
		return CARDOS_E_NOT_SUPPORTED;
	}
	enum cardos_err err = p15_begin_change(p15);
	if (entry.object.private)
		p15_set_auth_id(p15, &entry);
	if (err == CARDOS_OK)
		err = find_stored(p15, params, &entry.object, &number);
	if (err == CARDOS_OK && number == 0)
		err = p15_store_value(p15, kind, params->value, params->value_len, &entry.path);
	if (err == CARDOS_OK && number == 0)
		err = p15_append_entry(p15, df, &entry, &number);
	if (err == CARDOS_OK)
		*ret_number = number;
	return err;
}

enum cardos_err p15_change_object(
	struct p15 *p15, struct p15_object *object, const struct cardos_change *change)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	buf_init(&der, ENTRY_MAX);
	if ((change->label && strlen(change->label) > CARDOS_LABEL_MAX) ||
		change->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = p15_prepare(p15);
	if (err == CARDOS_OK)
		err = p15_entry_rename(
			p15->files[object->file].df, object->der, object->der_len, change, &der);
	if (err == CARDOS_OK && der.len == object->der_len &&
		memcmp(der.bytes, object->der, der.len) == 0)
		return CARDOS_OK;
	if (err == CARDOS_OK)
		err = p15_touch(p15);
	return err == CARDOS_OK ? p15_replace(p15, object, &der) : err;
}

/* Is the file named by no other entry, and a child of the application? */
static bool alone(const struct p15 *p15, const struct cos_path *path)
{
	const struct cos_path parent = cos_path_parent(path);
	if (path->len < 2 || !cos_path_equal(&parent, &p15->app))
		return false;
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->shown && cos_path_equal(&p15->objects[i]->entry.path, path))
			return false;
	}
	return true;
}

enum cardos_err p15_delete_object(struct p15 *p15, struct p15_object *object)
{
	const struct p15_entry entry = object->entry;
	const bool deletes = entry.object.class == CARDOS_PRIVATE_KEY && cos_key_deletes(p15->cos);
	const struct cos_key key = { .path = entry.path, .reference = entry.reference };
	enum cardos_err err = p15_begin_change(p15);
	/* The key first: one that may not go keeps its entry, and an entry whose key is gone can be
	 * deleted again. */
	if (err == CARDOS_OK && deletes)
		err = cos_key_delete(p15->cos, &key);
	if (err == CARDOS_OK)
		err = p15_remove(p15, object);
	if (err != CARDOS_OK)
		return err;
	if (entry.object.class != CARDOS_PRIVATE_KEY) {
		if (alone(p15, &entry.path))
			err = p15_clear_child(p15, cos_path_fid(&entry.path));
	} else if (!deletes && entry.object.key_type == CARDOS_KEY_RSA &&
		   entry.object.bits % 256 == 0) {
		const struct cos_key_new dummy = { .key = key,
			.bits = entry.object.bits,
			.mode = COS_KEY_SIGN,
			.pin = p15_guard(p15, CARDOS_PIN_USER) };
		err = cos_key_put_dummy(p15->cos, &dummy);
	}
	return err;
}
