/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of the bags of a PFX file: name, id, and ours. */
#include "soft_bag.h"

#include <stdio.h>
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "scope.h"
#include "soft_pfx.h"

enum {
	OURS_VERSION = 1,
	OURS_HEAD = 4,
	OURS_PUBLIC_OBJECT = 1,
	OURS_LOCAL = 2,
	OURS_AUTHORITY = 4,
	OURS_PUBLIC_KEY = 8, /* a secret bag with a public key; else with data */
};

static void period_p(PKEY_USAGE_PERIOD **period)
{
	PKEY_USAGE_PERIOD_free(*period);
}

static const ASN1_TYPE *attribute(const PKCS12_SAFEBAG *bag, const ASN1_OBJECT *type)
{
	const STACK_OF(X509_ATTRIBUTE) *attrs = PKCS12_SAFEBAG_get0_attrs(bag);
	int at = attrs && type ? X509at_get_attr_by_OBJ(attrs, type, -1) : -1;

	return at < 0 ? NULL : X509_ATTRIBUTE_get0_type(X509at_get_attr(attrs, at), 0);
}

static void read_label(const PKCS12_SAFEBAG *bag, struct soft_item *item)
{
	const ASN1_TYPE *type = attribute(bag, OBJ_nid2obj(NID_friendlyName));
	unsigned char *text = NULL;
	int len;

	if (!type || type->type != V_ASN1_BMPSTRING)
		return;
	len = ASN1_STRING_to_UTF8(&text, type->value.bmpstring);
	if (len >= 0 && len <= TOKEN_LABEL_MAX && !memchr(text, 0, (size_t)len)) {
		memcpy(item->label, text, (size_t)len);
		item->label[len] = '\0';
	}
	OPENSSL_free(text);
}

static void read_id(const PKCS12_SAFEBAG *bag, struct soft_item *item)
{
	const ASN1_TYPE *type = attribute(bag, OBJ_nid2obj(NID_localKeyID));
	int len;

	if (!type || type->type != V_ASN1_OCTET_STRING)
		return;
	len = ASN1_STRING_length(type->value.octet_string);
	if (len < 0 || len > TOKEN_ID_MAX)
		return;
	memcpy(item->id, ASN1_STRING_get0_data(type->value.octet_string), (size_t)len);
	item->id_len = (size_t)len;
}

/* The day alone. */
static void read_date(const ASN1_GENERALIZEDTIME *time, char *out)
{
	char date[TOKEN_DATE_LEN + 1] = { 0 };

	if (!time || ASN1_STRING_length(time) < TOKEN_DATE_LEN)
		return;
	memcpy(date, ASN1_STRING_get0_data(time), TOKEN_DATE_LEN);
	if (strspn(date, "0123456789") == TOKEN_DATE_LEN)
		memcpy(out, date, sizeof(date));
}

static void read_dates(const PKCS12_SAFEBAG *bag, struct soft_item *item)
{
	CLEANUP(period_p) PKEY_USAGE_PERIOD *period = NULL;
	const ASN1_TYPE *type = attribute(bag, OBJ_nid2obj(NID_private_key_usage_period));
	const unsigned char *der;

	if (!type || type->type != V_ASN1_SEQUENCE)
		return;
	der = ASN1_STRING_get0_data(type->value.sequence);
	period = d2i_PKEY_USAGE_PERIOD(NULL, &der, ASN1_STRING_length(type->value.sequence));
	if (!period)
		return;
	read_date(period->notBefore, item->dates.start);
	read_date(period->notAfter, item->dates.end);
}

static void read_rest(const uint8_t *bytes, size_t len, struct soft_item *item)
{
	if (item->kind == SOFT_KEY) {
		(void)blob_set(&item->value, bytes, len);
	} else if (item->kind == SOFT_DATA && len <= TOKEN_LABEL_MAX && !memchr(bytes, 0, len)) {
		memcpy(item->application, bytes, len);
		item->application[len] = '\0';
	}
}

