/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of certificates and RSA public keys that PKCS#11 shows as attributes, out of their DER.
 */
#include "der.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto.h"
#include "scope.h"

#define DER_MAX 65536 /* bytes of a certificate or key that are looked at */

static void x509_p(X509 **x)
{
	X509_free(*x);
}

static void x509_pubkey_p(X509_PUBKEY **x)
{
	X509_PUBKEY_free(*x);
}

static void bn_p(BIGNUM **n)
{
	BN_free(*n);
}

static void octets_p(ASN1_OCTET_STRING **octets)
{
	ASN1_OCTET_STRING_free(*octets);
}

static void openssl_free_p(unsigned char **bytes)
{
	OPENSSL_free(*bytes);
}

void der_parts_clear(struct der_parts *parts)
{
	blob_clear(&parts->subject);
	blob_clear(&parts->issuer);
	blob_clear(&parts->serial);
	blob_clear(&parts->modulus);
	blob_clear(&parts->exponent);
	blob_clear(&parts->ec_params);
	blob_clear(&parts->ec_point);
	parts->ec_bits = 0;
	blob_clear(&parts->spki);
	blob_clear(&parts->start);
	blob_clear(&parts->end);
	parts->authority = false;
}

/* Hand over from if ok; the loser is cleared. */
static bool parts_replace(struct der_parts *parts, struct der_parts *from, bool ok)
{
	struct der_parts old = *parts;

	if (ok)
		*parts = *from;
	else
		old = *from;
	der_parts_clear(&old);
	return ok;
}

/* length as i2d_...() gave it together with bytes, which are freed */
static bool take_der(struct blob *blob, unsigned char *bytes, int len)
{
	CLEANUP(openssl_free_p) unsigned char *owned = bytes;

	return owned && len > 0 && blob_set(blob, owned, (size_t)len);
}

static bool take_number(struct blob *blob, const EVP_PKEY *pkey, const char *name)
{
	CLEANUP(bn_p) BIGNUM *n = NULL;
	uint8_t bytes[1024];
	int len;

	if (EVP_PKEY_get_bn_param(pkey, name, &n) != 1)
		return false;
	len = BN_num_bytes(n);
	if (len <= 0 || (size_t)len > sizeof(bytes) || BN_bn2bin(n, bytes) != len)
		return false;
	return blob_set(blob, bytes, (size_t)len);
}

static bool take_rsa(struct der_parts *parts, const EVP_PKEY *pkey)
{
	return take_number(&parts->modulus, pkey, OSSL_PKEY_PARAM_RSA_N) &&
	       take_number(&parts->exponent, pkey, OSSL_PKEY_PARAM_RSA_E);
}

/* Only named curves and whole points: what PKCS#11 modules trade in. The encoded key is whole even
 * where the certificate holds a compressed point. */
static bool take_ec(struct der_parts *parts, const EVP_PKEY *pkey)
{
	CLEANUP(octets_p) ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	uint8_t point[256];
	char name[64];
	size_t len = 0;
	unsigned char *der = NULL;
	int der_len;

	if (!octets || EVP_PKEY_get_utf8_string_param(
			       pkey, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name), &len) != 1)
		return false;
	der_len = i2d_ASN1_OBJECT(OBJ_txt2obj(name, 0), &der);
	if (!take_der(&parts->ec_params, TAKE(der), der_len) ||
		EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
			sizeof(point), &len) != 1 ||
		ASN1_OCTET_STRING_set(octets, point, (int)len) != 1)
		return false;
	der_len = i2d_ASN1_OCTET_STRING(octets, &der);
	parts->ec_bits = (unsigned)EVP_PKEY_get_bits(pkey);
	return take_der(&parts->ec_point, TAKE(der), der_len);
}

static bool take_date(struct blob *blob, const ASN1_TIME *time)
{
	struct tm tm;
	char text[32];

	if (ASN1_TIME_to_tm(time, &tm) != 1 || strftime(text, sizeof(text), "%Y%m%d", &tm) != 8)
		return false;
	return blob_set(blob, text, 8);
}

static bool certificate_parts(X509 *x509, struct der_parts *parts)
{
	unsigned char *der = NULL;
	EVP_PKEY *pkey = X509_get0_pubkey(x509);
	ASN1_INTEGER *serial = X509_get_serialNumber(x509);
	int len;

	len = i2d_X509_NAME(X509_get_subject_name(x509), &der);
	if (!take_der(&parts->subject, TAKE(der), len))
		return false;
	len = i2d_X509_NAME(X509_get_issuer_name(x509), &der);
	if (!take_der(&parts->issuer, TAKE(der), len))
		return false;
	len = i2d_ASN1_INTEGER(serial, &der);
	if (!take_der(&parts->serial, TAKE(der), len))
		return false;
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	if (!take_der(&parts->spki, TAKE(der), len))
		return false;
	if (!take_date(&parts->start, X509_get0_notBefore(x509)) ||
		!take_date(&parts->end, X509_get0_notAfter(x509)))
		return false;
	parts->authority = X509_check_ca(x509) == 1;
	/* a key of another kind leaves its parts empty */
	if (pkey && EVP_PKEY_is_a(pkey, "EC"))
		(void)take_ec(parts, pkey);
	return !pkey || !EVP_PKEY_is_a(pkey, "RSA") || take_rsa(parts, pkey);
}

