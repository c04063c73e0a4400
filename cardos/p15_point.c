/* SPDX-License-Identifier: Apache-2.0 */
/* The point of an EC public key as SubjectPublicKeyInfo (RFC 5480). */
#include "p15_point.h"

#include "cleanup.h"
#include "iso_tlv.h"

#define SPKI_MAX 256
#define TAG_OCTET_STRING 0x04
#define TAG_BIT_STRING 0x03
#define TAG_SEQUENCE 0x30
#define UNCOMPRESSED 0x04

/* id-ecPublicKey and the curve, as they stand inside AlgorithmIdentifier. */
static const struct curve {
	size_t field;
	uint8_t oids[19];
	size_t len;
} curves[] = {
	{ 32,
		{ 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3,
			1, 7 },
		19 },
	{ 48, { 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 5, 0x2B, 0x81, 4, 0, 0x22 }, 16 },
	{ 66, { 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 5, 0x2B, 0x81, 4, 0, 0x23 }, 16 },
};

static bool put_spki(const struct curve *curve, const struct iso_tlv *point, struct buf *ret_value)
{
	CLEANUP(buf_done) struct buf inner = { 0 }, spki = { 0 };
	buf_init(&inner, SPKI_MAX);
	buf_init(&spki, SPKI_MAX);
	iso_tlv_put(&inner, TAG_SEQUENCE, curve->oids, curve->len);
	iso_tlv_put_header(&inner, TAG_BIT_STRING, point->len + 1);
	buf_u8(&inner, 0x00); /* no unused bits */
	buf_put(&inner, point->value, point->len);
	iso_tlv_put(&spki, TAG_SEQUENCE, inner.bytes, inner.len);
	if (inner.bad || spki.bad)
		return false;
	ret_value->len = 0;
	buf_put(ret_value, spki.bytes, spki.len);
	return !ret_value->bad;
}

bool p15_point_to_spki(struct buf *value)
{
	struct cursor cursor;
	struct iso_tlv point;
	cursor_init(&cursor, value->bytes, value->len);
	if (!iso_tlv_next(&cursor, &point) || point.tag != TAG_OCTET_STRING || point.len == 0 ||
		point.value[0] != UNCOMPRESSED)
		return true;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (point.len == 2 * curves[i].field + 1)
			return put_spki(&curves[i], &point, value);
	}
	return true;
}
