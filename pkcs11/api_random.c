/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers: the token's, mixed with OpenSSL's. */
#include "api.h"

#include <string.h>

#include "crypto.h"
#include "gate.h"
#include "scope.h"
#include "slot.h"
#include "slot_transaction.h"

/* A card's generator may be weak, or tapped on the line; ours may be young. Their sum is as good as
 * the better one. */
static CK_RV mix(const struct slot *slot, CK_BYTE *out, CK_ULONG len)
{
	CK_BYTE more[256];
	CK_RV rv = CKR_OK;

	for (CK_ULONG done = 0; rv == CKR_OK && done < len;) {
		CK_ULONG step = len - done < sizeof(more) ? len - done : sizeof(more);

		if (!crypto_random(slot->crypto, more, step))
			rv = CKR_FUNCTION_FAILED;
		for (CK_ULONG i = 0; rv == CKR_OK && i < step; i++)
			out[done + i] ^= more[i];
		done += step;
	}
	explicit_bzero(more, sizeof(more));
	return rv;
}

CK_RV api_generate_random(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!out && len)
		return CKR_ARGUMENTS_BAD;
	if (!gate.slot->info.random)
		return CKR_RANDOM_NO_RNG;
	if (!len)
		return CKR_OK;
	rv = slot_begin(gate.slot, &held);
	if (rv == CKR_OK)
		rv = slot_note(
			gate.slot, gate.slot->token->ops->random(gate.slot->token, out, len));
	return rv == CKR_OK && gate.slot->info.hardware ? mix(gate.slot, out, len) : rv;
}

/* The seed goes to OpenSSL's generator as additional input: it can only help. */
CK_RV api_seed_random(CK_SESSION_HANDLE handle, CK_BYTE *seed, CK_ULONG len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!seed && len)
		return CKR_ARGUMENTS_BAD;
	if (!gate.slot->info.random)
		return CKR_RANDOM_NO_RNG;
	return crypto_seed(gate.slot->crypto, seed, len) ? CKR_OK : CKR_FUNCTION_FAILED;
}
