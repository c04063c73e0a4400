/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys on the card: use, generation, and making them useless. */
#ifndef CARDOS_COS_KEY_H
#define CARDOS_COS_KEY_H

#include "cos_file.h"
#include "error.h"

#define COS_KEY_FIRST 0x10 /* references OpenSC uses for keys */
#define COS_KEY_LAST 0x1F

/* Tag 80 of V5's MSE. V4 has the algorithm in the key object. */
enum cos_algorithm {
	COS_ALGORITHM_PLAIN = 0x00, /* whole blocks; ECDH */
	COS_ALGORITHM_PKCS1 = 0x10, /* the card pads, and takes padding off */
	COS_ALGORITHM_ECDSA = 0x30,
};

struct cos_key {
	struct cos_path path; /* DF of the key object */
	uint8_t reference;
	enum cos_algorithm algorithm;
	size_t answer_len; /* bytes the operation gives at most; 0: not known */
};

enum cos_key_mode {
	COS_KEY_SIGN,
	COS_KEY_DECIPHER,
	COS_KEY_AGREE /* in: X and Y of the other side; out: x of the shared point */
};

/* MSE and PSO on in; the answer is written to out (cap bytes).
 * Errors: AUTH_REQUIRED, INPUT and LENGTH (refuses the block), NOT_FOUND (no such key), ... */
enum cardos_err cos_key_use(struct cos_card *card, const struct cos_key *key,
	enum cos_key_mode mode, const struct buf *in, struct buf *out);

struct cos_key_new {
	struct cos_key key;
	unsigned bits;
	enum cos_key_mode mode;
	uint8_t pin; /* reference of the PIN that guards it */
};

/* A key object of the right size without a usable value: to be generated into, or instead of a key
 * that must not be used any more. */
enum cardos_err cos_key_put_dummy(struct cos_card *card, const struct cos_key_new *key);

/* Generate into the object; the public key goes to the EF fid of the key's DF. */
enum cardos_err cos_key_generate(
	struct cos_card *card, const struct cos_key_new *key, uint16_t fid);

/* The kind of EF this card wants for the public key of a generation. */
uint8_t cos_key_public_kind(const struct cos_card *card, unsigned bits);

/* Security environment 1 of the current DF: without one a card may refuse keys. */
enum cardos_err cos_key_put_environment(struct cos_card *card, const struct cos_path *df);

#endif
