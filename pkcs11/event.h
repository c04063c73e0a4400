/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for something to happen in a slot. */
#ifndef PKCS11_EVENT_H
#define PKCS11_EVENT_H

#include <stdbool.h>

#include "ck.h"

struct module;

/* The next event; block: wait for it. No lock is held while waiting: other calls go on, and several
 * threads may wait, each event going to one of them.
 * Errors: CKR_NO_EVENT (not with block), CKR_CRYPTOKI_NOT_INITIALIZED (C_Finalize() in another
 * thread, noticed within a fraction of a second), CKR_HOST_MEMORY, CKR_CANT_LOCK. */
CK_RV event_wait(const struct module *module, bool block, CK_SLOT_ID *ret_id);

#endif
