/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies and describes the certificates that the RA sends. */
#include "chain.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "text.h"

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

static void stack_free_p(STACK_OF(X509) * *stack)
{
	sk_X509_pop_free(*stack, X509_free);
}

static void store_free_p(X509_STORE **store)
{
	X509_STORE_free(*store);
}

static void store_context_free_p(X509_STORE_CTX **context)
{
	X509_STORE_CTX_free(*context);
}

static void bio_free_p(BIO **bio)
{
	BIO_free_all(*bio);
}

static void name_der_free_p(unsigned char **der)
{
	OPENSSL_free(*der);
}

static X509 *parse(const struct chain_cert *cert)
{
	const unsigned char *next = cert->der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &next, (long)cert->len);

	return x509 && next == cert->der + cert->len ? TAKE(x509) : NULL;
}

static bool is_self_issued(X509 *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
}

bool chain_is_authority(const struct chain_cert *cert)
{
	const unsigned char *der = cert->der;
	X509 *x509 = d2i_X509(NULL, &der, (long)cert->len);
	bool authority = !x509 || X509_check_ca(x509) != 0;

	X509_free(x509);
	return authority;
}

bool chain_is_root(const struct chain_cert *cert)
{
	CLEANUP(x509_free_p) X509 *x509 = parse(cert);

	return x509 && is_self_issued(x509);
}

/* Self-issued ones are trusted (they came from the RA over its proven connection), the others only
 * help to get there. */
static bool sort_authorities(const struct chain *chain, X509_STORE *store, STACK_OF(X509) * helpers)
{
	for (size_t i = 0; i < chain->count; i++) {
		CLEANUP(x509_free_p) X509 *cert = parse(&chain->authorities[i]);
		if (!cert || X509_check_ca(cert) < 1)
			return false;
		if (is_self_issued(cert) ? !X509_STORE_add_cert(store, cert)
					 : !sk_X509_push(helpers, cert))
			return false;
		if (!is_self_issued(cert))
			cert = NULL;
	}
	return true;
}

static bool check_signatures(const struct chain *chain, X509 *leaf, time_t now, struct fail *fail)
{
	CLEANUP(store_free_p) X509_STORE *store = X509_STORE_new();
	CLEANUP(stack_free_p) STACK_OF(X509) *helpers = sk_X509_new_null();
	CLEANUP(store_context_free_p) X509_STORE_CTX *context = X509_STORE_CTX_new();

	if (!store || !helpers || !context)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!sort_authorities(chain, store, helpers))
		return fail_set(
			fail, FAIL_CERT_CHAIN, _("the RA's CA certificates cannot be used"));
	if (X509_STORE_CTX_init(context, store, leaf, helpers) != 1)
		return fail_set(fail, FAIL_MEMORY, NULL);
	X509_STORE_CTX_set_time(context, 0, now);
	if (X509_verify_cert(context) == 1)
		return true;
	int error = X509_STORE_CTX_get_error(context);
	bool time_error =
		X509_STORE_CTX_get_error_depth(context) == 0 &&
		(error == X509_V_ERR_CERT_NOT_YET_VALID || error == X509_V_ERR_CERT_HAS_EXPIRED);
	return fail_set(fail, time_error ? FAIL_CERT_VALIDITY : FAIL_CERT_CHAIN, "%s",
		X509_verify_cert_error_string(error));
}

bool chain_check(const struct chain *chain, const struct chain_wish *wish, struct fail *fail)
{
	CLEANUP(x509_free_p) X509 *leaf = parse(&chain->leaf);
	CLEANUP(name_der_free_p) unsigned char *subject = NULL;

	if (!leaf)
		return fail_set(fail, FAIL_RA_REPLY, _("no certificate"));
	if (!X509_get0_pubkey(leaf) || EVP_PKEY_eq(X509_get0_pubkey(leaf), wish->public) != 1)
		return fail_set(fail, FAIL_CERT_KEY, NULL);
	int len = i2d_X509_NAME(X509_get_subject_name(leaf), &subject);
	if (len < 0 || (size_t)len != wish->subject_len ||
		memcmp(subject, wish->subject, (size_t)len) != 0)
		return fail_set(fail, FAIL_CERT_SUBJECT, NULL);
	if (X509_check_ca(leaf) != 0)
		return fail_set(fail, FAIL_CERT_CHAIN, _("it is the certificate of a CA"));
	return check_signatures(chain, leaf, wish->now, fail);
}

/* The authority that has signed cert, or NULL. */
static X509 *issuer_of(const struct chain *chain, X509 *cert)
{
	for (size_t i = 0; i < chain->count; i++) {
		CLEANUP(x509_free_p) X509 *authority = parse(&chain->authorities[i]);
		if (authority && X509_check_issued(authority, cert) == X509_V_OK &&
			X509_verify(cert, X509_get0_pubkey(authority)) == 1)
			return TAKE(authority);
	}
	return NULL;
}

static char *name_text(const X509_NAME *name)
{
	CLEANUP(bio_free_p) BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;

	if (!bio ||
		X509_NAME_print_ex(
			bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0 ||
		BIO_write(bio, "", 1) != 1 || BIO_get_mem_data(bio, &bytes) <= 0)
		return NULL;
	return text_clean_line(bytes);
}

static char *time_text(const ASN1_TIME *when)
{
	struct tm tm;
	char buf[64];

	if (ASN1_TIME_to_tm(when, &tm) != 1 ||
		!strftime(buf, sizeof buf, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return strdup(buf);
}

bool chain_reaches_root(const struct chain *chain, char **ret_missing)
{
	CLEANUP(x509_free_p) X509 *cert = parse(&chain->leaf);

	*ret_missing = NULL;
	if (cert && is_self_issued(cert))
		return true;
	for (size_t i = 0; cert && i < chain->count + 1; i++) {
		X509 *issuer = issuer_of(chain, cert);
		if (!issuer) {
			*ret_missing = name_text(X509_get_issuer_name(cert));
			return false;
		}
		X509_free(cert);
		cert = issuer;
		if (is_self_issued(cert))
			return true;
	}
	return false;
}

bool chain_describe(const struct chain_cert *cert, struct chain_text *ret, struct fail *fail)
{
	CLEANUP(x509_free_p) X509 *x509 = parse(cert);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;

	if (!x509 || X509_digest(x509, EVP_sha256(), digest, &digest_len) != 1)
		return fail_set(fail, FAIL_RA_REPLY, _("no certificate"));
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
	*ret = (struct chain_text){
		.subject = name_text(X509_get_subject_name(x509)),
		.issuer = name_text(X509_get_issuer_name(x509)),
		.serial =
			text_hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial)),
		.not_before = time_text(X509_get0_notBefore(x509)),
		.not_after = time_text(X509_get0_notAfter(x509)),
		.sha256 = text_hex(digest, digest_len),
	};
	if (ret->subject && ret->issuer && ret->serial && ret->not_before && ret->not_after &&
		ret->sha256)
		return true;
	chain_text_clear(ret);
	return fail_set(fail, FAIL_RA_REPLY, _("a certificate cannot be shown"));
}

void chain_text_clear(struct chain_text *text)
{
	free(text->subject);
	free(text->issuer);
	free(text->serial);
	free(text->not_before);
	free(text->not_after);
	free(text->sha256);
	memset(text, 0, sizeof *text);
}

void chain_clear(struct chain *chain)
{
	free(chain->leaf.der);
	for (size_t i = 0; i < chain->count; i++)
		free(chain->authorities[i].der);
	memset(chain, 0, sizeof *chain);
}
