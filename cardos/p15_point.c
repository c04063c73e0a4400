/* SPDX-License-Identifier: Apache-2.0 */
/* The point of an EC public key as SubjectPublicKeyInfo (RFC 5480). */
#include "p15_point.h"

#include "cleanup.h"
#include "cos_curve.h"
#include "iso_tlv.h"

#include <string.h>

#define SPKI_MAX 256
#define TAG_OCTET_STRING 0x04
#define TAG_BIT_STRING 0x03
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define UNCOMPRESSED 0x04

static const uint8_t ec_public_key[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };

bool p15_point_put_spki(struct buf *buf, const uint8_t *point, size_t len)
{
	CLEANUP(buf_done) struct buf algorithm = { 0 }, inner = { 0 };
	const struct cos_curve *curve = cos_curve_of_field(len / 2);
	if (!curve || len != 2 * curve->field + 1 || point[0] != UNCOMPRESSED)
		return false;
	buf_init(&algorithm, SPKI_MAX);
	buf_init(&inner, SPKI_MAX);
	iso_tlv_put(&algorithm, TAG_OID, ec_public_key, sizeof(ec_public_key));
	iso_tlv_put(&algorithm, TAG_OID, curve->oid, curve->oid_len);
	iso_tlv_put(&inner, TAG_SEQUENCE, algorithm.bytes, algorithm.len);
	iso_tlv_put_header(&inner, TAG_BIT_STRING, len + 1);
	buf_u8(&inner, 0x00); /* no unused bits */
	buf_put(&inner, point, len);
	if (algorithm.bad || inner.bad)
		return false;
	iso_tlv_put(buf, TAG_SEQUENCE, inner.bytes, inner.len);
	return !buf->bad;
}

bool p15_point_to_spki(struct buf *value)
{
	CLEANUP(buf_done) struct buf spki = { 0 };
	struct cursor cursor;
	struct iso_tlv point;
	cursor_init(&cursor, value->bytes, value->len);
	if (!iso_tlv_next(&cursor, &point) || point.tag != TAG_OCTET_STRING || point.len == 0 ||
		point.value[0] != UNCOMPRESSED || !cos_curve_of_field(point.len / 2) ||
		point.len % 2 == 0)
		return true;
	buf_init(&spki, SPKI_MAX);
	if (!p15_point_put_spki(&spki, point.value, point.len))
		return false;
	value->len = 0;
	buf_put(value, spki.bytes, spki.len);
	return !value->bad;
}

unsigned p15_point_bits(const uint8_t *spki, size_t len)
{
	struct iso_tlv outer, algorithm, oid;
	struct cursor cursor;
	if (!iso_tlv_find(spki, len, TAG_SEQUENCE, &outer) ||
		!iso_tlv_find(outer.value, outer.len, TAG_SEQUENCE, &algorithm))
		return 0;
	cursor_init(&cursor, algorithm.value, algorithm.len);
	if (!iso_tlv_next(&cursor, &oid) || oid.tag != TAG_OID ||
		oid.len != sizeof(ec_public_key) ||
		memcmp(oid.value, ec_public_key, sizeof(ec_public_key)) != 0)
		return 0;
	if (!iso_tlv_next(&cursor, &oid) || oid.tag != TAG_OID)
		return 0;
	const struct cos_curve *curve = cos_curve_of_oid(oid.value, oid.len);
	return curve ? curve->bits : 0;
}
