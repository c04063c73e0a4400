/* SPDX-License-Identifier: Apache-2.0 */
/* A key in memory as one that is lent: it computes on its own, whatever becomes of its owner. */
#ifndef PKCS11_LENT_KEY_H
#define PKCS11_LENT_KEY_H

#include <openssl/types.h>

#include "token.h"

struct crypto;

/* Takes one more reference to key, and to crypto. Errors: CKR_HOST_MEMORY. */
CK_RV lent_key_new(struct crypto *crypto, EVP_PKEY *key, struct token_key **ret_key);

#endif
