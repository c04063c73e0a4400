/* SPDX-License-Identifier: Apache-2.0 */
/* New RSA keys of the card. */
#ifndef VCARD_RSA_MAKE_H
#define VCARD_RSA_MAKE_H

#include <openssl/types.h>

/* A fresh key with the exponent 65537, the caller's. As a card would make it: a random pair of
 * primes, each tried a few times, where OpenSSL's tries each 64 times and takes four times as long.
 * NULL: a size below 512, or no memory. */
EVP_PKEY *vc_rsa_make(unsigned bits);

#endif
