/* SPDX-License-Identifier: Apache-2.0 */
/* The NIST curves, and their domain parameters (cardos-facts 4.6). */
#include "cos_curve.h"

#include "cleanup.h"
#include "iso_tlv.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <string.h>

#define FIELD_MAX 66
#define COFACTOR 0x01

// clang-format off
/* The numbers are high, so that a curve is in the way of no other maker's. */
static const struct cos_curve curves[] = {
	{ 256, 32, 0x71, NID_X9_62_prime256v1, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 }, 8 },
	{ 384, 48, 0x72, NID_secp384r1,        { 0x2B, 0x81, 0x04, 0x00, 0x22 }, 5 },
	{ 521, 66, 0x73, NID_secp521r1,        { 0x2B, 0x81, 0x04, 0x00, 0x23 }, 5 },
};
// clang-format on
#define CURVE_COUNT (sizeof(curves) / sizeof(curves[0]))

const struct cos_curve *cos_curve_of_bits(unsigned bits)
{
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		if (curves[i].bits == bits)
			return &curves[i];
	}
	return NULL;
}

const struct cos_curve *cos_curve_of_field(size_t field)
{
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		if (curves[i].field == field)
			return &curves[i];
	}
	return NULL;
}

const struct cos_curve *cos_curve_of_oid(const uint8_t *oid, size_t len)
{
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		if (curves[i].oid_len == len && memcmp(curves[i].oid, oid, len) == 0)
			return &curves[i];
	}
	return NULL;
}

static void group_free(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void bn_free(BIGNUM **number)
{
	BN_free(*number);
}

static bool put_number(struct buf *buf, uint32_t tag, const BIGNUM *number, size_t len)
{
	uint8_t bytes[FIELD_MAX];
	if (BN_bn2binpad(number, bytes, (int)len) != (int)len)
		return false;
	iso_tlv_put(buf, tag, bytes, len);
	return true;
}

bool cos_curve_put_domain(struct buf *buf, const struct cos_curve *curve)
{
	static const uint8_t cofactor = COFACTOR;
	uint8_t point[2 * FIELD_MAX + 1];
	CLEANUP(group_free) EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
	CLEANUP(bn_free) BIGNUM *p = BN_new();
	CLEANUP(bn_free) BIGNUM *a = BN_new();
	CLEANUP(bn_free) BIGNUM *b = BN_new();
	iso_tlv_put(buf, 0x06, curve->oid, curve->oid_len);
	if (!group || !p || !a || !b || EC_GROUP_get_curve(group, p, a, b, NULL) != 1 ||
		!put_number(buf, 0x81, p, curve->field) ||
		!put_number(buf, 0x82, a, curve->field) ||
		!put_number(buf, 0x83, b, curve->field) ||
		EC_POINT_point2oct(group, EC_GROUP_get0_generator(group),
			POINT_CONVERSION_UNCOMPRESSED, point, sizeof(point),
			NULL) != 2 * curve->field + 1) {
		ERR_clear_error(); /* the host's error queue is not ours to fill */
		return false;
	}
	iso_tlv_put(buf, 0x84, point, 2 * curve->field + 1);
	if (!put_number(buf, 0x85, EC_GROUP_get0_order(group), curve->field))
		return false;
	iso_tlv_put(buf, 0x87, &cofactor, 1);
	return !buf->bad;
}
