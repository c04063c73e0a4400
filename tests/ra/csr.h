/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a certificate request: form, proof of possession, key policy. */
#ifndef RA_CSR_H
#define RA_CSR_H

#include <openssl/x509.h>

#include "problem.h"

/* The request of DER bytes, its signature and key checked; NULL: reply is the problem. */
X509_REQ *csr_check(const unsigned char *der, size_t len, struct reply *reply);

/* SHA-256 of the SubjectPublicKeyInfo. */
void csr_key_sha256(X509_REQ *csr, char ret_hex[65]);

#endif
