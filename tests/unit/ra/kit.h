/* SPDX-License-Identifier: Apache-2.0 */
/* What the reference RA's unit tests share: a folder with a database, keys, requests. */
#ifndef RA_UNIT_KIT_H
#define RA_UNIT_KIT_H

#include "ra.h"
#include "resources.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Group setup and teardown: kit_ra has a database (and with kit_open_ca a CA) in a folder of its
 * own; the built-in sites are loaded. */
extern struct ra kit_ra;
extern char kit_folder[64];
int kit_open(void **state);
int kit_open_ca(void **state);
int kit_close(void **state);

EVP_PKEY *kit_rsa(unsigned bits, unsigned exponent);
X509_NAME *kit_name(const char *cn);

/* DER of a request for key, signed by signer; the caller frees by OPENSSL_free. */
unsigned char *kit_csr(EVP_PKEY *key, EVP_PKEY *signer, const EVP_MD *md, size_t *ret_len);

/* A certificate that key signs itself. */
X509 *kit_cert(EVP_PKEY *key);

/* An account of the site; its number. */
int64_t kit_account(const char *site, const char *account, bool must_change);

/* Who calls a resource, and when. */
struct kit_caller {
	const char *site;
	int64_t account; /* 0: nobody */
	int64_t now;
};

/* What else the next kit_call() has; empty again after it. */
extern struct kit_more {
	const char *path; /* NULL: the id */
	const char *accept, *content_type;
	const char *carrier; /* of the account */
	const char *session; /* SHA-256 of its token */
	const void *bytes;   /* a body that is no JSON */
	size_t len;
} kit_more;

/* Calls a resource as the router does after its gates; id: what stands in the path, NULL: nothing;
 * body: JSON, NULL: none. */
struct reply kit_call(
	resource_fn *serve, const struct kit_caller *caller, const char *id, const char *body);

/* The same; fails the test unless the answer is this problem ("": none). */
void kit_says(resource_fn *serve, const struct kit_caller *caller, const char *id, const char *body,
	const char *want);

/* The one number or text that the query gives, as text; "" for none. The caller frees. */
char *kit_value(const char *sql);

/* Fails the test unless kit_value() is that. */
void kit_has(const char *sql, const char *want);

void kit_sql(const char *sql);

/* A valid certificate with this id (and order, hash, subject) of an issued order. */
void kit_certificate(const struct kit_caller *owner, const char *id, int64_t not_after);

/* Put the bytes of a certificate in the place of that one's. */
void kit_certificate_is(const char *id, X509 *cert);

/* The text's signature (SHA-256) in base64; the caller frees. */
char *kit_sign(EVP_PKEY *key, const char *text);

/* A text member of the reply, "" if it has none. */
const char *kit_text(const struct reply *reply, const char *name);

/* The last part of the reply's problem type, "" if it is none. */
const char *kit_problem(const struct reply *reply);
void kit_reply_clear(struct reply *reply);

#endif
