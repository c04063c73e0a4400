/* SPDX-License-Identifier: Apache-2.0 */
/* The certification authority: root, issuing CA, the TLS certificate under a root of its own. */
#ifndef RA_CA_H
#define RA_CA_H

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ca;

/* Loads DIR's keys, or makes them all when there are none; NULL after a line on stderr. */
struct ca *ca_open(const char *dir);
void ca_close(struct ca *ca);

const X509 *ca_issuing(const struct ca *ca);
const X509 *ca_root(const struct ca *ca);

struct ca_order {
	const X509_NAME *subject;
	EVP_PKEY *key; /* the public key to certify */
	int64_t not_before;
	int years;
	const char *key_usage, *ext_key_usage; /* blank-separated names */
	const char *crl_url, *ca_url, *ocsp_url;
};

/* A new certificate of the issuing CA; NULL: OpenSSL failed. The caller frees. */
X509 *ca_issue(const struct ca *ca, const struct ca_order *order);

struct ca_revoked {
	const char *serial; /* hexadecimal */
	int64_t when;
	int reason; /* CRLReason; 0: none is given */
};

/* DER of a fresh list (of the root when root, else of the issuing CA); the caller frees. */
unsigned char *ca_crl(const struct ca *ca, bool root, int64_t now, const struct ca_revoked *revoked,
	size_t count, size_t *ret_len);

/* The issuing CA signs by itself; the answer names it by its key. */
bool ca_sign_ocsp(const struct ca *ca, OCSP_BASICRESP *basic);

#endif
