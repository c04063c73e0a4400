/* SPDX-License-Identifier: Apache-2.0 */
/* What the module's tests share: the function list, sessions, objects by template. */
#include "p11.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/crypto.h"

CK_FUNCTION_LIST *p11;
struct crypto *p11_crypto;

int p11_setup(void **state)
{
	(void)state;
	fake_reset_world();
	fake_insert(0);
	assert_int_equal(C_GetFunctionList(&p11), CKR_OK);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11_slots(CK_FALSE), FAKE_READERS);
	return 0;
}

int p11_teardown(void **state)
{
	(void)state;
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(fake_open_cards(), 0);
	fake_reset_world();
	return 0;
}

int p11_crypto_setup(void **state)
{
	(void)state;
	p11_crypto = crypto_new();
	return p11_crypto ? 0 : -1;
}

int p11_crypto_teardown(void **state)
{
	(void)state;
	p11_crypto = crypto_free(p11_crypto);
	return 0;
}

CK_ULONG p11_slots(CK_BBOOL present)
{
	CK_ULONG count = 0;

	assert_int_equal(p11->C_GetSlotList(present, NULL, &count), CKR_OK);
	return count;
}

CK_SESSION_HANDLE p11_open(CK_SLOT_ID slot, CK_FLAGS flags)
{
	CK_SESSION_HANDLE session = 0;

	assert_int_equal(
		p11->C_OpenSession(slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &session), CKR_OK);
	return session;
}

CK_RV p11_login(CK_SESSION_HANDLE session, CK_USER_TYPE type, const char *pin)
{
	CK_UTF8CHAR copy[64];
	CK_ULONG len = strlen(pin);

	memcpy(copy, pin, len + 1);
	return p11->C_Login(session, type, copy, len);
}

CK_SESSION_HANDLE p11_user(CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE session = p11_open(slot, CKF_RW_SESSION);

	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	return session;
}

CK_STATE p11_state(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;

	assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_OK);
	return info.state;
}

CK_FLAGS p11_token_flags(CK_SLOT_ID slot)
{
	CK_TOKEN_INFO info;

	assert_int_equal(p11->C_GetTokenInfo(slot, &info), CKR_OK);
	return info.flags;
}

CK_ULONG p11_find(CK_SESSION_HANDLE session, const CK_ATTRIBUTE *template, CK_ULONG count,
	CK_OBJECT_HANDLE *ret_first)
{
	CK_ATTRIBUTE copy[8];
	CK_OBJECT_HANDLE handles[32];
	CK_ULONG found = 0;

	assert_true(count <= 8);
	if (count)
		memcpy(copy, template, count * sizeof(*template));
	assert_int_equal(p11->C_FindObjectsInit(session, copy, count), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, handles, 32, &found), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	if (ret_first)
		*ret_first = found ? handles[0] : CK_INVALID_HANDLE;
	return found;
}

CK_OBJECT_HANDLE p11_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	const CK_ATTRIBUTE template = p11_attr(CKA_CLASS, &class, sizeof(class));
	CK_OBJECT_HANDLE first;

	assert_true(p11_find(session, &template, 1, &first) >= 1);
	return first;
}

CK_ULONG p11_bytes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	void *out, CK_ULONG cap)
{
	CK_ATTRIBUTE attr = { type, out, cap };

	assert_int_equal(p11->C_GetAttributeValue(session, object, &attr, 1), CKR_OK);
	return attr.ulValueLen;
}

CK_ULONG p11_ulong(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG value = 0;

	assert_int_equal(p11_bytes(session, object, type, &value, sizeof(value)), sizeof(value));
	return value;
}

CK_BBOOL p11_bool(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	CK_BBOOL value = 0;

	assert_int_equal(p11_bytes(session, object, type, &value, sizeof(value)), sizeof(value));
	return value;
}

CK_ATTRIBUTE p11_attr(CK_ATTRIBUTE_TYPE type, const void *value, CK_ULONG len)
{
	CK_ATTRIBUTE attr = { .type = type, .ulValueLen = len };

	memcpy(&attr.pValue, &value, sizeof(value));
	return attr;
}

CK_RV p11_try_secret(CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len,
	const CK_ATTRIBUTE *more, CK_OBJECT_HANDLE *ret_key)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE template[4] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, p11_attr(CKA_VALUE, value, len) };

	if (more)
		template[3] = *more;
	return p11->C_CreateObject(session, template, more ? 4 : 3, ret_key);
}

CK_OBJECT_HANDLE p11_secret(
	CK_SESSION_HANDLE session, CK_KEY_TYPE type, const void *value, CK_ULONG len)
{
	CK_OBJECT_HANDLE key = 0;

	assert_int_equal(p11_try_secret(session, type, value, len, NULL, &key), CKR_OK);
	return key;
}
