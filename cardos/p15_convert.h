/* SPDX-License-Identifier: Apache-2.0 */
/* Small conversions between OpenSSL's ASN.1 values and plain ones; for p15_entry.c and p15_token.c.
 */
#ifndef CARDOS_P15_CONVERT_H
#define CARDOS_P15_CONVERT_H

#include "p15_asn1.h"
#include "p15_templates.h"

/* Decoding. Missing values (NULL) give 0, "" or no bytes; false: out of range. */
void p15_get_text(const ASN1_STRING *string, char *out); /* CARDOS_LABEL_MAX + 1 bytes */
bool p15_get_bytes(const ASN1_STRING *string, uint8_t *out, size_t cap, size_t *ret_len);
/* number is there. */
bool p15_get_signed(const ASN1_INTEGER *number, int64_t *ret_value);
bool p15_get_number(const ASN1_INTEGER *number, size_t max, size_t *ret_value);
unsigned p15_get_bits(const ASN1_BIT_STRING *bits);
/* The day alone, CARDOS_DATE_LEN + 1 bytes; "" for what does not begin with one. */
void p15_get_date(const ASN1_GENERALIZEDTIME *time, char *out);
/* The next INTEGER of not more than 4 bytes. false: none, or another thing. */
bool p15_next_number(struct cursor *cursor, unsigned *ret_value);
bool p15_get_path(
	const P15_PATH *path, struct cos_path *ret_path, size_t *ret_offset, size_t *ret_len);

/* Encoding into fields of a structure that is NULL or made already. false: no memory. */
bool p15_set_text(ASN1_UTF8STRING **field, const char *text);
bool p15_set_bytes(ASN1_OCTET_STRING **field, const uint8_t *bytes, size_t len);
bool p15_set_number(ASN1_INTEGER **field, size_t value);
bool p15_set_bits(ASN1_BIT_STRING **field, unsigned bits);
/* date: "" removes it. clock: what follows the day, with the final Z. */
bool p15_set_date(ASN1_GENERALIZEDTIME **field, const char *date, const char *clock);
bool p15_set_path(P15_PATH *path, const struct cos_path *from);

/* DER to structure and back; NULL or an error when it does not parse or leaves bytes over. */
void *p15_decode(const ASN1_ITEM *item, const uint8_t *der, size_t len);
enum cardos_err p15_encode(const ASN1_ITEM *item, const void *value, struct buf *buf);

#endif
