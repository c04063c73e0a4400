/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that are the module's own: one per PIN, the settings, and the profiles whose
 * conditions the token meets (PKCS #11 Profiles 3.0). Slot lock held. */
#ifndef PKCS11_OBJECT_OWN_H
#define PKCS11_OBJECT_OWN_H

#include "ck.h"

struct slot;

/* Add them; the token's objects are in the list. Errors: CKR_HOST_MEMORY. */
CK_RV object_add_own(struct slot *slot);
void object_forget_own(struct slot *slot);

#endif
