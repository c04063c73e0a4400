/* SPDX-License-Identifier: Apache-2.0 */
/* PINs: login, logout, change, set. Every PIN is presented once, never again by itself.
 * All functions: slot lock held, token connected. */
#ifndef PKCS11_LOGIN_H
#define PKCS11_LOGIN_H

#include "ck.h"

struct secret;
struct session;
struct slot;

/* Errors: CKR_USER_TYPE_INVALID, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
 * CKR_SESSION_READ_ONLY_EXISTS, CKR_USER_PIN_NOT_INITIALIZED, CKR_OPERATION_NOT_INITIALIZED
 * (context-specific without an operation that asks), CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
 * CKR_PIN_LEN_RANGE. */
CK_RV login_user(
	struct slot *slot, struct session *session, CK_USER_TYPE type, const struct secret *pin);

/* Errors: CKR_USER_NOT_LOGGED_IN. */
CK_RV login_end(struct slot *slot);

/* End the login, on the token too, if there is one: before the last session goes. */
void login_end_quietly(struct slot *slot);

/* C_SetPIN(): the SO's PIN in an SO session, else the user's. */
CK_RV login_change(struct slot *slot, const struct secret *old_pin, const struct secret *new_pin);

/* C_InitPIN(): needs the SO login. */
CK_RV login_set(struct slot *slot, const struct secret *new_pin);

/* C_InitToken(). label: ended by NUL. */
CK_RV login_init_token(struct slot *slot, const struct secret *so_pin, const char *label);

#endif
