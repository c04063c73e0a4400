/* SPDX-License-Identifier: Apache-2.0 */
/* Builds CertificationRequestInfo, has it signed, and puts both together. */
#include "request.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"

static void req_free_p(X509_REQ **req)
{
	X509_REQ_free(*req);
}

static void name_free_p(X509_NAME **name)
{
	X509_NAME_free(*name);
}

static void algor_free_p(X509_ALGOR **algor)
{
	X509_ALGOR_free(*algor);
}

static void der_free_p(unsigned char **der)
{
	OPENSSL_free(*der);
}

/* The signature's place in the request: algorithm and bits. */
static bool put_signature(X509_REQ *req, const uint8_t *signature, size_t len)
{
	CLEANUP(algor_free_p) X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();

	if (!algorithm || !bits ||
		!X509_ALGOR_set0(
			algorithm, OBJ_nid2obj(NID_sha256WithRSAEncryption), V_ASN1_NULL, NULL) ||
		!X509_REQ_set1_signature_algo(req, algorithm) ||
		!ASN1_STRING_set(bits, signature, (int)len)) {
		ASN1_BIT_STRING_free(bits);
		return false;
	}
	bits->flags = (bits->flags & ~7L) | ASN1_STRING_FLAG_BITS_LEFT; /* no unused bits */
	X509_REQ_set0_signature(req, bits);
	return true;
}

static X509_REQ *unsigned_request(const uint8_t *subject, size_t subject_len, EVP_PKEY *public)
{
	const unsigned char *der = subject;
	CLEANUP(name_free_p) X509_NAME *name = d2i_X509_NAME(NULL, &der, (long)subject_len);
	CLEANUP(req_free_p) X509_REQ *req = X509_REQ_new();

	if (!name || !req || !X509_REQ_set_version(req, 0) ||
		!X509_REQ_set_subject_name(req, name) || !X509_REQ_set_pubkey(req, public))
		return NULL;
	return TAKE(req);
}

bool request_make(const uint8_t *subject, size_t subject_len, EVP_PKEY *public,
	request_sign_fn *sign, void *arg, uint8_t **ret, size_t *ret_len, struct fail *fail)
{
	CLEANUP(req_free_p) X509_REQ *req = unsigned_request(subject, subject_len, public);
	CLEANUP(der_free_p) unsigned char *info = NULL;
	CLEANUP(der_free_p) unsigned char *der = NULL;
	CLEANUP(free_p) uint8_t *signature = NULL;
	size_t signature_len;

	int info_len = req ? i2d_re_X509_REQ_tbs(req, &info) : -1;
	if (info_len <= 0)
		return fail_set(fail, FAIL_INTERNAL, _("building the certificate request"));
	if (!sign(arg, info, (size_t)info_len, &signature, &signature_len, fail))
		return false;
	if (!put_signature(req, signature, signature_len))
		return fail_set(fail, FAIL_MEMORY, NULL);
	int len = i2d_X509_REQ(req, &der);
	if (len <= 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!request_fits(der, (size_t)len, public))
		return fail_set(
			fail, FAIL_CERT_KEY, _("the card's signature does not fit its public key"));
	uint8_t *copy = malloc((size_t)len);
	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	memcpy(copy, der, (size_t)len);
	*ret = copy;
	*ret_len = (size_t)len;
	return true;
}

bool request_fits(const uint8_t *der, size_t len, EVP_PKEY *public)
{
	const unsigned char *next = der;
	CLEANUP(req_free_p) X509_REQ *req = d2i_X509_REQ(NULL, &next, (long)len);
	EVP_PKEY *inside = req ? X509_REQ_get0_pubkey(req) : NULL;

	return inside && next == der + len && EVP_PKEY_eq(inside, public) == 1 &&
	       X509_REQ_verify(req, public) == 1;
}
