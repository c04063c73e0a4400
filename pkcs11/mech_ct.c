/* SPDX-License-Identifier: Apache-2.0 */
/* Finds messages in deciphered RSA blocks in constant time. */
#include "mech_ct.h"

/* All ones if a < b, else zero. a and b below 2^31. */
static uint32_t ct_less(uint32_t a, uint32_t b)
{
	return (uint32_t)0 - ((a - b) >> 31);
}

static uint32_t ct_is_zero(uint32_t a)
{
	return ct_less(a, 1);
}

uint32_t ct_select(uint32_t mask, uint32_t a, uint32_t b)
{
	return (a & mask) | (b & ~mask);
}

static uint32_t ct_one_of(const struct pad_lengths *lengths, uint32_t len)
{
	uint32_t found = 0;

	if (!lengths || !lengths->count)
		return ~found;
	for (size_t i = 0; i < lengths->count; i++)
		found |= ct_is_zero((uint32_t)lengths->lens[i] ^ len);
	return found;
}

void ct_type2(const uint8_t *block, uint32_t len, uint32_t other_len,
	const struct pad_lengths *lengths, struct ct_message *ret)
{
	uint32_t right = ct_is_zero(block[0]) & ct_is_zero(block[1] ^ 2u);
	uint32_t found = 0;
	uint32_t zero_at = 0;

	for (uint32_t i = 2; i < len; i++) {
		uint32_t zero = ct_is_zero(block[i]);

		zero_at = ct_select(~found & zero, i, zero_at);
		found |= zero;
	}
	right &= found & ~ct_less(zero_at, 10) & ct_one_of(lengths, len - zero_at - 1);
	ret->right = right;
	ret->start = ct_select(right, zero_at + 1, len - other_len);
	ret->len = len - ret->start;
}

void ct_oaep(
	const uint8_t *em, uint32_t len, const uint8_t *label, uint32_t h, struct ct_message *ret)
{
	const uint8_t *db = em + 1 + h;
	uint32_t db_len = len - h - 1;
	uint32_t right = ct_is_zero(em[0]);
	uint32_t found = 0;
	uint32_t one_at = 0;
	uint32_t differs = 0;

	for (uint32_t i = 0; i < h; i++)
		differs |= (uint32_t)(db[i] ^ label[i]);
	right &= ct_is_zero(differs);
	for (uint32_t i = h; i < db_len; i++) {
		uint32_t one = ct_is_zero(db[i] ^ 1u);

		one_at = ct_select(~found & one, i, one_at);
		found |= one;
		right &= found | ct_is_zero(db[i]);
	}
	ret->right = right & found;
	ret->start = 1 + h + one_at + 1;
	ret->len = db_len - one_at - 1;
}
