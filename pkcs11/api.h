/* SPDX-License-Identifier: Apache-2.0 */
/* Every PKCS#11 function, as entry.c puts it into the function lists.
 *
 * Each is a shell: it passes the gate, checks its arguments, calls one function of a lower file and
 * answers its CK_RV. They are in api_<chapter>.c. */
#ifndef PKCS11_API_H
#define PKCS11_API_H

#include "ck.h"

/* Declares a function by the standard's pointer type for it. */
#define API(type, name) __extension__ extern __typeof__(*(type)0) name

API(CK_C_Initialize, api_initialize);
API(CK_C_Finalize, api_finalize);
API(CK_C_GetInfo, api_get_info);
API(CK_C_GetSlotList, api_get_slot_list);
API(CK_C_GetSlotInfo, api_get_slot_info);
API(CK_C_GetTokenInfo, api_get_token_info);
API(CK_C_GetMechanismList, api_get_mechanism_list);
API(CK_C_GetMechanismInfo, api_get_mechanism_info);
API(CK_C_InitToken, api_init_token);
API(CK_C_InitPIN, api_init_pin);
API(CK_C_SetPIN, api_set_pin);
API(CK_C_OpenSession, api_open_session);
API(CK_C_CloseSession, api_close_session);
API(CK_C_CloseAllSessions, api_close_all_sessions);
API(CK_C_GetSessionInfo, api_get_session_info);
API(CK_C_GetOperationState, api_get_operation_state);
API(CK_C_SetOperationState, api_set_operation_state);
API(CK_C_Login, api_login);
API(CK_C_Logout, api_logout);
API(CK_C_CreateObject, api_create_object);
API(CK_C_CopyObject, api_copy_object);
API(CK_C_DestroyObject, api_destroy_object);
API(CK_C_GetObjectSize, api_get_object_size);
API(CK_C_GetAttributeValue, api_get_attribute_value);
API(CK_C_SetAttributeValue, api_set_attribute_value);
API(CK_C_FindObjectsInit, api_find_objects_init);
API(CK_C_FindObjects, api_find_objects);
API(CK_C_FindObjectsFinal, api_find_objects_final);
API(CK_C_EncryptInit, api_encrypt_init);
API(CK_C_Encrypt, api_encrypt);
API(CK_C_EncryptUpdate, api_encrypt_update);
API(CK_C_EncryptFinal, api_encrypt_final);
API(CK_C_DecryptInit, api_decrypt_init);
API(CK_C_Decrypt, api_decrypt);
API(CK_C_DecryptUpdate, api_decrypt_update);
API(CK_C_DecryptFinal, api_decrypt_final);
API(CK_C_DigestInit, api_digest_init);
API(CK_C_Digest, api_digest);
API(CK_C_DigestUpdate, api_digest_update);
API(CK_C_DigestKey, api_digest_key);
API(CK_C_DigestFinal, api_digest_final);
API(CK_C_SignInit, api_sign_init);
API(CK_C_Sign, api_sign);
API(CK_C_SignUpdate, api_sign_update);
API(CK_C_SignFinal, api_sign_final);
API(CK_C_SignRecoverInit, api_sign_recover_init);
API(CK_C_SignRecover, api_sign_recover);
API(CK_C_VerifyInit, api_verify_init);
API(CK_C_Verify, api_verify);
API(CK_C_VerifyUpdate, api_verify_update);
API(CK_C_VerifyFinal, api_verify_final);
API(CK_C_VerifyRecoverInit, api_verify_recover_init);
API(CK_C_VerifyRecover, api_verify_recover);
API(CK_C_DigestEncryptUpdate, api_digest_encrypt_update);
API(CK_C_DecryptDigestUpdate, api_decrypt_digest_update);
API(CK_C_SignEncryptUpdate, api_sign_encrypt_update);
API(CK_C_DecryptVerifyUpdate, api_decrypt_verify_update);
API(CK_C_GenerateKey, api_generate_key);
API(CK_C_GenerateKeyPair, api_generate_key_pair);
API(CK_C_WrapKey, api_wrap_key);
API(CK_C_UnwrapKey, api_unwrap_key);
API(CK_C_DeriveKey, api_derive_key);
API(CK_C_SeedRandom, api_seed_random);
API(CK_C_GenerateRandom, api_generate_random);
API(CK_C_GetFunctionStatus, api_get_function_status);
API(CK_C_CancelFunction, api_cancel_function);
API(CK_C_WaitForSlotEvent, api_wait_for_slot_event);
API(CK_C_LoginUser, api_login_user);
API(CK_C_SessionCancel, api_session_cancel);
API(CK_C_MessageEncryptInit, api_message_encrypt_init);
API(CK_C_EncryptMessage, api_encrypt_message);
API(CK_C_EncryptMessageBegin, api_encrypt_message_begin);
API(CK_C_EncryptMessageNext, api_encrypt_message_next);
API(CK_C_MessageEncryptFinal, api_message_encrypt_final);
API(CK_C_MessageDecryptInit, api_message_decrypt_init);
API(CK_C_DecryptMessage, api_decrypt_message);
API(CK_C_DecryptMessageBegin, api_decrypt_message_begin);
API(CK_C_DecryptMessageNext, api_decrypt_message_next);
API(CK_C_MessageDecryptFinal, api_message_decrypt_final);
API(CK_C_MessageSignInit, api_message_sign_init);
API(CK_C_SignMessage, api_sign_message);
API(CK_C_SignMessageBegin, api_sign_message_begin);
API(CK_C_SignMessageNext, api_sign_message_next);
API(CK_C_MessageSignFinal, api_message_sign_final);
API(CK_C_MessageVerifyInit, api_message_verify_init);
API(CK_C_VerifyMessage, api_verify_message);
API(CK_C_VerifyMessageBegin, api_verify_message_begin);
API(CK_C_VerifyMessageNext, api_verify_message_next);
API(CK_C_MessageVerifyFinal, api_message_verify_final);

#undef API

#endif
