/* SPDX-License-Identifier: Apache-2.0 */
/* The curves of this room: what they are called, and their domain parameters as V5 wants them. */
#ifndef CARDOS_COS_CURVE_H
#define CARDOS_COS_CURVE_H

#include "buf.h"

struct cos_curve {
	unsigned bits;  /* of the field: names the curve */
	size_t field;   /* bytes of a coordinate */
	uint8_t number; /* id of its object on a card */
	int nid;        /* OpenSSL's name */
	uint8_t oid[8]; /* without tag and length */
	uint8_t oid_len;
};

/* NULL: none of ours. */
const struct cos_curve *cos_curve_of_bits(unsigned bits);
const struct cos_curve *cos_curve_of_field(size_t field);
const struct cos_curve *cos_curve_of_oid(const uint8_t *oid, size_t len);

/* 06 oid, 81 p, 82 a, 83 b, 84 G, 85 r, 87 h. false: OpenSSL failed. */
bool cos_curve_put_domain(struct buf *buf, const struct cos_curve *curve);

#endif
