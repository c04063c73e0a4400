/* SPDX-License-Identifier: Apache-2.0 */
/* The value of an object and the public numbers of a key, read from the token on first demand. All
 * functions: slot lock held. */
#ifndef PKCS11_OBJECT_LOAD_H
#define PKCS11_OBJECT_LOAD_H

#include <stddef.h>

#include "ck.h"

struct object;
struct secret;

/* Read the value and take it apart, once. A private key's public numbers come from the public key
 * or the certificate with its id. Begins its own transaction if one is needed. */
CK_RV object_load(struct object *object);

/* Fill the parts from the value. Without effect on one that does not parse. */
void object_take_apart(struct object *object);

/* The public parts of a session's key, and of a private one the numbers if they may be told; key:
 * as session_key_make() gives it. Errors: CKR_HOST_MEMORY, CKR_FUNCTION_FAILED. */
CK_RV object_take_key(struct object *object, const struct secret *key);

/* Length of an RSA key's modulus, or of an EC key's signature, in bytes, loading what that needs.
 */
CK_RV object_modulus_len(struct object *object, size_t *ret_len);

/* What a known public half says of the key's length counts, not what the token's list claims. */
void object_take_bits(struct object *object);

#endif
