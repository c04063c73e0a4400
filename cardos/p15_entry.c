/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of PrKDF, PuKDF, CDF and DODF to and from DER. */
#include "p15_asn1.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_convert.h"

#include <string.h>

#define FLAG_PRIVATE (1u << 0)
#define FLAG_MODIFIABLE (1u << 1)
#define TAG_SEQUENCE 0x30
#define TAG_EC 0xA0 /* [0] in front of PrivateECKey and PublicECKey */
#define ENTRY_MAX 8192
#define PATH_DER_MAX 64
#define RSA_BITS_MAX 8192
#define FIELD_BITS_MIN 160
#define TAG_DIRECT 0xA0 /* [0] around a value that stands in its entry */

static void path_free(P15_PATH **path)
{
	ASN1_item_free((ASN1_VALUE *)*path, ASN1_ITEM_rptr(P15_PATH));
}

static void key_free(P15_KEY **key)
{
	ASN1_item_free((ASN1_VALUE *)*key, ASN1_ITEM_rptr(P15_KEY));
}

static void cert_free(P15_CERT **cert)
{
	ASN1_item_free((ASN1_VALUE *)*cert, ASN1_ITEM_rptr(P15_CERT));
}

static void data_free(P15_DATA **data)
{
	ASN1_item_free((ASN1_VALUE *)*data, ASN1_ITEM_rptr(P15_DATA));
}

static bool get_common(const P15_COMMON *common, struct p15_entry *entry)
{
	size_t consent = 0;
	unsigned flags = p15_get_bits(common->flags);
	p15_get_text(common->label, entry->object.label);
	entry->object.private = (flags & FLAG_PRIVATE) != 0;
	entry->object.modifiable = (flags & FLAG_MODIFIABLE) != 0;
	if (!p15_get_number(common->user_consent, INT16_MAX, &consent))
		return false;
	entry->object.user_consent = (unsigned)consent;
	return p15_get_bytes(
		common->auth_id, entry->auth_id, sizeof(entry->auth_id), &entry->auth_id_len);
}

static bool set_common(P15_COMMON *common, const struct p15_entry *entry)
{
	unsigned flags = (entry->object.private ? FLAG_PRIVATE : 0) |
			 (entry->object.modifiable ? FLAG_MODIFIABLE : 0);
	return (!entry->object.label[0] || p15_set_text(&common->label, entry->object.label)) &&
	       p15_set_bits(&common->flags, flags) &&
	       (entry->auth_id_len == 0 ||
		       p15_set_bytes(&common->auth_id, entry->auth_id, entry->auth_id_len));
}

static bool get_id(const ASN1_OCTET_STRING *id, struct cardos_object *object)
{
	return p15_get_bytes(id, object->id, sizeof(object->id), &object->id_len);
}

/* [0] IMPLICIT and SEQUENCE differ in the first byte only. */
static P15_KEY *key_parse(const uint8_t *der, size_t len)
{
	CLEANUP(buf_done) struct buf copy = { 0 };
	buf_init(&copy, ENTRY_MAX);
	buf_put(&copy, der, len);
	if (copy.bad || len == 0)
		return NULL;
	copy.bytes[0] = TAG_SEQUENCE;
	return p15_decode(ASN1_ITEM_rptr(P15_KEY), copy.bytes, copy.len);
}

/* [1] with the references of the algorithms a key is bound to. */
static bool get_algorithms(const ASN1_STRING *string, struct p15_entry *entry)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	if (!string)
		return true;
	cursor_init(&cursor, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
	if (!iso_tlv_next(&cursor, &tlv))
		return false;
	cursor_init(&cursor, tlv.value, tlv.len);
	while (cursor.left > 0) {
		if (entry->algorithm_count == P15_KEY_ALGORITHMS_MAX ||
			!p15_next_number(&cursor, &entry->algorithms[entry->algorithm_count]))
			return false;
		entry->algorithm_count++;
	}
	return true;
}

static bool set_dates(P15_KEY_CLASS *class, const struct cardos_dates *dates)
{
	return p15_set_date(&class->start, dates->start, "000000Z") &&
	       p15_set_date(&class->end, dates->end, "235959Z");
}

