/* SPDX-License-Identifier: Apache-2.0 */
/* Every PKCS#11 function, and the list of them, of which entry.c makes the function lists.
 *
 * Each is a shell: it passes the gate, checks its arguments, calls one function of a lower file and
 * answers its CK_RV. They are in api_<chapter>.c. */
#ifndef PKCS11_API_H
#define PKCS11_API_H

#include "ck.h"

/* The one list of them: X(the standard's name, ours), in the standard's order; first what 2.40 has,
 * then what came with 3.0. Without the three that entry.c exports. */
// clang-format off
#define API_FUNCTIONS(X)                                                                           \
	X(C_Initialize, api_initialize)                                                            \
	X(C_Finalize, api_finalize)                                                                \
	X(C_GetInfo, api_get_info)                                                                 \
	X(C_GetSlotList, api_get_slot_list)                                                        \
	X(C_GetSlotInfo, api_get_slot_info)                                                        \
	X(C_GetTokenInfo, api_get_token_info)                                                      \
	X(C_GetMechanismList, api_get_mechanism_list)                                              \
	X(C_GetMechanismInfo, api_get_mechanism_info)                                              \
	X(C_InitToken, api_init_token)                                                             \
	X(C_InitPIN, api_init_pin)                                                                 \
	X(C_SetPIN, api_set_pin)                                                                   \
	X(C_OpenSession, api_open_session)                                                         \
	X(C_CloseSession, api_close_session)                                                       \
	X(C_CloseAllSessions, api_close_all_sessions)                                              \
	X(C_GetSessionInfo, api_get_session_info)                                                  \
	X(C_GetOperationState, api_get_operation_state)                                            \
	X(C_SetOperationState, api_set_operation_state)                                            \
	X(C_Login, api_login)                                                                      \
	X(C_Logout, api_logout)                                                                    \
	X(C_CreateObject, api_create_object)                                                       \
	X(C_CopyObject, api_copy_object)                                                           \
	X(C_DestroyObject, api_destroy_object)                                                     \
	X(C_GetObjectSize, api_get_object_size)                                                    \
	X(C_GetAttributeValue, api_get_attribute_value)                                            \
	X(C_SetAttributeValue, api_set_attribute_value)                                            \
	X(C_FindObjectsInit, api_find_objects_init)                                                \
	X(C_FindObjects, api_find_objects)                                                         \
	X(C_FindObjectsFinal, api_find_objects_final)                                              \
	X(C_EncryptInit, api_encrypt_init)                                                         \
	X(C_Encrypt, api_encrypt)                                                                  \
	X(C_EncryptUpdate, api_encrypt_update)                                                     \
	X(C_EncryptFinal, api_encrypt_final)                                                       \
	X(C_DecryptInit, api_decrypt_init)                                                         \
	X(C_Decrypt, api_decrypt)                                                                  \
	X(C_DecryptUpdate, api_decrypt_update)                                                     \
	X(C_DecryptFinal, api_decrypt_final)                                                       \
	X(C_DigestInit, api_digest_init)                                                           \
	X(C_Digest, api_digest)                                                                    \
	X(C_DigestUpdate, api_digest_update)                                                       \
	X(C_DigestKey, api_digest_key)                                                             \
	X(C_DigestFinal, api_digest_final)                                                         \
	X(C_SignInit, api_sign_init)                                                               \
	X(C_Sign, api_sign)                                                                        \
	X(C_SignUpdate, api_sign_update)                                                           \
	X(C_SignFinal, api_sign_final)                                                             \
	X(C_SignRecoverInit, api_sign_recover_init)                                                \
	X(C_SignRecover, api_sign_recover)                                                         \
	X(C_VerifyInit, api_verify_init)                                                           \
	X(C_Verify, api_verify)                                                                    \
	X(C_VerifyUpdate, api_verify_update)                                                       \
	X(C_VerifyFinal, api_verify_final)                                                         \
	X(C_VerifyRecoverInit, api_verify_recover_init)                                            \
	X(C_VerifyRecover, api_verify_recover)                                                     \
	X(C_DigestEncryptUpdate, api_digest_encrypt_update)                                        \
	X(C_DecryptDigestUpdate, api_decrypt_digest_update)                                        \
	X(C_SignEncryptUpdate, api_sign_encrypt_update)                                            \
	X(C_DecryptVerifyUpdate, api_decrypt_verify_update)                                        \
	X(C_GenerateKey, api_generate_key)                                                         \
	X(C_GenerateKeyPair, api_generate_key_pair)                                                \
	X(C_WrapKey, api_wrap_key)                                                                 \
	X(C_UnwrapKey, api_unwrap_key)                                                             \
	X(C_DeriveKey, api_derive_key)                                                             \
	X(C_SeedRandom, api_seed_random)                                                           \
	X(C_GenerateRandom, api_generate_random)                                                   \
	X(C_GetFunctionStatus, api_get_function_status)                                            \
	X(C_CancelFunction, api_cancel_function)                                                   \
	X(C_WaitForSlotEvent, api_wait_for_slot_event)

#define API_FUNCTIONS_3_0(X)                                                                       \
	X(C_LoginUser, api_login_user)                                                             \
	X(C_SessionCancel, api_session_cancel)                                                     \
	X(C_MessageEncryptInit, api_message_encrypt_init)                                          \
	X(C_EncryptMessage, api_encrypt_message)                                                   \
	X(C_EncryptMessageBegin, api_encrypt_message_begin)                                        \
	X(C_EncryptMessageNext, api_encrypt_message_next)                                          \
	X(C_MessageEncryptFinal, api_message_encrypt_final)                                        \
	X(C_MessageDecryptInit, api_message_decrypt_init)                                          \
	X(C_DecryptMessage, api_decrypt_message)                                                   \
	X(C_DecryptMessageBegin, api_decrypt_message_begin)                                        \
	X(C_DecryptMessageNext, api_decrypt_message_next)                                          \
	X(C_MessageDecryptFinal, api_message_decrypt_final)                                        \
	X(C_MessageSignInit, api_message_sign_init)                                                \
	X(C_SignMessage, api_sign_message)                                                         \
	X(C_SignMessageBegin, api_sign_message_begin)                                              \
	X(C_SignMessageNext, api_sign_message_next)                                                \
	X(C_MessageSignFinal, api_message_sign_final)                                              \
	X(C_MessageVerifyInit, api_message_verify_init)                                            \
	X(C_VerifyMessage, api_verify_message)                                                     \
	X(C_VerifyMessageBegin, api_verify_message_begin)                                          \
	X(C_VerifyMessageNext, api_verify_message_next)                                            \
	X(C_MessageVerifyFinal, api_message_verify_final)

/* Each is declared by the standard's pointer type for it. */
#define API_DECLARE(standard, own) __extension__ extern __typeof__(*(CK_##standard)0) own;
API_FUNCTIONS(API_DECLARE)
API_FUNCTIONS_3_0(API_DECLARE)
#undef API_DECLARE
// clang-format on

#endif
