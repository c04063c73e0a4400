/* SPDX-License-Identifier: Apache-2.0 */
/* Session management: open, close, state, login, PINs. */
#include "api.h"

#include "ahead.h"
#include "gate.h"
#include "login.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_token.h"

#include "cardos/secret.h"

CK_RV api_open_session(CK_SLOT_ID id, CK_FLAGS flags, void *application, CK_NOTIFY notify,
	CK_SESSION_HANDLE *handle)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_token(&gate, id);

	(void)application;
	(void)notify;
	if (rv != CKR_OK)
		return rv;
	if (!handle)
		return CKR_ARGUMENTS_BAD;
	if (!(flags & CKF_SERIAL_SESSION))
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	return session_open(gate.slot, flags, handle);
}

CK_RV api_close_session(CK_SESSION_HANDLE handle)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (gate.slot->sessions == gate.session && !gate.session->next)
		login_end_quietly(gate.slot);
	session_close(gate.slot, gate.session);
	return CKR_OK;
}

CK_RV api_close_all_sessions(CK_SLOT_ID id)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_slot(&gate, id);

	if (rv != CKR_OK)
		return rv;
	slot_check(gate.slot);
	login_end_quietly(gate.slot);
	session_close_all(gate.slot);
	return CKR_OK;
}

CK_RV api_get_session_info(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	*info = (CK_SESSION_INFO){
		.slotID = gate.slot->id,
		.state = session_state(gate.slot, gate.session),
		.flags = gate.session->flags,
	};
	return CKR_OK;
}

CK_RV api_session_cancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
	static const struct {
		CK_FLAGS flag;
		enum op_kind kind;
	} rows[] = {
		{ CKF_DIGEST, OP_DIGEST },
		{ CKF_SIGN, OP_SIGN },
		{ CKF_SIGN_RECOVER, OP_SIGN_RECOVER },
		{ CKF_VERIFY_RECOVER, OP_VERIFY_RECOVER },
		{ CKF_VERIFY, OP_VERIFY },
		{ CKF_ENCRYPT, OP_ENCRYPT },
		{ CKF_DECRYPT, OP_DECRYPT },
		{ CKF_MESSAGE_ENCRYPT, OP_MESSAGE_ENCRYPT },
		{ CKF_MESSAGE_DECRYPT, OP_MESSAGE_DECRYPT },
		{ CKF_MESSAGE_SIGN, OP_MESSAGE_SIGN },
		{ CKF_MESSAGE_VERIFY, OP_MESSAGE_VERIFY },
	};
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (flags & rows[i].flag)
			session_end_op(gate.session, rows[i].kind);
	if (flags & CKF_FIND_OBJECTS)
		session_end_find(gate.session);
	return CKR_OK;
}

/* Without one it is typed at the reader, if that has keys: *ret_secret stays NULL. */
static CK_RV take_pin(
	const struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG len, struct secret **ret_secret)
{
	if (!pin)
		return slot->info.pinpad ? CKR_OK : CKR_ARGUMENTS_BAD;
	if (len > SECRET_MAX)
		return CKR_PIN_LEN_RANGE;
	*ret_secret = secret_new(pin, len);
	return *ret_secret ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV api_login(CK_SESSION_HANDLE handle, CK_USER_TYPE type, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CLEANUP(secret_free_p) struct secret *secret = NULL;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	rv = take_pin(gate.slot, pin, pin_len, &secret);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = login_user(gate.slot, gate.session, type, secret);
	while (ahead_again(&ahead, &rv));
	return rv;
}

/* Neither cards nor files know people by name: who gives one means another kind of token. */
CK_RV api_login_user(CK_SESSION_HANDLE handle, CK_USER_TYPE type, CK_UTF8CHAR *pin,
	CK_ULONG pin_len, CK_UTF8CHAR *name, CK_ULONG name_len)
{
	if (name_len) {
		CLEANUP(gate_leave) struct gate gate = { 0 };
		CK_RV rv = gate_session(&gate, handle);

		return rv == CKR_OK ? CKR_ARGUMENTS_BAD : rv;
	}
	(void)name;
	return api_login(handle, type, pin, pin_len);
}

CK_RV api_logout(CK_SESSION_HANDLE handle)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	return rv == CKR_OK ? login_end(gate.slot) : rv;
}

CK_RV api_init_pin(CK_SESSION_HANDLE handle, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CLEANUP(secret_free_p) struct secret *secret = NULL;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	rv = take_pin(gate.slot, pin, pin_len, &secret);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = login_set(gate.slot, secret);
	while (ahead_again(&ahead, &rv));
	return rv;
}

CK_RV api_set_pin(CK_SESSION_HANDLE handle, CK_UTF8CHAR *old_pin, CK_ULONG old_len,
	CK_UTF8CHAR *new_pin, CK_ULONG new_len)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CLEANUP(secret_free_p) struct secret *before = NULL;
	CLEANUP(secret_free_p) struct secret *after = NULL;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!old_pin != !new_pin)
		return CKR_ARGUMENTS_BAD;
	rv = take_pin(gate.slot, old_pin, old_len, &before);
	if (rv == CKR_OK)
		rv = take_pin(gate.slot, new_pin, new_len, &after);
	if (rv == CKR_OK && !(gate.session->flags & CKF_RW_SESSION))
		rv = CKR_SESSION_READ_ONLY;
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = login_change(gate.slot, before, after);
	while (ahead_again(&ahead, &rv));
	return rv;
}
