/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#10 requests (RFC 2986) signed by a key that only its token can use. */
#ifndef TWCA_TOOLS_REQUEST_H
#define TWCA_TOOLS_REQUEST_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

/* Signs bytes with SHA-256 and RSA PKCS#1 v1.5; *ret is freed with free(). */
typedef bool request_sign_fn(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret,
	size_t *ret_len, struct fail *fail);

/* Build, sign and check a request. subject: DER of a Name. The caller frees *ret with free().
 * Errors: those of sign, CERT_KEY when the signature does not fit the public key (a damaged key).
 */
bool request_make(const uint8_t *subject, size_t subject_len, EVP_PKEY *public,
	request_sign_fn *sign, void *arg, uint8_t **ret, size_t *ret_len, struct fail *fail);

/* Is this a request of that key, with a good signature? */
bool request_fits(const uint8_t *der, size_t len, EVP_PKEY *public);

#endif
