/* SPDX-License-Identifier: Apache-2.0 */
/* The structures behind the templates of p15_asn1.c; for p15_entry.c and p15_token.c alone.
 * OpenSSL's templates need type names without "struct", hence the typedefs. */
#ifndef CARDOS_P15_TEMPLATES_H
#define CARDOS_P15_TEMPLATES_H

#include <openssl/asn1t.h>

typedef struct {
	ASN1_OCTET_STRING *path;
	ASN1_INTEGER *index;
	ASN1_INTEGER *length;
} P15_PATH;

typedef struct {
	ASN1_UTF8STRING *label;
	ASN1_BIT_STRING *flags;
	ASN1_OCTET_STRING *auth_id;
	ASN1_INTEGER *user_consent;
	ASN1_STRING *rules;
} P15_COMMON;

typedef struct {
	ASN1_OCTET_STRING *id;
	ASN1_BIT_STRING *usage;
	ASN1_BOOLEAN native;
	ASN1_BIT_STRING *access;
	ASN1_INTEGER *reference;
	ASN1_GENERALIZEDTIME *start;
	ASN1_GENERALIZEDTIME *end;
	ASN1_STRING *algorithms;
} P15_KEY_CLASS;

typedef struct {
	P15_PATH *path;
	ASN1_INTEGER *bits;
	ASN1_INTEGER *info_number;
	ASN1_STRING *info;
} P15_KEY_TYPE;

typedef struct {
	P15_COMMON *common;
	P15_KEY_CLASS *class;
	ASN1_STRING *sub;
	P15_KEY_TYPE *type;
} P15_KEY;

typedef struct {
	ASN1_OCTET_STRING *id;
	ASN1_BOOLEAN authority;
	ASN1_STRING *identifier;
	ASN1_STRING *hash;
	ASN1_STRING *trusted_usage;
	ASN1_STRING *identifiers;
	ASN1_BOOLEAN implicit_trust;
} P15_CERT_CLASS;

typedef struct {
	ASN1_TYPE *value; /* a P15_PATH, or [0] with the certificate itself */
	ASN1_STRING *subject;
	ASN1_STRING *issuer;
	ASN1_INTEGER *serial;
} P15_CERT_TYPE;

typedef struct {
	P15_COMMON *common;
	P15_CERT_CLASS *class;
	ASN1_STRING *sub;
	P15_CERT_TYPE *type;
} P15_CERT;

typedef struct {
	ASN1_UTF8STRING *application;
	ASN1_OBJECT *oid;
} P15_DATA_CLASS;

typedef struct {
	P15_COMMON *common;
	P15_DATA_CLASS *class;
	ASN1_STRING *sub;
	P15_PATH *path;
} P15_DATA;

typedef struct {
	ASN1_OCTET_STRING *auth_id;
	ASN1_INTEGER *auth_reference;
	ASN1_INTEGER *environment;
} P15_AUTH_CLASS;

typedef struct {
	ASN1_BIT_STRING *flags;
	ASN1_ENUMERATED *type;
	ASN1_INTEGER *min_len;
	ASN1_INTEGER *stored_len;
	ASN1_INTEGER *max_len;
	ASN1_INTEGER *reference;
	ASN1_OCTET_STRING *pad;
	ASN1_GENERALIZEDTIME *last_change;
	P15_PATH *path;
} P15_PIN_TYPE;

typedef struct {
	P15_COMMON *common;
	P15_AUTH_CLASS *class;
	ASN1_STRING *sub;
	P15_PIN_TYPE *type;
} P15_PIN;

typedef struct {
	ASN1_INTEGER *version;
	ASN1_OCTET_STRING *serial;
	ASN1_UTF8STRING *manufacturer;
	ASN1_UTF8STRING *label;
	ASN1_BIT_STRING *flags;
	ASN1_STRING *environments;
	ASN1_STRING *record;
	ASN1_STRING *algorithms;
	ASN1_UTF8STRING *issuer;
	ASN1_UTF8STRING *holder;
	ASN1_GENERALIZEDTIME *last_update;
	ASN1_PRINTABLESTRING *language;
	ASN1_STRING *profile;
} P15_TOKEN;

DECLARE_ASN1_ITEM(P15_PATH)
DECLARE_ASN1_ITEM(P15_COMMON)
DECLARE_ASN1_ITEM(P15_KEY_CLASS)
DECLARE_ASN1_ITEM(P15_KEY_TYPE)
DECLARE_ASN1_ITEM(P15_KEY)
DECLARE_ASN1_ITEM(P15_CERT_CLASS)
DECLARE_ASN1_ITEM(P15_CERT_TYPE)
DECLARE_ASN1_ITEM(P15_CERT)
DECLARE_ASN1_ITEM(P15_DATA_CLASS)
DECLARE_ASN1_ITEM(P15_DATA)
DECLARE_ASN1_ITEM(P15_AUTH_CLASS)
DECLARE_ASN1_ITEM(P15_PIN_TYPE)
DECLARE_ASN1_ITEM(P15_PIN)
DECLARE_ASN1_ITEM(P15_TOKEN)

#endif
