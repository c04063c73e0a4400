/* SPDX-License-Identifier: Apache-2.0 */
/* Software identities on their way: out of a directory into one PFX file, out of a PFX file into a
 * directory. The tools' door to the software token, for what PKCS#11 has no call for
 * (docs/decisions/0421); everything else they do through the module. */
#ifndef PKCS11_SOFT_MOVE_H
#define PKCS11_SOFT_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct soft_move;

enum soft_move_result {
	SOFT_MOVE_OK,
	SOFT_MOVE_PASSWORD,   /* wrong password */
	SOFT_MOVE_DAMAGED,    /* no PKCS#12 file, cut off, or changed after it was written */
	SOFT_MOVE_OLD_CIPHER, /* RC2 or 3DES, and not allowed */
	SOFT_MOVE_NO_KEY,     /* there is no private key in it */
	SOFT_MOVE_EXISTS,     /* there is an identity of this name */
	SOFT_MOVE_NAME,       /* no good name for an identity */
	SOFT_MOVE_SYSTEM,     /* errno tells */
	SOFT_MOVE_MEMORY,
};

/* Borrowed for the call. */
struct soft_move_password {
	const char *bytes;
	size_t len;
};

/* Open a PFX file. old_ciphers: take RC2 and 3DES too. The caller frees *ret. */
enum soft_move_result soft_move_open(const uint8_t *file, size_t len,
	struct soft_move_password password, bool old_ciphers, struct soft_move **ret);

/* Open every PFX file of an identity's directory that has this password (the first by name must).
 * Weak ones are opened: their owner asks. */
enum soft_move_result soft_move_take(
	const char *directory, struct soft_move_password password, struct soft_move **ret);

/* Frees and wipes; NULL is fine; returns NULL. */
struct soft_move *soft_move_free(struct soft_move *move);

/* Was a key under an old cipher? */
bool soft_move_weak(const struct soft_move *move);

/* The index-th certificate; its bytes are borrowed. *ret_own: one of the keys belongs to it. false:
 * there are no more. */
bool soft_move_certificate(const struct soft_move *move, size_t index, const uint8_t **ret_der,
	size_t *ret_len, bool *ret_own);

/* Let go of all but the key of this certificate (its bytes), itself, and certificates of CAs.
 * false: no key of it is here; nothing is changed. */
bool soft_move_keep(struct soft_move *move, const uint8_t *der, size_t len);

/* Call keys and their certificates so. false: too long, or no memory. */
bool soft_move_label(struct soft_move *move, const char *label);

/* All of it as one PFX file under this password; the caller frees *ret, after wiping. */
enum soft_move_result soft_move_pack(const struct soft_move *move,
	struct soft_move_password password, uint8_t **ret, size_t *ret_len);

struct soft_move_target {
	const char *root, *name;
	bool always;  /* the password is asked for at every use; else once */
	bool replace; /* what is there goes in the same step in which the new comes */
};

/* Make the identity root/name with one file, root/name/name.pfx, under this password. Errors:
 * EXISTS, NAME. */
enum soft_move_result soft_move_put(const struct soft_move *move,
	const struct soft_move_target *target, struct soft_move_password password);

#endif