bool der_certificate(
	const struct crypto *crypto, const struct blob *certificate, struct der_parts *parts)
{
	struct der_parts fresh = { 0 };
	const unsigned char *p = certificate->bytes;
	CLEANUP(x509_p) X509 *x509 = NULL;

	if (!certificate->len || certificate->len > DER_MAX || !crypto_usable())
		return false;
	x509 = X509_new_ex(crypto_context(crypto), NULL);
	if (!x509 || !d2i_X509(&x509, &p, (long)certificate->len))
		return false;
	if (p != certificate->bytes + certificate->len)
		return false;
	return parts_replace(parts, &fresh, certificate_parts(x509, &fresh));
}

static bool key_parts(EVP_PKEY *pkey, struct der_parts *parts)
{
	struct der_parts fresh = { 0 };
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);

	return parts_replace(parts, &fresh,
		take_der(&fresh.spki, der, len) &&
			(EVP_PKEY_is_a(pkey, "EC") ? take_ec(&fresh, pkey)
						   : take_rsa(&fresh, pkey)));
}

bool der_ec_key(const struct crypto *crypto, const struct blob *key, struct der_parts *parts)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;
	const unsigned char *end = key->bytes;

	if (!key->len || key->len > DER_MAX || !crypto_usable())
		return false;
	pkey = d2i_PUBKEY_ex(NULL, &end, (long)key->len, crypto_context(crypto), NULL);
	return pkey && end == key->bytes + key->len && EVP_PKEY_is_a(pkey, "EC") &&
	       key_parts(pkey, parts);
}

bool der_rsa_key(const struct crypto *crypto, const struct blob *key, struct der_parts *parts)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;
	const unsigned char *end = NULL;

	if (!key->len || key->len > DER_MAX || !crypto_usable())
		return false;
	end = key->bytes;
	pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &end, (long)key->len);
	if (!pkey) {
		end = key->bytes;
		pkey = d2i_PUBKEY_ex(NULL, &end, (long)key->len, crypto_context(crypto), NULL);
	}
	if (!pkey || end != key->bytes + key->len || !EVP_PKEY_is_a(pkey, "RSA"))
		return false;
	return key_parts(pkey, parts);
}

bool der_rsa_numbers(const struct crypto *crypto, const struct blob *modulus,
	const struct blob *exponent, struct der_parts *parts)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;

	if (!modulus->len || !exponent->len || modulus->len > 1024 || exponent->len > 1024 ||
		!crypto_usable())
		return false;
	pkey = crypto_rsa(crypto, modulus, exponent);
	return pkey && key_parts(pkey, parts);
}

static void object_p(ASN1_OBJECT **object)
{
	ASN1_OBJECT_free(*object);
}

bool der_curve_known(int nid)
{
	return nid == NID_X9_62_prime256v1 || nid == NID_secp384r1 || nid == NID_secp521r1;
}

const char *der_ec_curve(const struct blob *params)
{
	CLEANUP(object_p) ASN1_OBJECT *oid = NULL;
	const unsigned char *p = params->bytes;
	int nid;

	if (!params->len || params->len > DER_MAX)
		return NULL;
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)params->len);
	if (!oid || p != params->bytes + params->len)
		return NULL;
	nid = OBJ_obj2nid(oid);
	return der_curve_known(nid) ? OBJ_nid2sn(nid) : NULL;
}

bool der_ec_numbers(const struct crypto *crypto, const struct blob *params,
	const struct blob *point, struct der_parts *parts)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *pkey = NULL;
	CLEANUP(octets_p) ASN1_OCTET_STRING *octets = NULL;
	CLEANUP(blob_clear) struct blob bare = { 0 };
	const char *curve = der_ec_curve(params);
	const unsigned char *p = point->bytes;

	if (!curve || !point->len || point->len > DER_MAX || !crypto_usable())
		return false;
	octets = d2i_ASN1_OCTET_STRING(NULL, &p, (long)point->len);
	if (octets && p == point->bytes + point->len)
		(void)blob_set(
			&bare, ASN1_STRING_get0_data(octets), (size_t)ASN1_STRING_length(octets));
	else if (point->bytes[0] == POINT_CONVERSION_UNCOMPRESSED)
		(void)blob_set(&bare, point->bytes, point->len);
	if (bare.len)
		pkey = crypto_ec(crypto, curve, &bare);
	return pkey && key_parts(pkey, parts);
}

bool der_rsa_public_key(const struct blob *spki, struct blob *ret_key)
{
	CLEANUP(x509_pubkey_p) X509_PUBKEY *pubkey = NULL;
	const unsigned char *p = spki->bytes;
	const unsigned char *key = NULL;
	int len = 0;

	if (!spki->len || spki->len > DER_MAX)
		return false;
	pubkey = d2i_X509_PUBKEY(NULL, &p, (long)spki->len);
	return pubkey && X509_PUBKEY_get0_param(NULL, &key, &len, NULL, pubkey) == 1 && len > 0 &&
	       blob_set(ret_key, key, (size_t)len);
}

unsigned der_rsa_bits(const struct der_parts *parts)
{
	unsigned bits;

	if (!parts->modulus.len)
		return 0;
	bits = (unsigned)parts->modulus.len * 8;
	for (uint8_t mask = 0x80; mask && !(parts->modulus.bytes[0] & mask); mask >>= 1)
		bits--;
	return bits;
}
