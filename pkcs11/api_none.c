/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that this module does not offer: present, and saying so. */
#include "api.h"

#include "gate.h"

#define UNUSED __attribute__((unused))

CK_RV api_get_function_status(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV api_cancel_function(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV api_message_encrypt_init(
	CK_SESSION_HANDLE a UNUSED, CK_MECHANISM *b UNUSED, CK_OBJECT_HANDLE c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_encrypt_message(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG g UNUSED,
	CK_BYTE *h UNUSED, CK_ULONG *i UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_encrypt_message_begin(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_encrypt_message_next(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG *g UNUSED,
	CK_FLAGS h UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_encrypt_final(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_decrypt_init(
	CK_SESSION_HANDLE a UNUSED, CK_MECHANISM *b UNUSED, CK_OBJECT_HANDLE c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_decrypt_message(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG g UNUSED,
	CK_BYTE *h UNUSED, CK_ULONG *i UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_decrypt_message_begin(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_decrypt_message_next(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG *g UNUSED,
	CK_FLAGS h UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_decrypt_final(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_sign_init(
	CK_SESSION_HANDLE a UNUSED, CK_MECHANISM *b UNUSED, CK_OBJECT_HANDLE c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_sign_message(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG *g UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_sign_message_begin(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_sign_message_next(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG *g UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_sign_final(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_verify_init(
	CK_SESSION_HANDLE a UNUSED, CK_MECHANISM *b UNUSED, CK_OBJECT_HANDLE c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_verify_message(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG g UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_verify_message_begin(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_verify_message_next(CK_SESSION_HANDLE a UNUSED, CK_VOID_PTR b UNUSED, CK_ULONG c UNUSED,
	CK_BYTE *d UNUSED, CK_ULONG e UNUSED, CK_BYTE *f UNUSED, CK_ULONG g UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV api_message_verify_final(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_SUPPORTED);
}
