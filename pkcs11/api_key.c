/* SPDX-License-Identifier: Apache-2.0 */
/* Key management: C_GenerateKeyPair. */
#include "api.h"

#include "attr.h"
#include "create.h"
#include "gate.h"
#include "mech.h"
#include "scope.h"
#include "slot.h"

CK_RV api_generate_key_pair(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public,
	CK_ULONG public_count, CK_ATTRIBUTE *private, CK_ULONG private_count,
	CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct create_pair pair = { public, public_count, private, private_count, CKK_RSA };
	const struct mech *mech;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!mechanism || !ret_public || !ret_private)
		return CKR_ARGUMENTS_BAD;
	mech = mech_find(mechanism->mechanism);
	if (!mech || !(mech->flags & CKF_GENERATE_KEY_PAIR) ||
		!mech_offered(mech, &gate.slot->info))
		return CKR_MECHANISM_INVALID;
	pair.key_type = mech_key_type(mech);
	rv = attr_check(public, public_count);
	if (rv == CKR_OK)
		rv = attr_check(private, private_count);
	if (rv != CKR_OK)
		return rv;
	return create_key_pair(gate.slot, gate.session, &pair, ret_public, ret_private);
}