static enum cardos_err key_decode(
	enum p15_df df, const uint8_t *der, size_t len, struct p15_entry *entry)
{
	size_t bits = 0, reference = 0;
	if (len == 0 || (der[0] != TAG_SEQUENCE && der[0] != TAG_EC))
		return CARDOS_E_NOT_SUPPORTED;
	CLEANUP(key_free) P15_KEY *key = key_parse(der, len);
	if (!key || !get_common(key->common, entry) || !get_id(key->class->id, &entry->object) ||
		!p15_get_path(key->type->path, &entry->path, &entry->offset, &entry->length) ||
		!p15_get_number(key->type->bits, RSA_BITS_MAX, &bits) ||
		!get_algorithms(key->class->algorithms, entry))
		return CARDOS_E_CORRUPT;
	/* A reference of one byte may be written as a negative INTEGER by other makers. */
	int64_t raw = 0;
	if (key->class->reference && !p15_get_signed(key->class->reference, &raw))
		return CARDOS_E_CORRUPT;
	if (raw < INT8_MIN || raw > UINT8_MAX)
		return CARDOS_E_CORRUPT;
	reference = (uint8_t)raw;
	entry->object.class = df == P15_PRKDF ? CARDOS_PRIVATE_KEY : CARDOS_PUBLIC_KEY;
	entry->object.key_type = der[0] == TAG_EC ? CARDOS_KEY_EC : CARDOS_KEY_RSA;
	/* In front of the parameters of an EC key others write their reference here. */
	entry->object.bits = bits < FIELD_BITS_MIN ? 0 : (unsigned)bits;
	entry->object.usage = p15_get_bits(key->class->usage);
	entry->object.access = p15_get_bits(key->class->access);
	p15_get_date(key->class->start, entry->object.dates.start);
	p15_get_date(key->class->end, entry->object.dates.end);
	entry->reference = (uint8_t)reference;
	entry->has_reference = key->class->reference != NULL;
	return CARDOS_OK;
}

