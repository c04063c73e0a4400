/* SPDX-License-Identifier: Apache-2.0 */
/* The public half of a key pair as a card tells it. */
#ifndef CARDOS_COS_PUBLIC_H
#define CARDOS_COS_PUBLIC_H

#include "buf.h"
#include "cardos.h"

#define COS_POINT_MAX (1 + 2 * CARDOS_EC_MAX)

struct cos_public {
	enum cardos_key_type type;
	unsigned bits;
	uint8_t modulus[CARDOS_RSA_MAX]; /* RSA; no leading zeros */
	size_t modulus_len;
	uint8_t exponent[8];
	size_t exponent_len;
	uint8_t point[COS_POINT_MAX]; /* EC: 04 X Y */
	size_t point_len;
};

/* 7F49 { 81 modulus, 82 exponent } or 7F49 { 06 curve, ..., 86 point }. */
bool cos_public_parse(const uint8_t *bytes, size_t len, struct cos_public *ret_public);

/* A number without its leading zeros. false: zero, or too long. */
bool cos_public_take(const uint8_t *from, size_t len, uint8_t *to, size_t cap, size_t *ret_len);

#endif
