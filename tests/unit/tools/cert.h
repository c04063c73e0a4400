/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made in a moment, for tests that only look at them. */
#ifndef TWCA_TEST_CERT_H
#define TWCA_TEST_CERT_H

#include <stdint.h>

#include "chain.h"

/* Self-signed, P-256, one year. usage: as for openssl ("digitalSignature"), NULL: no such
 * extension; authority: of a CA. The caller frees der. */
struct chain_cert cert_make(const char *cn, const char *usage, int authority);

#endif
