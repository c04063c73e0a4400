/* SPDX-License-Identifier: Apache-2.0 */
/* PINs and PUKs on the card: VERIFY, CHANGE, RESET RETRY COUNTER, and their creation. */
#ifndef CARDOS_COS_PIN_H
#define CARDOS_COS_PIN_H

#include "cos_file.h"
#include "error.h"

struct secret;

#define COS_PIN_STORED_MAX 127

/* How a PIN is presented: where it lives, its reference, its padding. */
struct cos_pin {
	struct cos_path path; /* DF to be selected; len 0: any (the reference is searched upward) */
	uint8_t reference;
	uint8_t stored_len; /* padded to this length; 0: as typed */
	uint8_t pad;
	uint8_t min_len, max_len; /* of a value typed at the reader; 0: not known */
};

/* A value that is NULL is typed at the reader, as are both of cos_pin_change() and _unblock() then:
 * errors CANCELLED, TIMEOUT, PIN_DIFFERS, PIN_LENGTH too; NOT_SUPPORTED by a reader without keys.
 * Each spends at most one try. *ret_tries_left: -1 the card does not tell.
 * Errors: PIN_WRONG, PIN_LOCKED, PIN_LENGTH (nothing sent), NOT_FOUND, and those of the line. */
enum cardos_err cos_pin_verify(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *value, int *ret_tries_left);
enum cardos_err cos_pin_change(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *old_value, const struct secret *new_value, int *ret_tries_left);
enum cardos_err cos_pin_unblock(struct cos_card *card, const struct cos_pin *pin,
	const struct secret *puk, const struct secret *new_value, int *ret_tries_left);

/* Tries left, without spending one. Only on cards that have the query (COS_PIN_QUERY): others take
 * it for an attempt. *ret_tries_left -1: the card does not tell (as when the PIN is verified). */
enum cardos_err cos_pin_query(
	struct cos_card *card, const struct cos_pin *pin, int *ret_tries_left);

/* Clears every verified object. */
enum cardos_err cos_pin_logout(struct cos_card *card);

struct cos_pin_new {
	uint8_t reference;
	uint8_t tries;
	uint8_t min_len;
	uint8_t stored_len;
	uint8_t ac_change, ac_unblock; /* references; FF never */
	const struct secret *value;
	struct cos_path df; /* where cos_pin_inside() */
};

/* Create a PIN object; in the MF, or where cos_pin_inside() in a DF. In the MF it may be there
 * already. */
enum cardos_err cos_pin_put(struct cos_card *card, const struct cos_pin_new *pin);

/* Do PINs made on this card live in the DF they guard (V5)? There they are made once, and what they
 * opened is shut when that DF is left. */
bool cos_pin_inside(const struct cos_card *card);

#endif
