/* SPDX-License-Identifier: Apache-2.0 */
/* Key management: making, wrapping, unwrapping, deriving. */
#include "api.h"

#include "ahead.h"
#include "attr.h"
#include "create.h"
#include "gate.h"
#include "mech.h"
#include "scope.h"
#include "slot.h"
#include "wrap.h"

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
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = create_key_pair(gate.slot, gate.session, &pair, ret_public, ret_private);
	while (ahead_again(&ahead, &rv));
	return rv;
}

CK_RV api_generate_key(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template,
	CK_ULONG count, CK_OBJECT_HANDLE *ret_key)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct create_secret request = { .template = template, .count = count };
	const struct mech *mech;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!mechanism || !ret_key)
		return CKR_ARGUMENTS_BAD;
	mech = mech_find(mechanism->mechanism);
	if (!mech || !(mech->flags & CKF_GENERATE))
		return CKR_MECHANISM_INVALID;
	if (mechanism->pParameter && mechanism->ulParameterLen)
		return CKR_MECHANISM_PARAM_INVALID;
	rv = attr_check(template, count);
	if (rv != CKR_OK)
		return rv;
	request.key_type = mech_key_type(mech);
	request.gen_mechanism = mech->type;
	return create_secret_random(gate.slot, gate.session, &request, ret_key);
}

CK_RV api_wrap_key(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping,
	CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!mechanism || !out_len)
		return CKR_ARGUMENTS_BAD;
	return wrap_key(gate.slot, gate.session, mechanism, wrapping, key, out, out_len);
}

CK_RV api_unwrap_key(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
	CK_BYTE *wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE *template, CK_ULONG count,
	CK_OBJECT_HANDLE *ret_key)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	const struct wrap_template attrs = { template, count };
	const struct wrap_job job = { wrapped, wrapped_len, &attrs };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!mechanism || !ret_key || !wrapped)
		return CKR_ARGUMENTS_BAD;
	rv = attr_check(template, count);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = unwrap_key(gate.slot, gate.session, mechanism, unwrapping, &job, ret_key);
	while (ahead_again(&ahead, &rv));
	return rv;
}

CK_RV api_derive_key(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,
	CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret_key)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	const struct wrap_template attrs = { template, count };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!mechanism || !ret_key)
		return CKR_ARGUMENTS_BAD;
	rv = attr_check(template, count);
	return rv == CKR_OK ? derive_key(gate.slot, gate.session, mechanism, base, &attrs, ret_key)
			    : rv;
}
