/* SPDX-License-Identifier: Apache-2.0 */
/* The token's objects in the slot's list: read, and read anew when another program wrote. All
 * functions: slot lock held. */
#ifndef PKCS11_OBJECT_READ_H
#define PKCS11_OBJECT_READ_H

#include "ck.h"

struct slot;

/* Fill the list from the token if that is not done yet, or if another program wrote to it since
 * (docs/decisions, "writes of other programs"). Begins its own transaction.
 * Errors: the token's. */
CK_RV object_read_all(struct slot *slot);

/* Ask the token anew after a write; handles of what is still there stay. Transaction held. */
CK_RV object_reread(struct slot *slot);

/* Read anew what another program changed: before every write, since a directory file is written
 * from what was read. Objects that are gone are freed. Transaction held. */
CK_RV object_sync(struct slot *slot);

#endif
