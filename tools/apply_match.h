/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to which: record and certificate, order and key, certificate and its time. */
#ifndef TWCA_APPLY_MATCH_H
#define TWCA_APPLY_MATCH_H

#include "apply.h"

#define APPLY_NAME_MAX 24
/* "name", "name2": what the record calls a value of the certificate with this index. */
const char *apply_name(char buf[APPLY_NAME_MAX], const char *name, size_t index);

/* Does the order name this public key? */
bool apply_order_of_key(const struct ra_order *order, size_t index, EVP_PKEY *public);

/* Has this certificate expired, or was it revoked? The RA tells without a login. */
bool apply_is_over(struct apply *apply, const uint8_t *der, size_t len);

/* SHA-256 in lower-case hexadecimal. The caller frees *ret. */
bool apply_sha256(const uint8_t *bytes, size_t len, char **ret);

#endif
