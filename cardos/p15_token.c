/* SPDX-License-Identifier: Apache-2.0 */
/* ODF, TokenInfo and AODF entries to and from DER. */
#include "p15_asn1.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_convert.h"

#include <string.h>

#define FLAG_PRIVATE (1u << 0)
#define FLAG_MODIFIABLE (1u << 1)
#define TAG_ODF_FIRST 0xA0
#define TAG_SEQUENCE 0x30
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_ALGORITHMS 0xA2 /* [2] */
#define ALGORITHMS_MAX 400
#define PIN_ASCII_NUMERIC 1
#define PATH_MAX_BYTES 64

static void path_free(P15_PATH **path)
{
	ASN1_item_free((ASN1_VALUE *)*path, ASN1_ITEM_rptr(P15_PATH));
}

static void pin_free(P15_PIN **pin)
{
	ASN1_item_free((ASN1_VALUE *)*pin, ASN1_ITEM_rptr(P15_PIN));
}

static void token_free(P15_TOKEN **token)
{
	ASN1_item_free((ASN1_VALUE *)*token, ASN1_ITEM_rptr(P15_TOKEN));
}

enum cardos_err p15_odf_decode(
	const uint8_t *der, size_t len, enum p15_df *ret_df, struct cos_path *ret_path)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	struct cos_path found;
	size_t offset = 0, length = 0;
	cursor_init(&cursor, der, len);
	if (!iso_tlv_next(&cursor, &tlv) || cursor.left > 0)
		return CARDOS_E_CORRUPT;
	if (tlv.tag < TAG_ODF_FIRST || tlv.tag >= TAG_ODF_FIRST + P15_DF_COUNT || tlv.len == 0 ||
		tlv.value[0] != TAG_SEQUENCE)
		return CARDOS_E_NOT_SUPPORTED;
	CLEANUP(path_free)
	P15_PATH *path = p15_decode(ASN1_ITEM_rptr(P15_PATH), tlv.value, tlv.len);
	if (!p15_get_path(path, &found, &offset, &length) || found.len < 2)
		return CARDOS_E_CORRUPT;
	*ret_df = (enum p15_df)(tlv.tag - TAG_ODF_FIRST);
	*ret_path = found;
	return CARDOS_OK;
}

enum cardos_err p15_odf_encode(enum p15_df df, const struct cos_path *path, struct buf *buf)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	CLEANUP(path_free) P15_PATH *value = (P15_PATH *)ASN1_item_new(ASN1_ITEM_rptr(P15_PATH));
	buf_init(&inner, PATH_MAX_BYTES);
	if (!value || !p15_set_path(value, path))
		return CARDOS_E_MEMORY;
	enum cardos_err err = p15_encode(ASN1_ITEM_rptr(P15_PATH), value, &inner);
	if (err == CARDOS_OK)
		iso_tlv_put(buf, TAG_ODF_FIRST + (uint32_t)df, inner.bytes, inner.len);
	return err == CARDOS_OK && buf->bad ? CARDOS_E_FULL : err;
}

static bool get_pin_lengths(const P15_PIN_TYPE *type, struct p15_pin *pin)
{
	size_t min = 0, stored = 0, max = 0;
	if (!p15_get_number(type->min_len, UINT8_MAX, &min) ||
		!p15_get_number(type->stored_len, UINT8_MAX, &stored) ||
		!p15_get_number(type->max_len, UINT8_MAX, &max))
		return false;
	pin->min_len = (unsigned)min;
	pin->stored_len = (unsigned)stored;
	pin->max_len = (unsigned)max;
	return true;
}

