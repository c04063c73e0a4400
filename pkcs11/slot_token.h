/* SPDX-License-Identifier: Apache-2.0 */
/* The token in a slot: connect, notice that it is gone. All functions: slot lock held. */
#ifndef PKCS11_SLOT_TOKEN_H
#define PKCS11_SLOT_TOKEN_H

#include "ck.h"

struct slot;

/* The token is gone: its sessions, objects, login and connection go too. */
void slot_drop(struct slot *slot);

/* Drop the token if it is not there any more. */
void slot_check(struct slot *slot);

/* Connect to the token if not connected. A refused token is not asked again until it changes.
 * Errors: CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_DEVICE_ERROR, ... */
CK_RV slot_connect(struct slot *slot);

#endif
