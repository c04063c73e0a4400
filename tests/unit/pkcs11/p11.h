/* SPDX-License-Identifier: Apache-2.0 */
/* What the module's tests share: the function list, sessions, objects by template. */
#ifndef TESTS_PKCS11_P11_H
#define TESTS_PKCS11_P11_H

#include "pkcs11/ck.h"

#include "fake.h"

CK_RV C_GetInterface(
	CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **ret_interface, CK_FLAGS flags);
CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);

struct crypto;

extern CK_FUNCTION_LIST *p11;

/* cmocka set-up and tear-down: a fresh world with a card in reader 0, module initialised; slot 0 is
 * that reader. */
int p11_setup(void **state);
int p11_teardown(void **state);

/* The same for tests below the functions: a context of OpenSSL's alone. */
extern struct crypto *p11_crypto;
int p11_crypto_setup(void **state);
int p11_crypto_teardown(void **state);

/* Both readers are known as slots 0 and 1 afterwards. */
CK_ULONG p11_slots(CK_BBOOL present);

CK_SESSION_HANDLE p11_open(CK_SLOT_ID slot, CK_FLAGS flags);
CK_RV p11_login(CK_SESSION_HANDLE session, CK_USER_TYPE type, const char *pin);
/* Open read-write and log the user in. */
CK_SESSION_HANDLE p11_user(CK_SLOT_ID slot);
CK_STATE p11_state(CK_SESSION_HANDLE session);
CK_FLAGS p11_token_flags(CK_SLOT_ID slot);

/* How many objects match; the first one's handle in *ret_first (may be NULL). */
CK_ULONG p11_find(CK_SESSION_HANDLE session, const CK_ATTRIBUTE *template, CK_ULONG count,
	CK_OBJECT_HANDLE *ret_first);
CK_OBJECT_HANDLE p11_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class);
CK_ULONG p11_ulong(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
CK_BBOOL p11_bool(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
/* Returns the length. */
CK_ULONG p11_bytes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	void *out, CK_ULONG cap);

/* A secret key of the session from its value; more (may be NULL): one more attribute. */
CK_RV p11_try_secret(CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len,
	const CK_ATTRIBUTE *more, CK_OBJECT_HANDLE *ret_key);
CK_OBJECT_HANDLE p11_secret(
	CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len);

/* An attribute of a template from constant bytes. */
CK_ATTRIBUTE p11_attr(CK_ATTRIBUTE_TYPE type, const void *value, CK_ULONG len);

#endif
