/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of certificates and RSA public keys that PKCS#11 shows as attributes, out of their DER.
 */
#ifndef PKCS11_DER_H
#define PKCS11_DER_H

#include <stdbool.h>

#include "blob.h"

struct crypto;

struct der_parts {
	struct blob subject, issuer, serial; /* DER, certificates only */
	struct blob modulus, exponent;       /* big-endian, no leading zero; RSA only */
	struct blob ec_params, ec_point;     /* DER of the curve's OID; OCTET STRING of 04 X Y */
	unsigned ec_bits;                    /* of the field */
	struct blob spki;                    /* DER of SubjectPublicKeyInfo */
	struct blob start, end;              /* YYYYMMDD of the validity */
	bool authority;                      /* basicConstraints says CA */
};

/* false: does not parse (trailing bytes count as that), or no memory; parts unchanged. */
bool der_certificate(
	const struct crypto *crypto, const struct blob *certificate, struct der_parts *parts);

/* key: RSAPublicKey of PKCS#1, or SubjectPublicKeyInfo of an RSA key. */
bool der_rsa_key(const struct crypto *crypto, const struct blob *key, struct der_parts *parts);

/* key: SubjectPublicKeyInfo of a key on a named curve. */
bool der_ec_key(const struct crypto *crypto, const struct blob *key, struct der_parts *parts);

/* From the two numbers: fills modulus, exponent, spki. */
bool der_rsa_numbers(const struct crypto *crypto, const struct blob *modulus,
	const struct blob *exponent, struct der_parts *parts);

/* P-256, P-384 or P-521, by OpenSSL's number? */
bool der_curve_known(int nid);

/* OpenSSL's name of the curve that it names; NULL: another than P-256, P-384, P-521. */
const char *der_ec_curve(const struct blob *params);

/* From CKA_EC_PARAMS and CKA_EC_POINT (an OCTET STRING, or bare as some programs give it). */
bool der_ec_numbers(const struct crypto *crypto, const struct blob *params,
	const struct blob *point, struct der_parts *parts);

/* Bits of the modulus; 0 without one. */
unsigned der_rsa_bits(const struct der_parts *parts);

/* RSAPublicKey of PKCS#1 from SubjectPublicKeyInfo. */
bool der_rsa_public_key(const struct blob *spki, struct blob *ret_key);

void der_parts_clear(struct der_parts *parts);

#endif