enum cardos_err p15_pin_decode(const uint8_t *der, size_t len, struct p15_pin *ret_pin)
{
	struct p15_pin pin = { 0 };
	int64_t reference = 0;
	size_t offset = 0, length = 0, pad_len = 0;
	uint8_t pad[4] = { 0 };
	if (len == 0 || der[0] != TAG_SEQUENCE)
		return CARDOS_E_NOT_SUPPORTED; /* biometric and key objects */
	CLEANUP(pin_free) P15_PIN *value = p15_decode(ASN1_ITEM_rptr(P15_PIN), der, len);
	if (!value || !get_pin_lengths(value->type, &pin) ||
		!p15_get_bytes(value->class->auth_id, pin.auth_id, sizeof(pin.auth_id),
			&pin.auth_id_len) ||
		!p15_get_bytes(value->type->pad, pad, sizeof(pad), &pad_len))
		return CARDOS_E_CORRUPT;
	if (value->type->path && !p15_get_path(value->type->path, &pin.path, &offset, &length))
		return CARDOS_E_CORRUPT;
	if (value->type->reference && !p15_get_signed(value->type->reference, &reference))
		return CARDOS_E_CORRUPT;
	if (reference < INT8_MIN || reference > UINT8_MAX)
		return CARDOS_E_CORRUPT;
	p15_get_text(value->common->label, pin.label);
	pin.flags = p15_get_bits(value->type->flags);
	pin.reference = (uint8_t)reference;
	pin.pad = pad[0];
	*ret_pin = pin;
	return CARDOS_OK;
}

enum cardos_err p15_pin_encode(const struct p15_pin *pin, struct buf *buf)
{
	CLEANUP(pin_free) P15_PIN *value = (P15_PIN *)ASN1_item_new(ASN1_ITEM_rptr(P15_PIN));
	if (!value)
		return CARDOS_E_MEMORY;
	P15_PIN_TYPE *type = value->type;
	type->path = (P15_PATH *)ASN1_item_new(ASN1_ITEM_rptr(P15_PATH));
	if (!type->path || !p15_set_text(&value->common->label, pin->label) ||
		!p15_set_bits(&value->common->flags, FLAG_PRIVATE | FLAG_MODIFIABLE) ||
		!p15_set_bytes(&value->class->auth_id, pin->auth_id, pin->auth_id_len) ||
		!p15_set_bits(&type->flags, pin->flags) ||
		ASN1_ENUMERATED_set(type->type, PIN_ASCII_NUMERIC) != 1 ||
		!p15_set_number(&type->min_len, pin->min_len) ||
		!p15_set_number(&type->stored_len, pin->stored_len) ||
		!p15_set_number(&type->max_len, pin->max_len) ||
		!p15_set_number(&type->reference, pin->reference) ||
		!p15_set_bytes(&type->pad, &pin->pad, 1) || !p15_set_path(type->path, &pin->path))
		return CARDOS_E_MEMORY;
	return p15_encode(ASN1_ITEM_rptr(P15_PIN), value, buf);
}

/* [2] supportedAlgorithms. Entries of a form unknown here are passed over. */
static void get_algorithms(const ASN1_STRING *string, struct p15_token *token)
{
	struct cursor cursor, inner;
	struct iso_tlv tlv;
	struct p15_algorithm algorithm;
	if (!string)
		return;
	cursor_init(&cursor, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
	if (!iso_tlv_next(&cursor, &tlv))
		return;
	cursor_init(&cursor, tlv.value, tlv.len);
	while (iso_tlv_next(&cursor, &tlv) && token->algorithm_count < P15_ALGORITHMS_MAX) {
		cursor_init(&inner, tlv.value, tlv.len);
		if (p15_next_number(&inner, &algorithm.reference) &&
			p15_next_number(&inner, &algorithm.mechanism))
			token->algorithms[token->algorithm_count++] = algorithm;
	}
}

enum cardos_err p15_token_decode(const uint8_t *der, size_t len, struct p15_token *ret_token)
{
	struct p15_token token = { 0 };
	size_t time_len = 0;
	CLEANUP(token_free) P15_TOKEN *value = p15_decode(ASN1_ITEM_rptr(P15_TOKEN), der, len);
	if (!value || !p15_get_bytes(
			      value->serial, token.serial, sizeof(token.serial), &token.serial_len))
		return CARDOS_E_CORRUPT;
	p15_get_text(value->label, token.label);
	p15_get_text(value->manufacturer, token.manufacturer);
	token.flags = p15_get_bits(value->flags);
	get_algorithms(value->algorithms, &token);
	uint8_t time[P15_TIME_LEN];
	if (value->last_update &&
		p15_get_bytes(value->last_update, time, sizeof(time), &time_len) &&
		time_len == P15_TIME_LEN)
		memcpy(token.last_update, time, P15_TIME_LEN);
	*ret_token = token;
	return CARDOS_OK;
}

/* What is told of a mechanism beside its number: operations as a BIT STRING, object identifier. */
static const struct algorithm_row {
	unsigned mechanism;
	uint8_t operations[2];
	uint8_t oid[9];
	size_t oid_len;
} algorithm_rows[] = {
	{ P15_MECHANISM_PKCS1, { 0x02, 0x44 },
		{ 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 }, 9 },
	{ P15_MECHANISM_RAW, { 0x02, 0x44 },
		{ 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 }, 9 },
	{ P15_MECHANISM_ECDSA, { 0x06, 0x40 }, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 }, 7 },
};

