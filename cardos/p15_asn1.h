/* SPDX-License-Identifier: Apache-2.0 */
/* ISO/IEC 7816-15 (PKCS#15) structures to and from DER, by OpenSSL templates. Knows no card: bytes
 * in, plain structures out. Elements beyond what a structure may hold make an entry CORRUPT. */
#ifndef CARDOS_P15_ASN1_H
#define CARDOS_P15_ASN1_H

#include "cardos.h"
#include "cos_file.h"

#define P15_AUTH_ID_MAX 16
#define P15_KEY_ALGORITHMS_MAX 16
#define P15_ALGORITHMS_MAX 64
#define P15_TIME_LEN 15 /* 20261121084930Z */

/* Directory files, numbered as the tags of PKCS15Objects. */
enum p15_df {
	P15_PRKDF,
	P15_PUKDF,
	P15_PUKDF_TRUSTED,
	P15_SKDF,
	P15_CDF,
	P15_CDF_TRUSTED,
	P15_CDF_USEFUL,
	P15_DODF,
	P15_AODF,
	P15_DF_COUNT
};

/* An entry of PrKDF, PuKDF, CDF or DODF. */
struct p15_entry {
	struct cardos_object object; /* without number */
	struct cos_path path;        /* file of the value; DF of a private key */
	size_t offset, length;       /* index and length of the path; length 0: to the end */
	uint8_t reference;           /* keys */
	bool has_reference;
	uint8_t auth_id[P15_AUTH_ID_MAX];
	size_t auth_id_len;
	const uint8_t *direct; /* a certificate inside its entry: points into the decoded bytes */
	size_t direct_len;
	unsigned algorithms[P15_KEY_ALGORITHMS_MAX]; /* algReference of keys */
	size_t algorithm_count;
};

/* Mechanisms in AlgorithmInfo, with the numbers they have in PKCS #11. */
#define P15_MECHANISM_PKCS1 0x0001
#define P15_MECHANISM_RAW 0x0003
#define P15_MECHANISM_ECDSA 0x1041

/* AlgorithmInfo of TokenInfo. */
struct p15_algorithm {
	unsigned reference;
	unsigned mechanism; /* as in PKCS#11 */
};

enum p15_pin_flag {
	P15_PIN_LOCAL = 1u << 1,
	P15_PIN_INITIALIZED = 1u << 4,
	P15_PIN_NEEDS_PADDING = 1u << 5,
	P15_PIN_UNBLOCKING = 1u << 6,
	P15_PIN_SO = 1u << 7,
};

/* A PIN of the AODF. */
struct p15_pin {
	char label[CARDOS_LABEL_MAX + 1];
	uint8_t auth_id[P15_AUTH_ID_MAX];
	size_t auth_id_len;
	unsigned flags;                        /* enum p15_pin_flag */
	unsigned min_len, stored_len, max_len; /* max_len 0: not told */
	uint8_t reference;
	uint8_t pad;
	struct cos_path path;
};

struct p15_token {
	char label[CARDOS_LABEL_MAX + 1];
	char manufacturer[CARDOS_LABEL_MAX + 1];
	uint8_t serial[32];
	size_t serial_len;
	unsigned flags; /* bit 0 readonly, 1 loginRequired, 2 prnGeneration, 3 eidCompliant */
	char last_update[P15_TIME_LEN + 1]; /* "" if there is none */
	struct p15_algorithm algorithms[P15_ALGORITHMS_MAX];
	size_t algorithm_count;
};

/* df and path of one entry of the ODF. Errors: CORRUPT, NOT_SUPPORTED (a form this room skips). */
enum cardos_err p15_odf_decode(
	const uint8_t *der, size_t len, enum p15_df *ret_df, struct cos_path *ret_path);
enum cardos_err p15_odf_encode(enum p15_df df, const struct cos_path *path, struct buf *buf);

enum cardos_err p15_entry_decode(
	enum p15_df df, const uint8_t *der, size_t len, struct p15_entry *ret_entry);
enum cardos_err p15_entry_encode(enum p15_df df, const struct p15_entry *entry, struct buf *buf);
/* The same entry with another label, id and dates; everything else stays as it was. */
enum cardos_err p15_entry_rename(enum p15_df df, const uint8_t *der, size_t len,
	const struct cardos_change *change, struct buf *buf);

enum cardos_err p15_pin_decode(const uint8_t *der, size_t len, struct p15_pin *ret_pin);
enum cardos_err p15_pin_encode(const struct p15_pin *pin, struct buf *buf);

enum cardos_err p15_token_decode(const uint8_t *der, size_t len, struct p15_token *ret_token);
enum cardos_err p15_token_encode(const struct p15_token *token, struct buf *buf);

#endif
