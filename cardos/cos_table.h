/* SPDX-License-Identifier: Apache-2.0 */
/* The personalities of CardOS: one row for each version, told apart by the ATR. */
#ifndef CARDOS_COS_TABLE_H
#define CARDOS_COS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define COS_ATR_MAX 16
#define COS_COMPONENTS_MAX 5

enum cos_flag {
	COS_EXTENDED = 1u << 0,     /* takes extended length */
	COS_FCP_6F = 1u << 1,       /* CREATE FILE wants the old template 6F */
	COS_TWO_PART_RSA = 1u << 2, /* every key is stored as modulus and exponent */
	COS_RSA_RAW = 1u << 3,      /* keys work on whole blocks, if TokenInfo says no other */
	COS_EC = 1u << 4,           /* has keys on elliptic curves */
	COS_PIN_QUERY = 1u << 5,    /* VERIFY without a PIN tells the tries left and costs none */
	COS_CHAINING = 1u << 6,     /* every PSO may be chained */
	COS_WRITES = 1u << 7,       /* objects and files can be made here */
	COS_BY_TOKEN = 1u << 8,     /* TokenInfo tells what its RSA keys take */
	COS_RULES = 1u << 9,        /* access by rules; objects are templates, in the DF of use */
};

struct cos_ops;

struct cos_row {
	uint16_t version; /* GET DATA 0182, the last two historical bytes */
	const char *model;
	uint8_t major, minor;
	unsigned flags;
	uint16_t rsa_min, rsa_max;                /* bits of a generated key */
	uint8_t verifyrc_maker, verifyrc_package; /* of the package that counts tries; 0: none */
	const struct cos_ops *ops;
	uint8_t atr[COS_ATR_MAX];
	uint8_t atr_len;
};

/* NULL: not a card this room knows. */
const struct cos_row *cos_table_find(const uint8_t *atr, size_t atr_len);

/* For tests: the rows, sorted by ATR. */
const struct cos_row *cos_table_rows(size_t *ret_count);

#endif
