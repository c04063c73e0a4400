/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys for the private keys whose public half the token has in a certificate alone. */
#ifndef PKCS11_OBJECT_PUBLIC_H
#define PKCS11_OBJECT_PUBLIC_H

#include "ck.h"

struct slot;

/* Public keys for the private keys whose public half the token has in a certificate alone: most
 * applications look for them. They cannot be changed; their handles stay. */
CK_RV object_derive_public(struct slot *slot);

#endif
