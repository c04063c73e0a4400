/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a slot and the login state they share. All functions: slot lock held. */
#ifndef PKCS11_SESSION_H
#define PKCS11_SESSION_H

#include <stdbool.h>

#include "ck.h"
#include "op.h"

struct find;
struct secret;
struct slot;

struct session {
	struct session *next;
	CK_SESSION_HANDLE handle;
	CK_FLAGS flags;
	struct op *ops[OP_KINDS]; /* NULL: none active */
	struct find *find;        /* likewise */
	bool busy;                /* in session_apart(): the session is that thread's */
	bool closed;              /* ... and was closed meanwhile */
};

/* Errors: CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_SESSION_COUNT, CKR_HOST_MEMORY. */
CK_RV session_open(struct slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *ret_handle);

/* NULL: no such session. */
struct session *session_find(struct slot *slot, CK_SESSION_HANDLE handle);

/* Ends its operations and session objects; the last one of the slot leaves no login on our side
 * (the caller logs the token out first). */
void session_close(struct slot *slot, struct session *session);
void session_close_all(struct slot *slot);

/* Work that needs nothing of the slot: done without its lock, so that other sessions go on.
 * Errors: the work's; CKR_SESSION_CLOSED: the session ended meanwhile; it lives until
 * session_release(). */
CK_RV session_apart(
	struct slot *slot, struct session *session, CK_RV (*work)(void *arg), void *arg);

/* Free what was closed in session_apart() and is not needed any more: before the lock is given. */
void session_release(struct slot *slot);

CK_STATE session_state(const struct slot *slot, const struct session *session);

/* How many there are, and how many of them are read-only. */
CK_ULONG session_count(const struct slot *slot, CK_ULONG *ret_read_only);

/* End the active operation of that kind, if any. */
void session_end_op(struct session *session, enum op_kind kind);
void session_end_find(struct session *session);

#endif
