/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of a token that are shown as a hardware feature object (vendor.h, CKH_TWCA_IDENTITY).
 * All functions: slot lock held. */
#ifndef PKCS11_SETTINGS_H
#define PKCS11_SETTINGS_H

#include <stdbool.h>

#include "ck.h"

struct object;
struct session;

/* Is this the object with the settings? */
bool settings_are(const struct object *object);

/* C_SetAttributeValue() on it. Errors: CKR_USER_NOT_LOGGED_IN, CKR_SESSION_READ_ONLY,
 * CKR_TOKEN_WRITE_PROTECTED, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_READ_ONLY,
 * CKR_ATTRIBUTE_VALUE_INVALID, the token's. */
CK_RV settings_change(struct object *object, const struct session *session,
	const CK_ATTRIBUTE *template, CK_ULONG count);

#endif
