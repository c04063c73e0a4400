/* SPDX-License-Identifier: Apache-2.0 */
/* Initial values of AES-GCM messages, as CK_GCM_MESSAGE_PARAMS wants them.
 * Sources: PKCS #11 3.0 mechanisms, 2.12; NIST SP 800-38D 8.2. */
#ifndef PKCS11_MESSAGE_IV_H
#define PKCS11_MESSAGE_IV_H

#include "ck.h"

struct op;
struct slot;

/* Read a message's parameter. Errors: CKR_ARGUMENTS_BAD, CKR_MECHANISM_PARAM_INVALID. */
CK_RV message_iv_read(const void *parameter, CK_ULONG len, CK_GCM_MESSAGE_PARAMS *ret_params);

/* Make the value at params->pIv, if that is asked for: the first ulIvFixedBits stay (of
 * CKG_GENERATE_COUNTER_XOR: the others are combined with those of frame's first message). The
 * counter is the key's, so no value comes twice with one key object. Random ones have 96 bits at
 * least. Errors: CKR_MECHANISM_PARAM_INVALID, CKR_TOKEN_RESOURCE_EXCEEDED, CKR_FUNCTION_FAILED. */
CK_RV message_iv_make(struct slot *slot, struct op *frame, const CK_GCM_MESSAGE_PARAMS *params);

#endif