static bool read_ours(const PKCS12_SAFEBAG *bag, struct soft_item *item)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(SOFT_BAG_OID, 1);
	const ASN1_TYPE *type = attribute(bag, oid);
	const uint8_t *bytes;
	size_t len;

	ASN1_OBJECT_free(oid);
	if (!type || type->type != V_ASN1_OCTET_STRING)
		return false;
	bytes = ASN1_STRING_get0_data(type->value.octet_string);
	len = (size_t)ASN1_STRING_length(type->value.octet_string);
	if (len < OURS_HEAD || bytes[0] != OURS_VERSION)
		return false;
	item->public_object = bytes[1] & OURS_PUBLIC_OBJECT;
	item->local = bytes[1] & OURS_LOCAL;
	item->authority = bytes[1] & OURS_AUTHORITY;
	if (item->kind == SOFT_DATA && (bytes[1] & OURS_PUBLIC_KEY))
		item->kind = SOFT_PUBLIC;
	item->usage = (unsigned)bytes[2] << 8 | bytes[3];
	read_rest(bytes + OURS_HEAD, len - OURS_HEAD, item);
	return true;
}

void soft_bag_read(const PKCS12_SAFEBAG *bag, struct soft_item *item, bool *ret_ours)
{
	read_label(bag, item);
	read_id(bag, item);
	read_dates(bag, item);
	*ret_ours = read_ours(bag, item);
}

static bool write_ours(PKCS12_SAFEBAG *bag, const struct soft_item *item)
{
	CLEANUP(blob_clear) struct blob ours = { 0 };
	uint8_t head[OURS_HEAD] = { OURS_VERSION, 0, (uint8_t)(item->usage >> 8),
		(uint8_t)item->usage };

	head[1] =
		(uint8_t)((item->public_object ? OURS_PUBLIC_OBJECT : 0) |
			  (item->local ? OURS_LOCAL : 0) | (item->authority ? OURS_AUTHORITY : 0) |
			  (item->kind == SOFT_PUBLIC ? OURS_PUBLIC_KEY : 0));
	if (!blob_set(&ours, head, sizeof(head)))
		return false;
	if (item->kind == SOFT_KEY && !blob_add(&ours, item->value.bytes, item->value.len))
		return false;
	if (item->kind == SOFT_DATA &&
		!blob_add(&ours, item->application, strlen(item->application)))
		return false;
	return PKCS12_add1_attr_by_txt(
		       bag, SOFT_BAG_OID, V_ASN1_OCTET_STRING, ours.bytes, (int)ours.len) == 1;
}

/* *field stays NULL for no date. */
static bool make_date(const char *date, const char *clock, ASN1_GENERALIZEDTIME **field)
{
	char text[TOKEN_DATE_LEN + 8];
	int len = snprintf(text, sizeof(text), "%s%s", date, clock);

	if (!date[0])
		return true;
	*field = ASN1_GENERALIZEDTIME_new();
	return *field && ASN1_STRING_set(*field, text, len) == 1;
}

static bool write_dates(PKCS12_SAFEBAG *bag, const struct soft_item *item)
{
	CLEANUP(period_p) PKEY_USAGE_PERIOD *period = NULL;
	unsigned char *der = NULL;
	int len;
	bool done;

	if (!item->dates.start[0] && !item->dates.end[0])
		return true;
	period = PKEY_USAGE_PERIOD_new();
	if (!period || !make_date(item->dates.start, "000000Z", &period->notBefore) ||
		!make_date(item->dates.end, "235959Z", &period->notAfter))
		return false;
	len = i2d_PKEY_USAGE_PERIOD(period, &der);
	done = len > 0 && PKCS12_add1_attr_by_NID(bag, NID_private_key_usage_period,
				  V_ASN1_SEQUENCE, der, len) == 1;
	OPENSSL_free(der);
	return done;
}

bool soft_bag_write(PKCS12_SAFEBAG *bag, const struct soft_item *item)
{
	uint8_t id[TOKEN_ID_MAX];

	memcpy(id, item->id, sizeof(id));
	if (item->label[0] &&
		PKCS12_add_friendlyname_utf8(bag, item->label, (int)strlen(item->label)) != 1)
		return false;
	if (item->id_len && PKCS12_add_localkeyid(bag, id, (int)item->id_len) != 1)
		return false;
	return write_dates(bag, item) && write_ours(bag, item);
}
