/* SPDX-License-Identifier: Apache-2.0 */
/* The template 7F49. Bytes: cardos-facts 4.5 and 4.6. */
#include "cos_public.h"

#include "cos_curve.h"
#include "iso_tlv.h"

#include <string.h>

#define TAG_PUBLIC_KEY 0x7F49

bool cos_public_take(const uint8_t *from, size_t len, uint8_t *to, size_t cap, size_t *ret_len)
{
	while (len > 0 && *from == 0) {
		from++;
		len--;
	}
	if (len == 0 || len > cap)
		return false;
	memcpy(to, from, len);
	*ret_len = len;
	return true;
}

static bool parse_rsa(const struct iso_tlv *outer, struct cos_public *public)
{
	struct iso_tlv n, e;
	public->type = CARDOS_KEY_RSA;
	if (!iso_tlv_find(outer->value, outer->len, 0x81, &n) ||
		!iso_tlv_find(outer->value, outer->len, 0x82, &e) ||
		!cos_public_take(n.value, n.len, public->modulus, sizeof(public->modulus),
			&public->modulus_len) ||
		!cos_public_take(e.value, e.len, public->exponent, sizeof(public->exponent),
			&public->exponent_len))
		return false;
	public->bits = (unsigned)public->modulus_len * 8;
	return true;
}

static bool parse_ec(
	const struct iso_tlv *outer, const struct iso_tlv *oid, struct cos_public *public)
{
	struct iso_tlv point;
	const struct cos_curve *curve = cos_curve_of_oid(oid->value, oid->len);
	if (!curve || !iso_tlv_find(outer->value, outer->len, 0x86, &point) ||
		point.len != 2 * curve->field + 1)
		return false;
	public->type = CARDOS_KEY_EC;
	public->bits = curve->bits;
	public->point_len = point.len;
	memcpy(public->point, point.value, point.len);
	return true;
}

bool cos_public_parse(const uint8_t *bytes, size_t len, struct cos_public *ret_public)
{
	struct iso_tlv outer, oid;
	struct cos_public public = { .type = CARDOS_KEY_NONE };
	struct cursor cursor;
	cursor_init(&cursor, bytes, len);
	if (!iso_tlv_next(&cursor, &outer) || outer.tag != TAG_PUBLIC_KEY)
		return false;
	bool good = iso_tlv_find(outer.value, outer.len, 0x06, &oid)
			    ? parse_ec(&outer, &oid, &public)
			    : parse_rsa(&outer, &public);
	if (good)
		*ret_public = public;
	return good;
}
