/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions between OpenSSL's ASN.1 values and plain ones. */
#include "p15_convert.h"

#include "iso_tlv.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#define MF_HIGH 0x3F
#define BITS_MAX 16
#define TAG_INTEGER 0x02

void p15_get_text(const ASN1_STRING *string, char *out)
{
	out[0] = 0;
	if (!string || ASN1_STRING_length(string) <= 0)
		return;
	size_t len = (size_t)ASN1_STRING_length(string);
	const uint8_t *text = ASN1_STRING_get0_data(string);
	if (len > CARDOS_LABEL_MAX) {
		len = CARDOS_LABEL_MAX;
		while (len > 0 && (text[len] & 0xC0) == 0x80)
			len--; /* never half a character */
	}
	memcpy(out, text, len);
	out[len] = 0;
}

bool p15_get_bytes(const ASN1_STRING *string, uint8_t *out, size_t cap, size_t *ret_len)
{
	size_t len = string ? (size_t)ASN1_STRING_length(string) : 0;
	if (len > cap)
		return false;
	if (len > 0)
		memcpy(out, ASN1_STRING_get0_data(string), len);
	*ret_len = len;
	return true;
}

void p15_get_date(const ASN1_GENERALIZEDTIME *time, char *out)
{
	char date[CARDOS_DATE_LEN + 1] = { 0 };
	out[0] = 0;
	if (!time || ASN1_STRING_length(time) < CARDOS_DATE_LEN)
		return;
	memcpy(date, ASN1_STRING_get0_data(time), CARDOS_DATE_LEN);
	if (strspn(date, "0123456789") == CARDOS_DATE_LEN)
		memcpy(out, date, sizeof(date));
}

bool p15_get_signed(const ASN1_INTEGER *number, int64_t *ret_value)
{
	ERR_set_mark(); /* the host's error queue is not ours to fill */
	bool good = ASN1_INTEGER_get_int64(ret_value, number) == 1;
	(void)ERR_pop_to_mark();
	return good;
}

bool p15_get_number(const ASN1_INTEGER *number, size_t max, size_t *ret_value)
{
	int64_t value = 0;
	if (number && !p15_get_signed(number, &value))
		return false;
	if (value < 0 || (uint64_t)value > max)
		return false;
	*ret_value = (size_t)value;
	return true;
}

bool p15_next_number(struct cursor *cursor, unsigned *ret_value)
{
	struct iso_tlv tlv;
	unsigned value = 0;
	if (!iso_tlv_next(cursor, &tlv) || tlv.tag != TAG_INTEGER || tlv.len == 0 ||
		tlv.len > sizeof(value))
		return false;
	for (size_t i = 0; i < tlv.len; i++)
		value = value << 8 | tlv.value[i];
	*ret_value = value;
	return true;
}

unsigned p15_get_bits(const ASN1_BIT_STRING *bits)
{
	unsigned value = 0;
	for (int i = 0; bits && i < BITS_MAX; i++) {
		if (ASN1_BIT_STRING_get_bit(bits, i))
			value |= 1u << i;
	}
	return value;
}

bool p15_get_path(
	const P15_PATH *path, struct cos_path *ret_path, size_t *ret_offset, size_t *ret_len)
{
	if (!path)
		return false;
	return cos_path_set(ret_path, ASN1_STRING_get0_data(path->path),
		       (size_t)ASN1_STRING_length(path->path)) &&
	       p15_get_number(path->index, COS_FILE_MAX, ret_offset) &&
	       p15_get_number(path->length, COS_FILE_MAX, ret_len);
}

bool p15_set_text(ASN1_UTF8STRING **field, const char *text)
{
	if (!*field)
		*field = ASN1_UTF8STRING_new();
	return *field && ASN1_STRING_set(*field, text, (int)strlen(text)) == 1;
}

bool p15_set_bytes(ASN1_OCTET_STRING **field, const uint8_t *bytes, size_t len)
{
	if (!*field)
		*field = ASN1_OCTET_STRING_new();
	return *field && ASN1_STRING_set(*field, bytes, (int)len) == 1;
}

bool p15_set_number(ASN1_INTEGER **field, size_t value)
{
	if (!*field)
		*field = ASN1_INTEGER_new();
	return *field && ASN1_INTEGER_set_uint64(*field, value) == 1;
}

bool p15_set_bits(ASN1_BIT_STRING **field, unsigned bits)
{
	if (!*field)
		*field = ASN1_BIT_STRING_new();
	if (!*field)
		return false;
	for (int i = 0; i < BITS_MAX; i++) {
		if ((bits & 1u << i) && ASN1_BIT_STRING_set_bit(*field, i, 1) != 1)
			return false;
	}
	return true;
}

bool p15_set_date(ASN1_GENERALIZEDTIME **field, const char *date, const char *clock)
{
	if (!date[0]) {
		ASN1_GENERALIZEDTIME_free(*field);
		*field = NULL;
		return true;
	}
	char text[CARDOS_DATE_LEN + 8];
	const int len = snprintf(text, sizeof(text), "%s%s", date, clock);
	if (!*field)
		*field = ASN1_GENERALIZEDTIME_new();
	return *field && ASN1_STRING_set(*field, text, len) == 1;
}

bool p15_set_path(P15_PATH *path, const struct cos_path *from)
{
	uint8_t bytes[COS_PATH_MAX + 2] = { MF_HIGH, 0x00 };
	memcpy(bytes + 2, from->bytes, from->len);
	return p15_set_bytes(&path->path, bytes, from->len + 2);
}

void *p15_decode(const ASN1_ITEM *item, const uint8_t *der, size_t len)
{
	const unsigned char *at = der;
	ASN1_VALUE *value = ASN1_item_d2i(NULL, &at, (long)len, item);
	if (value && at != der + len) {
		ASN1_item_free(value, item);
		value = NULL;
	}
	if (!value)
		ERR_clear_error(); /* the host's error queue is not ours to fill */
	return value;
}

enum cardos_err p15_encode(const ASN1_ITEM *item, const void *value, struct buf *buf)
{
	unsigned char *der = NULL;
	int len = ASN1_item_i2d(value, &der, item);
	if (len <= 0) {
		ERR_clear_error();
		return CARDOS_E_MEMORY;
	}
	buf_put(buf, der, (size_t)len);
	OPENSSL_free(der);
	return buf->bad ? CARDOS_E_FULL : CARDOS_OK;
}
