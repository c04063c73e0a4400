/* SPDX-License-Identifier: Apache-2.0 */
/* Initial values of AES-GCM messages, as CK_GCM_MESSAGE_PARAMS wants them. */
#include "message_iv.h"

#include <string.h>

#include "crypto.h"
#include "object.h"
#include "op.h"
#include "slot.h"

#define RANDOM_BITS 96 /* the fewest, NIST SP 800-38D 8.2.2 */

CK_RV message_iv_read(const void *parameter, CK_ULONG len, CK_GCM_MESSAGE_PARAMS *ret_params)
{
	CK_GCM_MESSAGE_PARAMS params;

	if (!parameter || len != sizeof(params))
		return CKR_ARGUMENTS_BAD;
	memcpy(&params, parameter, sizeof(params));
	if (!params.pIv || !params.pTag)
		return CKR_ARGUMENTS_BAD;
	if (!params.ulIvLen || params.ulIvLen > OP_IV_MAX || params.ulTagBits > 128 ||
		params.ulIvFixedBits > params.ulIvLen * 8 ||
		params.ivGenerator > CKG_GENERATE_COUNTER_XOR)
		return CKR_MECHANISM_PARAM_INVALID;
	*ret_params = params;
	return CKR_OK;
}

/* The last bits of iv become those of from, or are combined with them. */
static void put(uint8_t *iv, const uint8_t *from, size_t len, size_t bits)
{
	for (size_t bit = 0; bit < bits; bit++) {
		size_t byte = len - 1 - bit / 8;
		unsigned mask = 1u << bit % 8;

		iv[byte] = (uint8_t)((iv[byte] & ~mask) | (from[byte] & mask));
	}
}

/* The key's next number, as the last bytes of as many as the value has. */
static CK_RV count(struct object *key, size_t bits, uint8_t *number, size_t len)
{
	uint64_t next = key->counted;

	if (bits < 64 && next >> bits)
		return CKR_TOKEN_RESOURCE_EXCEEDED;
	for (size_t i = 0; i < len && i < sizeof(next); i++)
		number[len - 1 - i] = (uint8_t)(next >> 8 * i);
	key->counted++;
	return CKR_OK;
}

/* What frame's first message brought, which the answers to the later ones took the place of. */
static bool combine(struct op *frame, uint8_t *number, const CK_GCM_MESSAGE_PARAMS *params)
{
	if (!frame->iv_len) {
		memcpy(frame->iv, params->pIv, params->ulIvLen);
		frame->iv_len = params->ulIvLen;
	}
	for (size_t i = 0; i < frame->iv_len; i++)
		number[i] ^= frame->iv[i];
	return frame->iv_len == params->ulIvLen;
}

CK_RV message_iv_make(struct slot *slot, struct op *frame, const CK_GCM_MESSAGE_PARAMS *params)
{
	const size_t bits = params->ulIvLen * 8 - params->ulIvFixedBits;
	struct object *key = object_find(slot, frame->key, NULL);
	uint8_t from[OP_IV_MAX] = { 0 };
	bool random = params->ivGenerator == CKG_GENERATE_RANDOM ||
		      (params->ivGenerator == CKG_GENERATE && bits >= RANDOM_BITS);
	CK_RV rv = CKR_OK;

	if (params->ivGenerator == CKG_NO_GENERATE)
		return CKR_OK;
	if (!key)
		return CKR_KEY_HANDLE_INVALID;
	if (!bits || (random && bits < RANDOM_BITS))
		return CKR_MECHANISM_PARAM_INVALID;
	if (!random)
		rv = count(key, bits, from, params->ulIvLen);
	else if (!crypto_random(slot->crypto, from, params->ulIvLen))
		rv = CKR_FUNCTION_FAILED;
	if (rv == CKR_OK && params->ivGenerator == CKG_GENERATE_COUNTER_XOR &&
		!combine(frame, from, params))
		rv = CKR_MECHANISM_PARAM_INVALID;
	if (rv == CKR_OK)
		put(params->pIv, from, params->ulIvLen, bits);
	return rv;
}
