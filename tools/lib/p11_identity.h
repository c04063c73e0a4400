/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: where its files are, how often its password is asked for, a new
 * password. */
#ifndef TWCA_TOOLS_P11_IDENTITY_H
#define TWCA_TOOLS_P11_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#define P11_DIRECTORY_MAX 1024 /* with the final NUL */

struct fail;
struct p11_session;
struct pin;

struct p11_identity {
	char directory[P11_DIRECTORY_MAX];
	unsigned level;     /* 1 at each use, 2 once, 3 never */
	unsigned level_now; /* in this process */
	bool old_cipher;    /* a file is under RC2 or 3DES */
};

/* Errors: KEY_ON_CARD (the token is no software identity). */
bool p11_identity(struct p11_session *session, struct p11_identity *ret, struct fail *fail);

/* Counts for programs that start afterwards. Needs: logged in. */
bool p11_identity_set_level(struct p11_session *session, unsigned level, struct fail *fail);

/* All files are written anew, or none. Errors: FILE_PASSWORD, FILE_PASSWORD_RULE. */
bool p11_identity_set_password(struct p11_session *session, const struct pin *old,
	const struct pin *new, struct fail *fail);

#endif
