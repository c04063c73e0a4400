/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a slot and the login state they share. */
#include "session.h"

#include <stdlib.h>

#include "find.h"
#include "lock.h"
#include "object.h"
#include "slot.h"
#include "slot_transaction.h"

CK_RV session_open(struct slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *ret_handle)
{
	struct session *session;
	CK_ULONG read_only;

	if (!(flags & CKF_RW_SESSION) && slot->login == LOGIN_SO)
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	if (session_count(slot, &read_only) >= slot->sessions_max)
		return CKR_SESSION_COUNT;
	session = calloc(1, sizeof(*session));
	if (!session)
		return CKR_HOST_MEMORY;
	session->handle = slot_new_session_handle(slot);
	session->flags = flags & (CKF_RW_SESSION | CKF_SERIAL_SESSION);
	session->next = slot->sessions;
	slot->sessions = session;
	*ret_handle = session->handle;
	return CKR_OK;
}

struct session *session_find(struct slot *slot, CK_SESSION_HANDLE handle)
{
	struct session *session = slot->sessions;

	while (session && session->handle != handle)
		session = session->next;
	return session;
}

void session_end_op(struct session *session, enum op_kind kind)
{
	session->ops[kind] = op_free(session->ops[kind]);
}

void session_end_find(struct session *session)
{
	session->find = find_free(session->find);
}

static void session_free(struct session *session)
{
	for (int kind = 0; kind < OP_KINDS; kind++)
		session_end_op(session, (enum op_kind)kind);
	session_end_find(session);
	free(session);
}

CK_RV session_apart(struct slot *slot, struct session *session, CK_RV (*work)(void *arg), void *arg)
{
	CK_RV rv;

	session->busy = true;
	lock_give(slot->lock);
	rv = work(arg);
	while (!lock_take(slot->lock)) /* callers hold it: there is no way on without it */
		lock_pause();
	session->busy = false;
	return session->closed ? CKR_SESSION_CLOSED : rv;
}

void session_release(struct slot *slot)
{
	struct session **place = &slot->closed_sessions;

	while (*place) {
		struct session *session = *place;

		if (session->busy) {
			place = &session->next;
			continue;
		}
		*place = session->next;
		session_free(session);
	}
}

void session_close(struct slot *slot, struct session *session)
{
	struct session **place = &slot->sessions;

	while (*place && *place != session)
		place = &(*place)->next;
	if (!*place)
		return;
	*place = session->next;
	object_forget_session(slot, session->handle);
	if (session->busy) {
		session->closed = true;
		session->next = slot->closed_sessions;
		slot->closed_sessions = session;
	} else {
		session_free(session);
	}
	if (!slot->sessions)
		slot_forget_login(slot);
}

void session_close_all(struct slot *slot)
{
	while (slot->sessions)
		session_close(slot, slot->sessions);
}

CK_STATE session_state(const struct slot *slot, const struct session *session)
{
	bool rw = (session->flags & CKF_RW_SESSION) != 0;

	switch (slot->login) {
	case LOGIN_USER:
		return rw ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
	case LOGIN_SO:
		return CKS_RW_SO_FUNCTIONS;
	case LOGIN_NONE:
		break;
	}
	return rw ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

CK_ULONG session_count(const struct slot *slot, CK_ULONG *ret_read_only)
{
	CK_ULONG count = 0;
	CK_ULONG read_only = 0;

	for (const struct session *s = slot->sessions; s; s = s->next) {
		count++;
		read_only += !(s->flags & CKF_RW_SESSION);
	}
	*ret_read_only = read_only;
	return count;
}
