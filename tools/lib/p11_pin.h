/* SPDX-License-Identifier: Apache-2.0 */
/* The PINs of a card beyond a login: what is known of them, changing one, a new one by the PUK;
 * and what its keys can be. */
#ifndef TWCA_TOOLS_P11_PIN_H
#define TWCA_TOOLS_P11_PIN_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

struct fail;
struct p11_session;
struct pin;

struct p11_pin_state {
	int tries_left, tries_max; /* -1: the card does not tell */
	int min_len, max_len;      /* bytes; 0: unknown */
	bool locked;               /* known to be */
};

/* What the module knows of a PIN (CKU_USER, or CKU_SO for the PUK) without asking for a try. false:
 * the card has no such PIN, or the module does not tell. */
bool p11_pin_state(struct p11_session *session, CK_USER_TYPE user, struct p11_pin_state *ret);

/* Where a PIN or PUK is NULL it is typed at the reader; then both values of a change are. C_InitPIN
 * there wants the PUK once more. Each presents a value once and leaves the tries left in
 * fail->tries_left. Errors: PIN_WRONG, PIN_LOCKED; for the PUK PUK_WRONG, PUK_LOCKED; PIN_LENGTH;
 * at the reader also NEW_PIN_UNEQUAL, CANCELLED. */
bool p11_change_pin(struct p11_session *session, const struct pin *old, const struct pin *new,
	struct fail *fail);

/* Present the PUK; then a new user PIN can be set (the counter starts anew) and the PUK changed. */
bool p11_login_puk(struct p11_session *session, const struct pin *puk, struct fail *fail);
bool p11_set_pin(struct p11_session *session, const struct pin *new, struct fail *fail);
bool p11_change_puk(struct p11_session *session, const struct pin *old, const struct pin *new,
	struct fail *fail);

/* The largest RSA key that the token signs with. */
bool p11_rsa_bits(
	struct p11_session *session, CK_SLOT_ID slot, unsigned *ret_bits, struct fail *fail);

/* Ends any login; nothing to end is fine. */
void p11_logout(struct p11_session *session);

/* Does this private key want a PIN at each use (CKA_ALWAYS_AUTHENTICATE)? */
bool p11_wants_pin(struct p11_session *session, CK_OBJECT_HANDLE key);

#endif
