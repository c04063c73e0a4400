/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys on the card: use, generation, and making them useless. */
#ifndef CARDOS_COS_KEY_H
#define CARDOS_COS_KEY_H

#include "cardos.h"
#include "cos_file.h"
#include "cos_public.h"
#include "error.h"

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

/* An RSA key's numbers, each as long as it can be: the modulus for the first two, half of it for
 * the others; the public exponent as long as it is. */
enum {
	COS_RSA_MODULUS,
	COS_RSA_EXPONENT,
	COS_RSA_P,
	COS_RSA_Q,
	COS_RSA_DP,
	COS_RSA_DQ,
	COS_RSA_QINV,
	COS_RSA_PUBLIC,
	COS_RSA_NUMBERS
};

struct cos_rsa {
	struct secret *numbers[COS_RSA_NUMBERS];
};

/* An EC key's: the private number, as long as the field, and the point 04 X Y. */
struct cos_ec {
	struct secret *scalar;
	uint8_t point[COS_POINT_MAX];
	size_t point_len;
};

struct cos_key_new {
	struct cos_key key;
	enum cardos_key_type type; /* NONE: RSA */
	unsigned bits;             /* of the modulus or field */
	enum cos_key_mode mode;
	uint8_t pin;                 /* reference of the PIN that guards it */
	const struct cos_rsa *value; /* that it shall have; NULL, both: a dummy */
	const struct cos_ec *ec_value;
};

/* Can this card be given keys that were made elsewhere? */
bool cos_key_imports(const struct cos_card *card);
/* A key object with key->value or key->ec_value. */
enum cardos_err cos_key_put(struct cos_card *card, const struct cos_key_new *key);

/* A key object of the right size without a usable value: to be generated into, or instead of a key
 * that must not be used any more. */
enum cardos_err cos_key_put_dummy(struct cos_card *card, const struct cos_key_new *key);

/* Generate into the object; the public key goes to the EF fid of the key's DF. */
enum cardos_err cos_key_generate(
	struct cos_card *card, const struct cos_key_new *key, uint16_t fid);

/* The EF a generation needs: V4 writes the public half there, for V5 it holds what was begun. */
struct cos_key_file {
	uint8_t kind;
	uint16_t size;
	uint8_t content[2]; /* at first */
	size_t content_len;
};
void cos_key_file(
	const struct cos_card *card, const struct cos_key_new *key, struct cos_key_file *ret_file);

/* What was begun, as its EF (selected here) tells: reference and type. Reference 0: it does not
 * tell, or nothing was. */
enum cardos_err cos_key_begun(
	struct cos_card *card, const struct cos_path *file, struct cos_key_new *key);

/* The public half of a generated key. file: its EF, of that kind.
 * Errors: CORRUPT, NOT_FOUND, LIFECYCLE... if nothing was generated, and those of the line. */
enum cardos_err cos_key_public(struct cos_card *card, const struct cos_key_new *key,
	const struct cos_path *file, uint8_t kind, struct cos_public *ret_public);

/* References this card has for keys. */
void cos_key_references(const struct cos_card *card, uint8_t *ret_first, uint8_t *ret_last);
/* Is there a key of that reference, known to the directory or not? Always false where a card does
 * not tell. */
enum cardos_err cos_key_exists(
	struct cos_card *card, const struct cos_key_new *key, bool *ret_exists);

/* Can this card delete keys? Else cos_key_put_dummy() makes one useless. */
bool cos_key_deletes(const struct cos_card *card);
/* Both halves. One that is not there is no error. */
enum cardos_err cos_key_delete(struct cos_card *card, const struct cos_key *key);

/* Security environment 1 of the current DF: without one a card may refuse keys. */
enum cardos_err cos_key_put_environment(struct cos_card *card, const struct cos_path *df);

#endif
