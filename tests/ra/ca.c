/* SPDX-License-Identifier: Apache-2.0 */
/* The certification authority: makes its keys once, then issues certificates and CRLs. */
#include "ca.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "keyfile.h"

struct ca {
	X509 *root, *issuing;
	EVP_PKEY *root_key, *issuing_key;
};

struct extension {
	int nid;
	const char *value;
};

static bool set_serial(X509 *cert)
{
	unsigned char bytes[16];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
	BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
	bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return ok;
}

static bool add_extension(X509 *cert, X509V3_CTX *ctx, const struct extension *extension)
{
	X509_EXTENSION *ext = X509V3_EXT_nconf_nid(NULL, ctx, extension->nid, extension->value);
	bool ok = ext && X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	return ok;
}

static bool add_extensions(X509 *cert, X509 *issuer, const struct extension *list)
{
	X509V3_CTX ctx = { 0 };
	CONF *conf = NCONF_new(NULL); /* policies want one, be it empty */
	bool ok = conf;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	for (; ok && list->value; list++)
		ok = add_extension(cert, &ctx, list);
	NCONF_free(conf);
	return ok;
}

static X509_NAME *ca_name(const char *cn)
{
	X509_NAME *name = X509_NAME_new();
	if (name)
		(void)(X509_NAME_add_entry_by_txt(
			       name, "C", MBSTRING_UTF8, (const unsigned char *)"TW", -1, -1, 0) &&
			X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
				(const unsigned char *)"Reference CA for tests", -1, -1, 0) &&
			X509_NAME_add_entry_by_txt(
				name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0));
	return name;
}

/* A certificate of the CA's own house, 2020 to 2049; issuer NULL: self-signed. */
static X509 *make_own(const char *cn, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
	const struct extension *extensions)
{
	CLEANUP(x509_p) X509 *cert = X509_new();
	CLEANUP(name_p) X509_NAME *name = ca_name(cn);
	if (!cert || !name || !X509_set_version(cert, X509_VERSION_3) || !set_serial(cert) ||
		!X509_set_subject_name(cert, name) ||
		!X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : name) ||
		!X509_set_pubkey(cert, key) ||
		!ASN1_TIME_set_string_X509(X509_getm_notBefore(cert), "20200101000000Z") ||
		!ASN1_TIME_set_string_X509(X509_getm_notAfter(cert), "20491231235959Z") ||
		!add_extensions(cert, issuer ? issuer : cert, extensions) ||
		!X509_sign(cert, issuer_key, EVP_sha256()))
		return NULL;
	X509_up_ref(cert);
	return cert;
}

// clang-format off
static const struct extension root_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ 0, NULL },
};
static const struct extension issuing_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
	{ NID_certificate_policies, "2.5.29.32.0" },
	{ 0, NULL },
};
static const struct extension tls_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "serverAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
	{ NID_subject_alt_name, "IP:127.0.0.1,IP:::1,DNS:localhost" },
	{ 0, NULL },
};
// clang-format on

static bool make_tls(const char *dir)
{
	CLEANUP(pkey_p) EVP_PKEY *root_key = EVP_EC_gen("P-256");
	CLEANUP(pkey_p) EVP_PKEY *key = EVP_EC_gen("P-256");
	CLEANUP(x509_p)
	X509 *root =
		root_key ? make_own("Reference TLS Root", root_key, NULL, root_key, root_extensions)
			 : NULL;
	CLEANUP(x509_p)
	X509 *cert =
		root && key ? make_own("localhost", key, root, root_key, tls_extensions) : NULL;
	return cert && keyfile_write_cert(dir, "tls-root.pem", root) &&
	       keyfile_write_key(dir, "tls.key", key) && keyfile_write_cert(dir, "tls.pem", cert);
}

static bool make_all(const char *dir)
{
	CLEANUP(pkey_p) EVP_PKEY *root_key = EVP_RSA_gen(2048);
	CLEANUP(pkey_p) EVP_PKEY *issuing_key = EVP_RSA_gen(2048);
	CLEANUP(x509_p)
	X509 *root =
		root_key ? make_own("Reference Root CA", root_key, NULL, root_key, root_extensions)
			 : NULL;
	CLEANUP(x509_p)
	X509 *issuing = root && issuing_key ? make_own("Reference Issuing CA", issuing_key, root,
						      root_key, issuing_extensions)
					    : NULL;
	return issuing && make_tls(dir) && keyfile_write_key(dir, "root.key", root_key) &&
	       keyfile_write_cert(dir, "root.pem", root) &&
	       keyfile_write_key(dir, "issuing.key", issuing_key) &&
	       keyfile_write_cert(
		       dir, "issuing.pem", issuing); /* the last one says all are there */
}

struct ca *ca_open(const char *dir)
{
	CLEANUP(free_p) char *there = keyfile_text(dir, "issuing.pem");
	struct ca *ca = calloc(1, sizeof *ca);
	if (!ca || (!there && !make_all(dir))) {
		fprintf(stderr, "%s: cannot make the CA's keys\n", dir);
		ERR_print_errors_fp(stderr);
		free(ca);
		return NULL;
	}
	ca->root = keyfile_read_cert(dir, "root.pem");
	ca->issuing = keyfile_read_cert(dir, "issuing.pem");
	ca->root_key = keyfile_read_key(dir, "root.key");
	ca->issuing_key = keyfile_read_key(dir, "issuing.key");
	if (ca->root && ca->issuing && ca->root_key && ca->issuing_key)
		return ca;
	fprintf(stderr, "%s: the CA's keys are damaged\n", dir);
	ca_close(ca);
	return NULL;
}

