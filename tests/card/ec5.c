/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic curves of V5: signatures, key agreement, new keys, curve parameters. */
#include "ec5.h"

#include "key5.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <string.h>

#define FIELD_MAX 66
#define OID 0x06

static const struct curve {
	int nid;
	const char *oid;
	size_t oid_len, field;
} curves[] = {
	{ NID_X9_62_prime192v1, "\x2A\x86\x48\xCE\x3D\x03\x01\x01", 8, 24 },
	{ NID_secp224r1, "\x2B\x81\x04\x00\x21", 5, 28 },
	{ NID_X9_62_prime256v1, "\x2A\x86\x48\xCE\x3D\x03\x01\x07", 8, 32 },
	{ NID_secp384r1, "\x2B\x81\x04\x00\x22", 5, 48 },
	{ NID_secp521r1, "\x2B\x81\x04\x00\x23", 5, 66 },
};

static void group_free(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void point_free(EC_POINT **point)
{
	EC_POINT_free(*point);
}

static void ctx_free(BN_CTX **ctx)
{
	BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

static BN_CTX *ctx_new(void)
{
	BN_CTX *ctx = BN_CTX_secure_new();

	BN_CTX_start(ctx);
	return ctx;
}

static const struct curve *curve_of(const uint8_t *body, size_t body_len)
{
	size_t len = 0;
	const uint8_t *oid = vc_ber_find(body, body_len, OID, &len);

	for (size_t i = 0; oid && i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (curves[i].oid_len == len && !memcmp(curves[i].oid, oid, len))
			return &curves[i];
	}
	return NULL;
}

size_t vc_ec5_len(const struct vc_object *key)
{
	const struct curve *curve = curve_of(key->body.data, key->body.len);

	return curve ? curve->field : 0;
}

/* The private value, if it is one. */
static BIGNUM *secret_of(const struct vc_object *key, const EC_GROUP *group, BN_CTX *ctx)
{
	size_t len = 0;
	const uint8_t *bytes = vc_ber_find(key->body.data, key->body.len, 0x90, &len);
	BIGNUM *number = BN_CTX_get(ctx);

	if (!bytes || !number || !group || !BN_bin2bn(bytes, (int)len, number))
		return NULL;
	return BN_is_zero(number) || BN_cmp(number, EC_GROUP_get0_order(group)) >= 0 ? NULL
										     : number;
}

static void print_number(const BIGNUM *number, size_t len, size_t tail, struct vc_buf *out)
{
	uint8_t bytes[FIELD_MAX + 2] = { 0 };

	BN_bn2binpad(number, bytes, (int)len);
	vc_buf_add(out, bytes, len + tail);
	explicit_bzero(bytes, sizeof(bytes));
}

/* One attempt: r = (kG).x, s = (h + r d) / k. false: k was one of the few that do not fit. */
static bool attempt(const EC_GROUP *group, const BIGNUM *secret, const BIGNUM *hash, BIGNUM *r,
	BIGNUM *s, BN_CTX *ctx)
{
	CLEANUP(point_free) EC_POINT *point = EC_POINT_new(group);
	const BIGNUM *order = EC_GROUP_get0_order(group);
	BIGNUM *k = BN_CTX_get(ctx);

	return point && k && BN_priv_rand_range(k, order) && !BN_is_zero(k) &&
	       EC_POINT_mul(group, point, k, NULL, NULL, ctx) &&
	       EC_POINT_get_affine_coordinates(group, point, r, NULL, ctx) &&
	       BN_nnmod(r, r, order, ctx) && !BN_is_zero(r) &&
	       BN_mod_mul(s, r, secret, order, ctx) && BN_mod_add(s, s, hash, order, ctx) &&
	       BN_mod_inverse(k, k, order, ctx) && BN_mod_mul(s, s, k, order, ctx) &&
	       !BN_is_zero(s);
}

enum vc_sw vc_key5_sign(const struct vc_object *key, const uint8_t *hash, size_t len, size_t tail,
	struct vc_buf *out)
{
	const struct curve *curve = curve_of(key->body.data, key->body.len);
	CLEANUP(group_free) EC_GROUP *group = curve ? EC_GROUP_new_by_curve_name(curve->nid) : NULL;
	CLEANUP(ctx_free) BN_CTX *ctx = ctx_new();
	const BIGNUM *secret = secret_of(key, group, ctx);
	BIGNUM *digest = BN_CTX_get(ctx), *r = BN_CTX_get(ctx), *s = BN_CTX_get(ctx);

	if (!secret || !s)
		return SW_OBJECT_INVALID;
	if (!len || len > curve->field || !BN_bin2bn(hash, (int)len, digest))
		return SW_DATA;
	for (unsigned tries = 0; tries < 8; tries++) {
		if (!attempt(group, secret, digest, r, s, ctx))
			continue;
		print_number(r, curve->field, tail, out);
		print_number(s, curve->field, tail, out);
		return SW_OK;
	}
	return SW_TECHNICAL;
}

enum vc_sw vc_key5_agree(
	const struct vc_object *key, const uint8_t *point, size_t len, struct vc_buf *out)
{
	const struct curve *curve = curve_of(key->body.data, key->body.len);
	CLEANUP(group_free) EC_GROUP *group = curve ? EC_GROUP_new_by_curve_name(curve->nid) : NULL;
	CLEANUP(ctx_free) BN_CTX *ctx = ctx_new();
	const BIGNUM *secret = secret_of(key, group, ctx);
	uint8_t encoded[1 + 2 * FIELD_MAX] = { 0x04 };

	if (!secret)
		return SW_OBJECT_INVALID;
	if (len != 2 * curve->field)
		return SW_DATA;
	CLEANUP(point_free) EC_POINT *peer = EC_POINT_new(group), *shared = EC_POINT_new(group);
	BIGNUM *x = BN_CTX_get(ctx);

	memcpy(encoded + 1, point, len);
	if (!peer || !shared || !x || !EC_POINT_oct2point(group, peer, encoded, len + 1, ctx))
		return SW_DATA;
	if (!EC_POINT_mul(group, shared, NULL, peer, secret, ctx) ||
		!EC_POINT_get_affine_coordinates(group, shared, x, NULL, ctx))
		return SW_DATA;
	print_number(x, curve->field, 0, out);
	return SW_OK;
}

static size_t print_point(const EC_GROUP *group, const EC_POINT *point, BN_CTX *ctx, uint8_t *out)
{
	return EC_POINT_point2oct(
		group, point, POINT_CONVERSION_UNCOMPRESSED, out, 1 + 2 * FIELD_MAX, ctx);
}

enum vc_sw vc_ec5_generate(
	const struct vc_object *key, struct vc_bytes *ret_private, struct vc_bytes *ret_public)
{
	const struct curve *curve = curve_of(key->body.data, key->body.len);
	CLEANUP(vc_buf_clear) struct vc_buf secret = { 0 }, open = { 0 };
	uint8_t bytes[1 + 2 * FIELD_MAX];

	if (!curve)
		return SW_OBJECT_INVALID;
	CLEANUP(group_free) EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
	CLEANUP(point_free) EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	CLEANUP(ctx_free) BN_CTX *ctx = ctx_new();
	BIGNUM *d = BN_CTX_get(ctx);

	if (!point || !d || !BN_priv_rand_range(d, EC_GROUP_get0_order(group)) || BN_is_zero(d) ||
		!EC_POINT_mul(group, point, d, NULL, NULL, ctx))
		return SW_TECHNICAL;
	BN_bn2binpad(d, bytes, (int)curve->field);
	vc_buf_tlv(&secret, OID, curve->oid, curve->oid_len);
	vc_buf_tlv(&secret, 0x90, bytes, curve->field);
	vc_buf_tlv(&open, OID, curve->oid, curve->oid_len);
	vc_buf_tlv(&open, 0x86, bytes, print_point(group, point, ctx, bytes));
	vc_bytes_set(ret_private, secret.data, secret.len);
	vc_bytes_set(ret_public, open.data, open.len);
	return SW_OK;
}

/* 81 p, 82 a, 83 b, 84 G, 85 r. */
static bool print_parameters(const struct curve *curve, struct vc_buf *out)
{
	CLEANUP(group_free) EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
	CLEANUP(ctx_free) BN_CTX *ctx = ctx_new();
	BIGNUM *p = BN_CTX_get(ctx), *a = BN_CTX_get(ctx), *b = BN_CTX_get(ctx);
	uint8_t bytes[1 + 2 * FIELD_MAX];

	if (!group || !b || !EC_GROUP_get_curve(group, p, a, b, ctx))
		return false;
	const BIGNUM *numbers[] = { p, a, b };

	for (unsigned i = 0; i < 3; i++) {
		BN_bn2binpad(numbers[i], bytes, (int)curve->field);
		vc_buf_tlv(out, 0x81 + i, bytes, curve->field);
	}
	vc_buf_tlv(
		out, 0x84, bytes, print_point(group, EC_GROUP_get0_generator(group), ctx, bytes));
	BN_bn2binpad(EC_GROUP_get0_order(group), bytes, (int)curve->field);
	vc_buf_tlv(out, 0x85, bytes, curve->field);
	return true;
}

bool vc_ec5_export(const struct vc_object *key, struct vc_buf *out)
{
	const struct curve *curve = curve_of(key->body.data, key->body.len);
	size_t len = 0;
	const uint8_t *point = vc_ber_find(key->body.data, key->body.len, 0x86, &len);

	if (!curve || !point)
		return false;
	vc_buf_tlv(out, OID, curve->oid, curve->oid_len);
	if (!print_parameters(curve, out))
		return false;
	vc_buf_tlv(out, 0x86, point, len);
	vc_buf_hex(out, "870101");
	return true;
}

bool vc_key5_curve_print(int nid, struct vc_buf *out)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (curves[i].nid != nid)
			continue;
		vc_buf_tlv(out, OID, curves[i].oid, curves[i].oid_len);
		if (!print_parameters(&curves[i], out))
			return false;
		vc_buf_hex(out, "870101");
		return true;
	}
	return false;
}

/* Equal as numbers: leading zeros do not count. */
static bool same_value(const uint8_t *body, size_t len, const struct vc_buf *expected, unsigned tag)
{
	size_t mine_len = 0, other_len = 0;
	const uint8_t *mine = vc_ber_find(body, len, tag, &mine_len);
	const uint8_t *other = vc_ber_find(expected->data, expected->len, tag, &other_len);

	for (; mine_len && !*mine; mine_len--)
		mine++;
	for (; other_len && !*other; other_len--)
		other++;
	return mine && other && mine_len == other_len && !memcmp(mine, other, mine_len);
}

bool vc_key5_curve_valid(const uint8_t *body, size_t len)
{
	CLEANUP(vc_buf_clear) struct vc_buf expected = { 0 };
	const struct curve *curve = curve_of(body, len);

	if (!curve || !vc_key5_curve_print(curve->nid, &expected))
		return false;
	for (unsigned tag = 0x81; tag <= 0x87; tag++) {
		if (tag != 0x86 && !same_value(body, len, &expected, tag))
			return false;
	}
	return true;
}
