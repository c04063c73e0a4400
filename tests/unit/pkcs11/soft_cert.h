/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate for tests of the software token. */
#ifndef TEST_SOFT_CERT_H
#define TEST_SOFT_CERT_H

#include <openssl/types.h>

struct blob;

/* DER of one that key signs itself, without a name, valid for a day. */
void soft_cert(EVP_PKEY *key, struct blob *ret_der);

#endif
