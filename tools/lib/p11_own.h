/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of a token that are a person's own, and the keys they belong to. */
#ifndef TWCA_TOOLS_P11_OWN_H
#define TWCA_TOOLS_P11_OWN_H

#include <time.h>

#include "p11.h"

#define P11_LABEL_MAX 129

struct p11_own {
	uint8_t id[P11_ID_MAX];
	size_t id_len;
	char label[P11_LABEL_MAX]; /* "": none, or it is longer */
	uint8_t *der;              /* free() */
	size_t der_len;
};

/* All that are of no authority and have an id; no login is needed. own: P11_FIND_MAX elements. */
bool p11_own_certs(
	struct p11_session *session, struct p11_own *own, size_t *ret_count, struct fail *fail);
void p11_own_clear(struct p11_own *own, size_t count);

/* Is it a certificate for signatures? Theirs is the key that signs a renewal. */
bool p11_own_signs(const struct p11_own *own, time_t *ret_not_after);

/* Does newer take the place of older? Both sign, name the same person and issuer, and newer begins
 * later. */
bool p11_own_replaces(const struct p11_own *newer, const struct p11_own *older);

/* The private key with the id of this certificate; ret->public is NULL. *ret_found false: none, or
 * not visible without login. */
bool p11_own_key(struct p11_session *session, const struct p11_own *own, struct p11_key *ret,
	bool *ret_found, struct fail *fail);

/* Remove the certificate and the key pair with its id, as far as they are there. */
bool p11_own_destroy(struct p11_session *session, const struct p11_own *own, struct fail *fail);

#endif