static void put_algorithm(struct buf *buf, const struct p15_algorithm *algorithm)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	const uint8_t reference = (uint8_t)algorithm->reference;
	const uint8_t mechanism[2] = { (uint8_t)(algorithm->mechanism >> 8),
		(uint8_t)algorithm->mechanism };
	const size_t skip = mechanism[0] == 0;
	buf_init(&inner, ALGORITHMS_MAX);
	iso_tlv_put(&inner, TAG_INTEGER, &reference, 1);
	iso_tlv_put(&inner, TAG_INTEGER, mechanism + skip, sizeof(mechanism) - skip);
	iso_tlv_put_header(&inner, TAG_NULL, 0);
	for (size_t i = 0; i < sizeof(algorithm_rows) / sizeof(algorithm_rows[0]); i++) {
		const struct algorithm_row *row = &algorithm_rows[i];
		if (row->mechanism != algorithm->mechanism)
			continue;
		iso_tlv_put(&inner, TAG_BIT_STRING, row->operations, sizeof(row->operations));
		iso_tlv_put(&inner, TAG_OID, row->oid, row->oid_len);
	}
	buf->bad |= inner.bad;
	iso_tlv_put(buf, TAG_SEQUENCE, inner.bytes, inner.len);
}

static bool set_algorithms(P15_TOKEN *value, const struct p15_token *token)
{
	CLEANUP(buf_done) struct buf list = { 0 }, whole = { 0 };
	if (token->algorithm_count == 0)
		return true;
	buf_init(&list, ALGORITHMS_MAX);
	buf_init(&whole, ALGORITHMS_MAX);
	for (size_t i = 0; i < token->algorithm_count; i++)
		put_algorithm(&list, &token->algorithms[i]);
	iso_tlv_put(&whole, TAG_ALGORITHMS, list.bytes, list.len);
	value->algorithms = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	return !list.bad && !whole.bad && value->algorithms &&
	       ASN1_STRING_set(value->algorithms, whole.bytes, (int)whole.len) == 1;
}

enum cardos_err p15_token_encode(const struct p15_token *token, struct buf *buf)
{
	CLEANUP(token_free)
	P15_TOKEN *value = (P15_TOKEN *)ASN1_item_new(ASN1_ITEM_rptr(P15_TOKEN));
	if (!value || !p15_set_number(&value->version, 0) ||
		!p15_set_bytes(&value->serial, token->serial, token->serial_len) ||
		!p15_set_text(&value->manufacturer, token->manufacturer) ||
		!p15_set_text(&value->label, token->label) ||
		!p15_set_bits(&value->flags, token->flags) || !set_algorithms(value, token))
		return CARDOS_E_MEMORY;
	value->last_update = ASN1_GENERALIZEDTIME_new();
	if (!value->last_update ||
		ASN1_STRING_set(value->last_update, token->last_update, P15_TIME_LEN) != 1)
		return CARDOS_E_MEMORY;
	return p15_encode(ASN1_ITEM_rptr(P15_TOKEN), value, buf);
}
