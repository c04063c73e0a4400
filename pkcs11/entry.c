/* SPDX-License-Identifier: Apache-2.0 */
/* The exported three symbols, the function lists of PKCS#11 2.40 and 3.0, the interface list. */
#include "ck.h"

#include <stdbool.h>
#include <string.h>

#include "api.h"

#define EXPORT __attribute__((visibility("default")))

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV C_GetInterface(
	CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **ret_interface, CK_FLAGS flags);

static CK_FUNCTION_LIST list_2_40 = {
	.version = { 2, 40 },
	.C_Initialize = api_initialize,
	.C_Finalize = api_finalize,
	.C_GetInfo = api_get_info,
	.C_GetFunctionList = C_GetFunctionList,
	.C_GetSlotList = api_get_slot_list,
	.C_GetSlotInfo = api_get_slot_info,
	.C_GetTokenInfo = api_get_token_info,
	.C_GetMechanismList = api_get_mechanism_list,
	.C_GetMechanismInfo = api_get_mechanism_info,
	.C_InitToken = api_init_token,
	.C_InitPIN = api_init_pin,
	.C_SetPIN = api_set_pin,
	.C_OpenSession = api_open_session,
	.C_CloseSession = api_close_session,
	.C_CloseAllSessions = api_close_all_sessions,
	.C_GetSessionInfo = api_get_session_info,
	.C_GetOperationState = api_get_operation_state,
	.C_SetOperationState = api_set_operation_state,
	.C_Login = api_login,
	.C_Logout = api_logout,
	.C_CreateObject = api_create_object,
	.C_CopyObject = api_copy_object,
	.C_DestroyObject = api_destroy_object,
	.C_GetObjectSize = api_get_object_size,
	.C_GetAttributeValue = api_get_attribute_value,
	.C_SetAttributeValue = api_set_attribute_value,
	.C_FindObjectsInit = api_find_objects_init,
	.C_FindObjects = api_find_objects,
	.C_FindObjectsFinal = api_find_objects_final,
	.C_EncryptInit = api_encrypt_init,
	.C_Encrypt = api_encrypt,
	.C_EncryptUpdate = api_encrypt_update,
	.C_EncryptFinal = api_encrypt_final,
	.C_DecryptInit = api_decrypt_init,
	.C_Decrypt = api_decrypt,
	.C_DecryptUpdate = api_decrypt_update,
	.C_DecryptFinal = api_decrypt_final,
	.C_DigestInit = api_digest_init,
	.C_Digest = api_digest,
	.C_DigestUpdate = api_digest_update,
	.C_DigestKey = api_digest_key,
	.C_DigestFinal = api_digest_final,
	.C_SignInit = api_sign_init,
	.C_Sign = api_sign,
	.C_SignUpdate = api_sign_update,
	.C_SignFinal = api_sign_final,
	.C_SignRecoverInit = api_sign_recover_init,
	.C_SignRecover = api_sign_recover,
	.C_VerifyInit = api_verify_init,
	.C_Verify = api_verify,
	.C_VerifyUpdate = api_verify_update,
	.C_VerifyFinal = api_verify_final,
	.C_VerifyRecoverInit = api_verify_recover_init,
	.C_VerifyRecover = api_verify_recover,
	.C_DigestEncryptUpdate = api_digest_encrypt_update,
	.C_DecryptDigestUpdate = api_decrypt_digest_update,
	.C_SignEncryptUpdate = api_sign_encrypt_update,
	.C_DecryptVerifyUpdate = api_decrypt_verify_update,
	.C_GenerateKey = api_generate_key,
	.C_GenerateKeyPair = api_generate_key_pair,
	.C_WrapKey = api_wrap_key,
	.C_UnwrapKey = api_unwrap_key,
	.C_DeriveKey = api_derive_key,
	.C_SeedRandom = api_seed_random,
	.C_GenerateRandom = api_generate_random,
	.C_GetFunctionStatus = api_get_function_status,
	.C_CancelFunction = api_cancel_function,
	.C_WaitForSlotEvent = api_wait_for_slot_event,
};

