/* SPDX-License-Identifier: Apache-2.0 */
/* How people name one certificate: by PKCS#11 URI, by serial number or SHA-256 or id (the beginning
 * will do), or by a file that holds it. */
#ifndef TWCA_TOOLS_WHICH_H
#define TWCA_TOOLS_WHICH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct p11_token;

#define WHICH_DIGITS_MAX 128

/* What a certificate may be known by; NULL: not known. */
struct which_cert {
	const char *serial, *sha256;   /* lower-case hexadecimal */
	const char *subject;           /* for lists of those that fit */
	const struct p11_token *token; /* that it is on; NULL: not on this computer */
	const char *label;             /* of the object there */
	const uint8_t *id;             /* likewise */
	size_t id_len;
};

/* One name, understood. */
struct which {
	const char *text; /* borrowed */
	bool is_uri, is_file;
	char digits[WHICH_DIGITS_MAX + 1]; /* hexadecimal as typed; of a file: the SHA-256 */
	bool whole;                        /* a number in full, not only its beginning */
};

/* text: "pkcs11:...", "018e1f", "0x018E1F", "01:8E:1F", "101919(0x018E1F)", or a file in PEM or DER
 * ("-": standard input). Errors: USAGE (none of these). */
bool which_read(const char *text, struct which *ret, struct fail *fail);

bool which_is(const struct which *which, const struct which_cert *cert);

/* The only one of count that text names. Errors: USAGE (none, or no name), CERT_AMBIGUOUS. */
bool which_find(const char *text, const struct which_cert *certs, size_t count, size_t *ret_index,
	struct fail *fail);

/* CERT_AMBIGUOUS with the URIs, else serial numbers and subjects, of those that fit. Always false.
 */
bool which_several(
	const struct which_cert *certs, const bool *fits, size_t count, struct fail *fail);

#endif
