/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot of handles that a search gives. */
#ifndef PKCS11_FIND_H
#define PKCS11_FIND_H

#include "ck.h"

struct find;
struct slot;

/* All visible objects that match every attribute of the template (none: all but hardware features).
 * Slot lock held. Errors: CKR_HOST_MEMORY, the token's. */
CK_RV find_new(
	struct slot *slot, const CK_ATTRIBUTE *template, CK_ULONG count, struct find **ret_find);
struct find *find_free(struct find *find);

/* The next handles, at most cap; returns how many. */
CK_ULONG find_next(struct find *find, CK_OBJECT_HANDLE *out, CK_ULONG cap);

#endif