static CK_FUNCTION_LIST_3_0 list_3_0 = {
	.version = { 3, 0 },
	.C_Initialize = api_initialize,
	.C_Finalize = api_finalize,
	.C_GetInfo = api_get_info,
	.C_GetFunctionList = C_GetFunctionList,
	.C_GetSlotList = api_get_slot_list,
	.C_GetSlotInfo = api_get_slot_info,
	.C_GetTokenInfo = api_get_token_info,
	.C_GetMechanismList = api_get_mechanism_list,
	.C_GetMechanismInfo = api_get_mechanism_info,
	.C_InitToken = api_init_token,
	.C_InitPIN = api_init_pin,
	.C_SetPIN = api_set_pin,
	.C_OpenSession = api_open_session,
	.C_CloseSession = api_close_session,
	.C_CloseAllSessions = api_close_all_sessions,
	.C_GetSessionInfo = api_get_session_info,
	.C_GetOperationState = api_get_operation_state,
	.C_SetOperationState = api_set_operation_state,
	.C_Login = api_login,
	.C_Logout = api_logout,
	.C_CreateObject = api_create_object,
	.C_CopyObject = api_copy_object,
	.C_DestroyObject = api_destroy_object,
	.C_GetObjectSize = api_get_object_size,
	.C_GetAttributeValue = api_get_attribute_value,
	.C_SetAttributeValue = api_set_attribute_value,
	.C_FindObjectsInit = api_find_objects_init,
	.C_FindObjects = api_find_objects,
	.C_FindObjectsFinal = api_find_objects_final,
	.C_EncryptInit = api_encrypt_init,
	.C_Encrypt = api_encrypt,
	.C_EncryptUpdate = api_encrypt_update,
	.C_EncryptFinal = api_encrypt_final,
	.C_DecryptInit = api_decrypt_init,
	.C_Decrypt = api_decrypt,
	.C_DecryptUpdate = api_decrypt_update,
	.C_DecryptFinal = api_decrypt_final,
	.C_DigestInit = api_digest_init,
	.C_Digest = api_digest,
	.C_DigestUpdate = api_digest_update,
	.C_DigestKey = api_digest_key,
	.C_DigestFinal = api_digest_final,
	.C_SignInit = api_sign_init,
	.C_Sign = api_sign,
	.C_SignUpdate = api_sign_update,
	.C_SignFinal = api_sign_final,
	.C_SignRecoverInit = api_sign_recover_init,
	.C_SignRecover = api_sign_recover,
	.C_VerifyInit = api_verify_init,
	.C_Verify = api_verify,
	.C_VerifyUpdate = api_verify_update,
	.C_VerifyFinal = api_verify_final,
	.C_VerifyRecoverInit = api_verify_recover_init,
	.C_VerifyRecover = api_verify_recover,
	.C_DigestEncryptUpdate = api_digest_encrypt_update,
	.C_DecryptDigestUpdate = api_decrypt_digest_update,
	.C_SignEncryptUpdate = api_sign_encrypt_update,
	.C_DecryptVerifyUpdate = api_decrypt_verify_update,
	.C_GenerateKey = api_generate_key,
	.C_GenerateKeyPair = api_generate_key_pair,
	.C_WrapKey = api_wrap_key,
	.C_UnwrapKey = api_unwrap_key,
	.C_DeriveKey = api_derive_key,
	.C_SeedRandom = api_seed_random,
	.C_GenerateRandom = api_generate_random,
	.C_GetFunctionStatus = api_get_function_status,
	.C_CancelFunction = api_cancel_function,
	.C_WaitForSlotEvent = api_wait_for_slot_event,
	.C_GetInterfaceList = C_GetInterfaceList,
	.C_GetInterface = C_GetInterface,
	.C_LoginUser = api_login_user,
	.C_SessionCancel = api_session_cancel,
	.C_MessageEncryptInit = api_message_encrypt_init,
	.C_EncryptMessage = api_encrypt_message,
	.C_EncryptMessageBegin = api_encrypt_message_begin,
	.C_EncryptMessageNext = api_encrypt_message_next,
	.C_MessageEncryptFinal = api_message_encrypt_final,
	.C_MessageDecryptInit = api_message_decrypt_init,
	.C_DecryptMessage = api_decrypt_message,
	.C_DecryptMessageBegin = api_decrypt_message_begin,
	.C_DecryptMessageNext = api_decrypt_message_next,
	.C_MessageDecryptFinal = api_message_decrypt_final,
	.C_MessageSignInit = api_message_sign_init,
	.C_SignMessage = api_sign_message,
	.C_SignMessageBegin = api_sign_message_begin,
	.C_SignMessageNext = api_sign_message_next,
	.C_MessageSignFinal = api_message_sign_final,
	.C_MessageVerifyInit = api_message_verify_init,
	.C_VerifyMessage = api_verify_message,
	.C_VerifyMessageBegin = api_verify_message_begin,
	.C_VerifyMessageNext = api_verify_message_next,
	.C_MessageVerifyFinal = api_message_verify_final,
};

/* The tables are not const because the standard hands out plain pointers; nothing writes to them.
 * The newest comes first: it is the default interface. */
static CK_UTF8CHAR interface_name[] = "PKCS 11";
static CK_INTERFACE interfaces[] = {
	{ interface_name, &list_3_0, 0 },
	{ interface_name, &list_2_40, 0 },
};
#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (!list)
		return CKR_ARGUMENTS_BAD;
	*list = &list_2_40;
	return CKR_OK;
}

EXPORT CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	if (!count)
		return CKR_ARGUMENTS_BAD;
	if (list && *count < INTERFACES) {
		*count = INTERFACES;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (list)
		memcpy(list, interfaces, sizeof(interfaces));
	*count = INTERFACES;
	return CKR_OK;
}

static bool interface_fits(
	const CK_INTERFACE *one, const CK_UTF8CHAR *name, const CK_VERSION *version)
{
	const CK_VERSION *has = one->pFunctionList; /* every list begins with its version */

	if (name && strcmp((const char *)name, (const char *)one->pInterfaceName) != 0)
		return false;
	return !version || (version->major == has->major && version->minor == has->minor);
}

EXPORT CK_RV C_GetInterface(
	CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **ret_interface, CK_FLAGS flags)
{
	if (!ret_interface)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < INTERFACES; i++)
		if (interface_fits(&interfaces[i], name, version) &&
			(interfaces[i].flags & flags) == flags) {
			*ret_interface = &interfaces[i];
			return CKR_OK;
		}
	return CKR_FUNCTION_FAILED;
}
