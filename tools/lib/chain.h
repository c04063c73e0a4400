/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates received from the RA, checked before anything is written to a card. */
#ifndef TWCA_TOOLS_CHAIN_H
#define TWCA_TOOLS_CHAIN_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CHAIN_CA_MAX 8

struct fail;

/* One DER certificate; the bytes belong to whoever filled it in. */
struct chain_cert {
	uint8_t *der;
	size_t len;
};

struct chain {
	struct chain_cert leaf;
	struct chain_cert authorities[CHAIN_CA_MAX]; /* root and issuing CAs, in any order */
	size_t count;
};

/* What the leaf must be. */
struct chain_wish {
	EVP_PKEY *public;
	const uint8_t *subject; /* DER of a Name */
	size_t subject_len;
	time_t now;
};

/* The leaf is signed by one of the authorities, up to a self-signed one; it is no CA itself, is of
 * this key and subject, and valid now.
 * Errors: CERT_CHAIN, CERT_KEY, CERT_SUBJECT, CERT_VALIDITY. */
bool chain_check(const struct chain *chain, const struct chain_wish *wish, struct fail *fail);

/* What a person wants to know about a certificate; strings are the caller's (free()). */
struct chain_text {
	char *subject, *issuer;       /* RFC 2253, UTF-8, cleaned */
	char *serial;                 /* lower-case hexadecimal */
	char *not_before, *not_after; /* RFC 3339 UTC */
	char *sha256;
};
bool chain_describe(const struct chain_cert *cert, struct chain_text *ret, struct fail *fail);
void chain_text_clear(struct chain_text *text);

/* A certificate of a CA, or none at all? */
bool chain_is_authority(const struct chain_cert *cert);

/* Do the authorities lead from the leaf to a root? Validity is not looked at. *ret_missing: the
 * name of the issuer that is not among them; the caller frees. */
bool chain_reaches_root(const struct chain *chain, char **ret_missing);

/* Issued by itself? */
bool chain_is_root(const struct chain_cert *cert);

void chain_clear(struct chain *chain);

#endif
