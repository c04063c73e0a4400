/* SPDX-License-Identifier: Apache-2.0 */
/* The small CA that certifies the keys of a personalised card. It lives as long as that takes. */
#include "key5.h"
#include "layout5.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define DAYS 3650
#define CA_NAME "TWCA Test Card Maker"

static void cert_free(X509 **cert)
{
	X509_free(*cert);
}

static void pkey_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
	bool ok = extension && X509_add_ext(cert, extension, -1);

	X509_EXTENSION_free(extension);
	return ok;
}

static bool set_name(X509_NAME *name, const char *common)
{
	return X509_NAME_add_entry_by_txt(
		       name, "C", MBSTRING_ASC, (const unsigned char *)"TW", -1, -1, 0) &&
	       X509_NAME_add_entry_by_txt(
		       name, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1, -1, 0);
}

static bool make(struct vc_layout5 *layout, EVP_PKEY *key, const char *subject, const char *usage,
	struct vc_buf *out)
{
	CLEANUP(cert_free) X509 *cert = X509_new();
	bool ca = key == layout->ca;
	unsigned char *der = NULL;

	if (!cert || !X509_set_version(cert, X509_VERSION_3) ||
		!ASN1_INTEGER_set(X509_get_serialNumber(cert), ++layout->serial_number) ||
		!X509_gmtime_adj(X509_getm_notBefore(cert), -3600) ||
		!X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * DAYS) ||
		!set_name(X509_get_issuer_name(cert), CA_NAME) ||
		!set_name(X509_get_subject_name(cert), subject) || !X509_set_pubkey(cert, key) ||
		!add_extension(cert, NID_basic_constraints,
			ca ? "critical,CA:TRUE" : "critical,CA:FALSE") ||
		!add_extension(cert, NID_key_usage, usage) ||
		!X509_sign(cert, layout->ca, EVP_sha256()))
		return false;
	int len = i2d_X509(cert, &der);

	if (len > 0)
		vc_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	return len > 0;
}

void vc_l5_ca(struct vc_layout5 *layout)
{
	layout->ca = EVP_EC_gen("P-256");
	if (!layout->ca || !make(layout, layout->ca, CA_NAME, "critical,keyCertSign,cRLSign",
				   &layout->ca_cert))
		layout->failed = true;
}

void vc_l5_ca_free(struct vc_layout5 *layout)
{
	EVP_PKEY_free(layout->ca);
	layout->ca = NULL;
	vc_buf_clear(&layout->ca_cert);
}

static bool push_rsa(OSSL_PARAM_BLD *builder, const struct vc_object *public, BIGNUM **number)
{
	static const struct {
		const char *name;
		unsigned tag;
	} parts[] = { { OSSL_PKEY_PARAM_RSA_N, 0x81 }, { OSSL_PKEY_PARAM_RSA_E, 0x82 } };

	for (unsigned i = 0; i < 2; i++) {
		size_t len;
		const uint8_t *bytes =
			vc_ber_find(public->body.data, public->body.len, parts[i].tag, &len);

		number[i] = bytes ? BN_bin2bn(bytes, (int)len, NULL) : NULL;
		if (!number[i] || !OSSL_PARAM_BLD_push_BN(builder, parts[i].name, number[i]))
			return false;
	}
	return true;
}

static bool push_ec(OSSL_PARAM_BLD *builder, const struct vc_object *public, int nid)
{
	size_t len;
	const uint8_t *point = vc_ber_find(public->body.data, public->body.len, 0x86, &len);

	return point &&
	       OSSL_PARAM_BLD_push_utf8_string(
		       builder, OSSL_PKEY_PARAM_GROUP_NAME, OBJ_nid2sn(nid), 0) &&
	       OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, len);
}

static EVP_PKEY *public_key(const struct vc_object *public, const struct vc_l5_key *key)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	BIGNUM *number[2] = { NULL, NULL };
	bool ok = builder && (key->bits ? push_rsa(builder, public, number)
					: push_ec(builder, public, key->nid));
	OSSL_PARAM *params = ok ? OSSL_PARAM_BLD_to_param(builder) : NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, key->bits ? "RSA" : "EC", NULL);
	EVP_PKEY *result = NULL;

	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &result, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	BN_free(number[0]);
	BN_free(number[1]);
	return result;
}

bool vc_l5_certify(struct vc_layout5 *layout, const struct vc_object *public,
	const struct vc_l5_key *key, struct vc_buf *out)
{
	CLEANUP(pkey_free) EVP_PKEY *own = public_key(public, key);

	return own && layout->ca && make(layout, own, key->subject, key->usage, out);
}
