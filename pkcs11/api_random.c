/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers, from the token. */
#include "api.h"

#include "gate.h"
#include "scope.h"
#include "slot.h"

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
	return rv == CKR_OK ? slot_note(gate.slot,
				      gate.slot->token->ops->random(gate.slot->token, out, len))
			    : rv;
}
