/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of an object by looking at others. Slot lock held. */
#ifndef PKCS11_OBJECT_NAME_H
#define PKCS11_OBJECT_NAME_H

#include "ck.h"

struct object;

/* Its unique id, and a key's subject from the certificate with its id. */
CK_RV object_look_around(struct object *object);

#endif
