/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made in a moment, for tests that only look at them. */
#include "cert.h"

#include "unit.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

static void extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

struct chain_cert cert_make(const char *cn, const char *usage, int authority)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	unsigned char *der = NULL;
	struct chain_cert ret;

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 0x1234);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 31536000);
	X509_set_pubkey(cert, key);
	extend(cert, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
	if (usage)
		extend(cert, NID_key_usage, usage);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	ret.len = (size_t)i2d_X509(cert, &der);
	ret.der = malloc(ret.len);
	memcpy(ret.der, der, ret.len);
	OPENSSL_free(der);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ret;
}