void ca_close(struct ca *ca)
{
	if (!ca)
		return;
	X509_free(ca->root);
	X509_free(ca->issuing);
	EVP_PKEY_free(ca->root_key);
	EVP_PKEY_free(ca->issuing_key);
	free(ca);
}

const X509 *ca_issuing(const struct ca *ca)
{
	return ca->issuing;
}

const X509 *ca_root(const struct ca *ca)
{
	return ca->root;
}

static bool set_validity(X509 *cert, int64_t from, int years)
{
	time_t start = from;
	struct tm tm;
	if (!gmtime_r(&start, &tm))
		return false;
	tm.tm_year += years;
	time_t end = timegm(&tm);
	return ASN1_TIME_set(X509_getm_notBefore(cert), start) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), end);
}

/* prefix and words, with commas for blanks */
static void commas(const char *prefix, const char *words, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s", prefix, words);
	for (char *c = ret; *c; c++)
		if (*c == ' ')
			*c = ',';
}

X509 *ca_issue(const struct ca *ca, const struct ca_order *order)
{
	char cdp[160];
	char aia[480];
	char usage[160];
	char extended[160];
	snprintf(cdp, sizeof cdp, "URI:%s", order->crl_url);
	snprintf(aia, sizeof aia, "caIssuers;URI:%s,OCSP;URI:%s", order->ca_url, order->ocsp_url);
	commas("critical,", order->key_usage, usage, sizeof usage);
	commas("", order->ext_key_usage, extended, sizeof extended);
	const struct extension extensions[] = {
		{ NID_basic_constraints, "critical,CA:FALSE" },
		{ NID_key_usage, usage },
		{ NID_ext_key_usage, extended },
		{ NID_subject_key_identifier, "hash" },
		{ NID_authority_key_identifier, "keyid:always" },
		{ NID_certificate_policies, "1.3.6.1.4.1.32473.1.1" },
		{ NID_crl_distribution_points, cdp },
		{ NID_info_access, aia },
		{ 0, NULL },
	};
	CLEANUP(x509_p) X509 *cert = X509_new();
	if (!cert || !X509_set_version(cert, X509_VERSION_3) || !set_serial(cert) ||
		!X509_set_subject_name(cert, order->subject) ||
		!X509_set_issuer_name(cert, X509_get_subject_name(ca->issuing)) ||
		!X509_set_pubkey(cert, order->key) ||
		!set_validity(cert, order->not_before, order->years) ||
		!add_extensions(cert, ca->issuing, extensions) ||
		!X509_sign(cert, ca->issuing_key, EVP_sha256()))
		return NULL;
	X509_up_ref(cert);
	return cert;
}

static bool add_revoked(X509_CRL *crl, const struct ca_revoked *revoked)
{
	BIGNUM *number = NULL;
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, revoked->when);
	ASN1_INTEGER *serial =
		BN_hex2bn(&number, revoked->serial) ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	bool ok = entry && when && serial && X509_REVOKED_set_serialNumber(entry, serial) &&
		  X509_REVOKED_set_revocationDate(entry, when) && reason &&
		  (!revoked->reason || (ASN1_ENUMERATED_set(reason, revoked->reason) &&
					       X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason,
						       reason, 0, 0) == 1)) &&
		  X509_CRL_add0_revoked(crl, entry);
	if (!ok)
		X509_REVOKED_free(entry);
	ASN1_ENUMERATED_free(reason);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(when);
	BN_free(number);
	return ok;
}

static bool fill_crl(X509_CRL *crl, X509 *issuer, EVP_PKEY *key, int64_t now)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, now);
	ASN1_TIME *to = ASN1_TIME_set(NULL, now + 86400);
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509V3_CTX ctx = { 0 };
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509_EXTENSION *aki =
		X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	bool ok = from && to && number && aki && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
		  X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) &&
		  X509_CRL_set1_lastUpdate(crl, from) && X509_CRL_set1_nextUpdate(crl, to) &&
		  ASN1_INTEGER_set_int64(number, now) && X509_CRL_add_ext(crl, aki, -1) &&
		  X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1 &&
		  X509_CRL_sort(crl) && X509_CRL_sign(crl, key, EVP_sha256());
	X509_EXTENSION_free(aki);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return ok;
}

unsigned char *ca_crl(const struct ca *ca, bool root, int64_t now, const struct ca_revoked *revoked,
	size_t count, size_t *ret_len)
{
	X509_CRL *crl = X509_CRL_new();
	bool ok = crl;
	for (size_t i = 0; ok && i < count; i++)
		ok = add_revoked(crl, &revoked[i]);
	ok = ok && fill_crl(crl, root ? ca->root : ca->issuing,
			   root ? ca->root_key : ca->issuing_key, now);
	int len = ok ? i2d_X509_CRL(crl, NULL) : 0;
	unsigned char *der = len > 0 ? malloc((size_t)len) : NULL;
	unsigned char *end = der;
	if (der)
		*ret_len = (size_t)i2d_X509_CRL(crl, &end);
	X509_CRL_free(crl);
	return der;
}

bool ca_sign_ocsp(const struct ca *ca, OCSP_BASICRESP *basic)
{
	return OCSP_basic_sign(basic, ca->issuing, ca->issuing_key, EVP_sha256(), NULL,
		OCSP_RESPID_KEY | OCSP_NOCERTS);
}