/* Where the certificate is: a path, or [0] with the whole of it. */
static bool get_cert_value(const ASN1_TYPE *type, struct p15_entry *entry)
{
	const ASN1_STRING *string = type->value.asn1_string;
	struct cursor cursor;
	struct iso_tlv outer, inner;
	if (type->type != V_ASN1_SEQUENCE && type->type != V_ASN1_OTHER)
		return false;
	cursor_init(&cursor, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
	if (type->type == V_ASN1_SEQUENCE) {
		CLEANUP(path_free)
		P15_PATH *path = p15_decode(ASN1_ITEM_rptr(P15_PATH), cursor.bytes, cursor.left);
		return p15_get_path(path, &entry->path, &entry->offset, &entry->length);
	}
	if (!iso_tlv_next(&cursor, &outer) || outer.tag != TAG_DIRECT)
		return false;
	cursor_init(&cursor, outer.value, outer.len);
	return iso_tlv_next(&cursor, &inner) && inner.tag == TAG_SEQUENCE && cursor.left == 0;
}

/* The same bytes in der, which lives longer than what was decoded from it. */
static void point_to_direct(
	const ASN1_TYPE *type, const uint8_t *der, size_t len, struct p15_entry *entry)
{
	const ASN1_STRING *string = type->value.asn1_string;
	const size_t whole = (size_t)ASN1_STRING_length(string);
	const uint8_t *at = memmem(der, len, ASN1_STRING_get0_data(string), whole);
	struct cursor cursor;
	struct iso_tlv outer;
	cursor_init(&cursor, at, at ? whole : 0);
	if (iso_tlv_next(&cursor, &outer)) {
		entry->direct = outer.value;
		entry->direct_len = outer.len;
	}
}

static enum cardos_err cert_decode(const uint8_t *der, size_t len, struct p15_entry *entry)
{
	if (len == 0 || der[0] != TAG_SEQUENCE)
		return CARDOS_E_NOT_SUPPORTED;
	CLEANUP(cert_free) P15_CERT *cert = p15_decode(ASN1_ITEM_rptr(P15_CERT), der, len);
	if (!cert || !get_common(cert->common, entry) || !get_id(cert->class->id, &entry->object) ||
		!get_cert_value(cert->type->value, entry))
		return CARDOS_E_CORRUPT;
	if (cert->type->value->type == V_ASN1_OTHER)
		point_to_direct(cert->type->value, der, len, entry);
	entry->object.class = CARDOS_CERTIFICATE;
	entry->object.authority = cert->class->authority > 0;
	return CARDOS_OK;
}

static enum cardos_err data_decode(const uint8_t *der, size_t len, struct p15_entry *entry)
{
	if (len == 0 || der[0] != TAG_SEQUENCE)
		return CARDOS_E_NOT_SUPPORTED;
	CLEANUP(data_free) P15_DATA *data = p15_decode(ASN1_ITEM_rptr(P15_DATA), der, len);
	if (!data || !get_common(data->common, entry) ||
		!p15_get_path(data->path, &entry->path, &entry->offset, &entry->length))
		return CARDOS_E_CORRUPT;
	entry->object.class = CARDOS_DATA;
	p15_get_text(data->class->application, entry->object.application);
	return CARDOS_OK;
}

enum cardos_err p15_entry_decode(
	enum p15_df df, const uint8_t *der, size_t len, struct p15_entry *ret_entry)
{
	struct p15_entry entry = { 0 };
	enum cardos_err err = CARDOS_E_NOT_SUPPORTED;
	if (df == P15_PRKDF || df == P15_PUKDF || df == P15_PUKDF_TRUSTED)
		err = key_decode(df, der, len, &entry);
	else if (df == P15_CDF || df == P15_CDF_TRUSTED || df == P15_CDF_USEFUL)
		err = cert_decode(der, len, &entry);
	else if (df == P15_DODF)
		err = data_decode(der, len, &entry);
	if (err == CARDOS_OK)
		*ret_entry = entry;
	return err;
}

static enum cardos_err key_encode(enum p15_df df, const struct p15_entry *entry, struct buf *buf)
{
	CLEANUP(key_free) P15_KEY *key = (P15_KEY *)ASN1_item_new(ASN1_ITEM_rptr(P15_KEY));
	if (!key || !set_common(key->common, entry) ||
		!p15_set_bytes(&key->class->id, entry->object.id, entry->object.id_len) ||
		!p15_set_bits(&key->class->usage, entry->object.usage) ||
		!p15_set_number(&key->class->reference, entry->reference) ||
		!p15_set_path(key->type->path, &entry->path) ||
		!p15_set_number(&key->type->bits, entry->object.bits))
		return CARDOS_E_MEMORY;
	if (entry->object.access && !p15_set_bits(&key->class->access, entry->object.access))
		return CARDOS_E_MEMORY;
	if (!set_dates(key->class, &entry->object.dates))
		return CARDOS_E_MEMORY;
	key->class->native =
		df == P15_PRKDF ? 0xFF : 0; /* the card does not use public keys itself */
	size_t at = buf->len;
	enum cardos_err err = p15_encode(ASN1_ITEM_rptr(P15_KEY), key, buf);
	if (err == CARDOS_OK && entry->object.key_type == CARDOS_KEY_EC)
		buf->bytes[at] = TAG_EC;
	return err;
}

static bool set_cert_path(ASN1_TYPE *type, const struct cos_path *from)
{
	CLEANUP(path_free) P15_PATH *path = (P15_PATH *)ASN1_item_new(ASN1_ITEM_rptr(P15_PATH));
	CLEANUP(buf_done) struct buf der = { 0 };
	buf_init(&der, PATH_DER_MAX);
	if (!path || !p15_set_path(path, from) ||
		p15_encode(ASN1_ITEM_rptr(P15_PATH), path, &der) != CARDOS_OK)
		return false;
	ASN1_STRING *string = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	if (!string || ASN1_STRING_set(string, der.bytes, (int)der.len) != 1) {
		ASN1_STRING_free(string);
		return false;
	}
	ASN1_TYPE_set(type, V_ASN1_SEQUENCE, string);
	return true;
}

static enum cardos_err cert_encode(const struct p15_entry *entry, struct buf *buf)
{
	CLEANUP(cert_free) P15_CERT *cert = (P15_CERT *)ASN1_item_new(ASN1_ITEM_rptr(P15_CERT));
	if (!cert || !set_common(cert->common, entry) ||
		!p15_set_bytes(&cert->class->id, entry->object.id, entry->object.id_len) ||
		!set_cert_path(cert->type->value, &entry->path))
		return CARDOS_E_MEMORY;
	cert->class->authority = entry->object.authority ? 0xFF : 0;
	return p15_encode(ASN1_ITEM_rptr(P15_CERT), cert, buf);
}

static enum cardos_err data_encode(const struct p15_entry *entry, struct buf *buf)
{
	CLEANUP(data_free) P15_DATA *data = (P15_DATA *)ASN1_item_new(ASN1_ITEM_rptr(P15_DATA));
	if (!data || !set_common(data->common, entry) || !p15_set_path(data->path, &entry->path))
		return CARDOS_E_MEMORY;
	if (entry->object.application[0] &&
		!p15_set_text(&data->class->application, entry->object.application))
		return CARDOS_E_MEMORY;
	return p15_encode(ASN1_ITEM_rptr(P15_DATA), data, buf);
}

enum cardos_err p15_entry_encode(enum p15_df df, const struct p15_entry *entry, struct buf *buf)
{
	if (df == P15_PRKDF || df == P15_PUKDF)
		return key_encode(df, entry, buf);
	if (df == P15_CDF)
		return cert_encode(entry, buf);
	return df == P15_DODF ? data_encode(entry, buf) : CARDOS_E_ARGUMENT;
}

static bool rename_common(P15_COMMON *common, const struct cardos_change *change)
{
	return !change->label || p15_set_text(&common->label, change->label);
}

static bool rename_id(ASN1_OCTET_STRING **id, const struct cardos_change *change)
{
	return !change->id || p15_set_bytes(id, change->id, change->id_len);
}

static enum cardos_err key_rename(
	const uint8_t *der, size_t len, const struct cardos_change *change, struct buf *buf)
{
	CLEANUP(key_free) P15_KEY *key = key_parse(der, len);
	size_t at = buf->len;
	if (!key)
		return CARDOS_E_CORRUPT;
	if (!rename_common(key->common, change) || !rename_id(&key->class->id, change) ||
		(change->dates && !set_dates(key->class, change->dates)))
		return CARDOS_E_MEMORY;
	enum cardos_err err = p15_encode(ASN1_ITEM_rptr(P15_KEY), key, buf);
	if (err == CARDOS_OK)
		buf->bytes[at] = der[0];
	return err;
}

enum cardos_err p15_entry_rename(enum p15_df df, const uint8_t *der, size_t len,
	const struct cardos_change *change, struct buf *buf)
{
	if (len == 0)
		return CARDOS_E_CORRUPT;
	if (df == P15_PRKDF || df == P15_PUKDF || df == P15_PUKDF_TRUSTED)
		return key_rename(der, len, change, buf);
	if (df == P15_DODF) {
		CLEANUP(data_free) P15_DATA *data = p15_decode(ASN1_ITEM_rptr(P15_DATA), der, len);
		if (!data)
			return CARDOS_E_CORRUPT;
		return rename_common(data->common, change)
			       ? p15_encode(ASN1_ITEM_rptr(P15_DATA), data, buf)
			       : CARDOS_E_MEMORY;
	}
	CLEANUP(cert_free) P15_CERT *cert = p15_decode(ASN1_ITEM_rptr(P15_CERT), der, len);
	if (!cert)
		return CARDOS_E_CORRUPT;
	if (!rename_common(cert->common, change) || !rename_id(&cert->class->id, change))
		return CARDOS_E_MEMORY;
	return p15_encode(ASN1_ITEM_rptr(P15_CERT), cert, buf);
}
