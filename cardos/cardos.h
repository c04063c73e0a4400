/* SPDX-License-Identifier: Apache-2.0 */
/* The one door of the room cardos/: readers, cards, PKCS#15 objects, PINs, keys, writes.
 *
 * Vocabulary: ISO/IEC 7816-4 and -8 for commands, ISO/IEC 7816-15 (PKCS#15) for objects, PC/SC for
 * readers. Nothing here knows PKCS#11, files in a home directory, the network or prompts.
 *
 * Threads: a struct cardos_context and a struct cardos_card are each used by one thread at a time
 * (the caller locks); different cards work in parallel, each has its own PC/SC context. The one
 * exception is cardos_cancel().
 *
 * Transactions: every function marked [T] needs cardos_begin() before it. What a card remembers
 * between transactions (logins, current file) is checked, never assumed.
 *
 * Outputs are named ret_*, are untouched on failure and always set on success. */
#ifndef CARDOS_CARDOS_H
#define CARDOS_CARDOS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secret;

#define CARDOS_READER_NAME_MAX 128 /* bytes with the final NUL, as MAX_READERNAME of PC/SC */
#define CARDOS_READERS_MAX 16      /* what pcscd serves at most */
#define CARDOS_ATR_MAX 33
#define CARDOS_ID_MAX 255    /* bytes of a PKCS#15 iD */
#define CARDOS_LABEL_MAX 255 /* bytes of UTF-8, without a final NUL */
#define CARDOS_RSA_MAX 512   /* bytes of the largest modulus any CardOS has */
#define CARDOS_EC_MAX 66     /* bytes of the largest field element */

/* ---- readers ------------------------------------------------------------------------------- */

struct cardos_reader {
	char name[CARDOS_READER_NAME_MAX];
	uint8_t atr[CARDOS_ATR_MAX];
	size_t atr_len;
	uint32_t event; /* PC/SC's counter of insertions and removals in this reader */
	bool present;   /* a card is there */
	bool mute;      /* ... but does not answer */
};

struct cardos_context;

/* Does not need pcscd to run: that shows at the first call that needs it, and a restarted pcscd is
 * found again. Errors: MEMORY. */
enum cardos_err cardos_context_new(struct cardos_context **ret_context);
struct cardos_context *cardos_context_free(struct cardos_context *context);

/* The readers as they are now, without waiting. No reader is not an error (count 0).
 * readers: CARDOS_READERS_MAX elements, the caller's.
 * Errors: NO_SERVICE, ACCESS_DENIED, COMM. */
enum cardos_err cardos_readers(
	struct cardos_context *context, struct cardos_reader *readers, size_t *ret_count);

/* Wait until the state differs from the one given (a reader or a card came or went), or timeout_ms
 * ran out (-1: for ever), or cardos_cancel(). Errors: TIMEOUT, CANCELLED, as cardos_readers(). */
enum cardos_err cardos_wait(struct cardos_context *context, const struct cardos_reader *readers,
	size_t count, int timeout_ms);

/* End a cardos_wait() of another thread, also one that is only about to begin. */
void cardos_cancel(struct cardos_context *context);

/* ---- cards --------------------------------------------------------------------------------- */

struct cardos_card;

/* Connect (shared) and recognise. No PKCS#15 file is read yet.
 * Errors: NO_SERVICE, ACCESS_DENIED, NO_READER, NO_CARD, SHARING, MUTE, NOT_OURS, COMM, MEMORY. */
enum cardos_err cardos_card_open(const char *reader, struct cardos_card **ret_card);

/* A description (twca-card.conf(5)) of cards without PKCS#15: used if this card is of them and has
 * none. Several may be given, before the first [T] function; the first that fits counts. Nothing is
 * written to such a card but PINs. ret_why: what is wrong, set on INPUT. Errors: INPUT, MEMORY. */
#define CARDOS_WHY_MAX 160
enum cardos_err cardos_card_layout(
	struct cardos_card *card, const char *text, size_t len, char *ret_why);

/* Where what is public on cards is kept between processes; the card decides what, and whether it is
 * still true. Used until cardos_card_close(), by one thread at a time. */
struct cardos_cache {
	void *at;
	/* What was kept under that name (letters, digits, '-'), of malloc(). NULL: nothing. */
	uint8_t *(*load)(void *at, const char *name, size_t *ret_len);
	/* In place of what was kept; a reader sees the one or the other, whole. */
	void (*save)(void *at, const char *name, const uint8_t *bytes, size_t len);
};

/* Before the first [T] function. cache: copied. Without memory for it all goes on without. */
void cardos_card_cache(struct cardos_card *card, const struct cardos_cache *cache);

/* Logs out if a PIN was verified through this handle and the card is still there, leaves the card
 * powered, disconnects. NULL is fine. Returns NULL. */
struct cardos_card *cardos_card_close(struct cardos_card *card);

/* Is it still the card that was opened? Asks pcscd, sends no command. false after removal, also if
 * the same card was put back: the caller opens it anew. */
bool cardos_card_alive(struct cardos_card *card);

/* Was the card reset since our last transaction? Asks pcscd, sends no command, does not wait for
 * another program's transaction (false then: the next question or cardos_begin() tells). */
bool cardos_was_reset(struct cardos_card *card);

/* Begin and end a transaction. *ret_reset: the card was reset since our last one, so every login is
 * gone, as cardos_logged_in() says then. Errors: REMOVED, NO_SERVICE, SHARING, COMM. */
enum cardos_err cardos_begin(struct cardos_card *card, bool *ret_reset);
void cardos_end(struct cardos_card *card);

/* ---- the token ----------------------------------------------------------------------------- */

struct cardos_token {
	char label[CARDOS_LABEL_MAX + 1];
	char manufacturer[CARDOS_LABEL_MAX + 1]; /* of TokenInfo, or "" */
	char model[33];                          /* "CardOS V4.4" */
	uint8_t serial[32];
	size_t serial_len;
	bool blank;            /* no PKCS#15 on it: only cardos_initialise() makes sense */
	bool read_only;        /* of TokenInfo */
	bool login_required;   /* of TokenInfo, or any private object */
	bool prn_generation;   /* cardos_random() works */
	bool user_pin_set;     /* a user PIN exists */
	bool puk_known;        /* the user PIN has a PUK whose reference is known */
	bool so_pin;           /* the card has a PIN with the soPin flag besides (SO of OpenSC) */
	uint8_t version_major; /* of the operating system: V4.4 = 4, 4 */
	uint8_t version_minor;
	uint16_t rsa_min_bits, rsa_max_bits; /* what the card generates */
	bool imports;                        /* takes keys that were made elsewhere */
	bool rsa_raw; /* keys work on whole blocks: X.509 RSA, PSS, OAEP on the host are possible */
	bool ec;      /* keys on P-256, P-384 and P-521: ECDSA, ECDH */
	bool pinpad;  /* PINs can be typed at the reader: where a PIN is NULL they are */
	bool writeable; /* objects can be made and changed; false: a family that is only used */
};

/* [T] Reads EF(DIR), ODF, TokenInfo and AODF once. A blank card is not an error.
 * Borrowed until the next write through this handle or cardos_card_close().
 * Errors: NOT_OURS (what is on it makes no sense), REMOVED, RESET, COMM, CARD. */
enum cardos_err cardos_token(struct cardos_card *card, const struct cardos_token **ret_token);

/* [T] Did another program write to the card since it was read? Two commands. If so the token and
 * the objects are read anew when asked for, and objects have new numbers. Errors: as
 * cardos_token(). */
enum cardos_err cardos_changed(struct cardos_card *card, bool *ret_changed);

enum cardos_pin_role {
	CARDOS_PIN_USER, /* guards the private keys */
	CARDOS_PIN_PUK,  /* unblocks CARDOS_PIN_USER */
	CARDOS_PIN_SO,   /* the card's own administrator PIN, if it has one (struct cardos_token) */
};

struct cardos_pin {
	size_t min_len, max_len; /* bytes the person may type */
	int tries_left;          /* -1: the card has not told */
	int tries_max;           /* -1: unknown */
	bool locked;             /* known to be */
	bool logged_in;          /* verified through this handle, no reset seen since */
};

/* [T] Sends no command on V4 (a V4 card must not be asked), at most one on V5.
 * Errors: NOT_FOUND (the card has no such PIN), as cardos_token(). */
enum cardos_err cardos_pin_status(
	struct cardos_card *card, enum cardos_pin_role role, struct cardos_pin *ret_pin);

/* [T] Present a PIN or PUK, once, never again by itself. pin NULL: typed at the reader, as both
 * values of cardos_pin_change() and cardos_pin_set() are if both are NULL; errors then also
 * CANCELLED, TIMEOUT, PIN_DIFFERS (the new one, typed twice), NOT_SUPPORTED (struct cardos_token).
 * *ret_tries_left is set on PIN_WRONG and PIN_LOCKED (0) too; -1: the card does not tell.
 * Errors: PIN_WRONG, PIN_LOCKED, PIN_LENGTH (nothing was sent), NOT_FOUND, REMOVED, RESET, COMM. */
enum cardos_err cardos_login(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *pin, int *ret_tries_left);

/* [T] Forget every verified PIN on the card. */
enum cardos_err cardos_logout(struct cardos_card *card);

/* As this handle knows it; no command. */
bool cardos_logged_in(const struct cardos_card *card, enum cardos_pin_role role);

/* [T] Old and new value of one PIN. A wrong old value costs one try. Errors as cardos_login(). */
enum cardos_err cardos_pin_change(struct cardos_card *card, enum cardos_pin_role role,
	const struct secret *old_pin, const struct secret *new_pin, int *ret_tries_left);

/* [T] Set the user PIN with the PUK: creates it on a card that has none yet, else unblocks it.
 * A wrong PUK costs one of the PUK's tries (*ret_tries_left is the PUK's). */
enum cardos_err cardos_pin_set(struct cardos_card *card, const struct secret *puk,
	const struct secret *new_pin, int *ret_tries_left);

/* ---- objects ------------------------------------------------------------------------------- */

enum cardos_class {
	CARDOS_PRIVATE_KEY,
	CARDOS_PUBLIC_KEY,
	CARDOS_CERTIFICATE,
	CARDOS_DATA
};
enum cardos_key_type {
	CARDOS_KEY_NONE,
	CARDOS_KEY_RSA,
	CARDOS_KEY_EC
};

/* KeyUsageFlags of ISO/IEC 7816-15 8.?: bit n of the BIT STRING is 1u << n here. */
enum cardos_usage {
	CARDOS_USE_ENCRYPT = 1u << 0,
	CARDOS_USE_DECRYPT = 1u << 1,
	CARDOS_USE_SIGN = 1u << 2,
	CARDOS_USE_SIGN_RECOVER = 1u << 3,
	CARDOS_USE_WRAP = 1u << 4,
	CARDOS_USE_UNWRAP = 1u << 5,
	CARDOS_USE_VERIFY = 1u << 6,
	CARDOS_USE_VERIFY_RECOVER = 1u << 7,
	CARDOS_USE_DERIVE = 1u << 8,
	CARDOS_USE_NON_REPUDIATION = 1u << 9,
};

/* KeyAccessFlags, likewise. */
enum cardos_access {
	CARDOS_ACCESS_SENSITIVE = 1u << 0,
	CARDOS_ACCESS_EXTRACTABLE = 1u << 1,
	CARDOS_ACCESS_ALWAYS_SENSITIVE = 1u << 2,
	CARDOS_ACCESS_NEVER_EXTRACTABLE = 1u << 3,
	CARDOS_ACCESS_LOCAL = 1u << 4,
};

/* The first and the last day of a key: YYYYMMDD, or "" if it has none. */
#define CARDOS_DATE_LEN 8
struct cardos_dates {
	char start[CARDOS_DATE_LEN + 1];
	char end[CARDOS_DATE_LEN + 1];
};

struct cardos_object {
	enum cardos_class class;
	uint32_t number; /* names the object until cardos_card_close(), also across writes */
	uint8_t id[CARDOS_ID_MAX];
	size_t id_len;
	char label[CARDOS_LABEL_MAX + 1];
	bool private;    /* commonObjectFlags */
	bool modifiable; /* commonObjectFlags */
	/* keys */
	enum cardos_key_type key_type;
	unsigned bits;   /* of the modulus or field; 0: unknown until the public key is read */
	unsigned usage;  /* enum cardos_usage */
	unsigned access; /* enum cardos_access */
	unsigned user_consent; /* uses per login; 0: unlimited */
	bool raw;              /* takes whole blocks (RSA); false: only blocks of type 1 */
	bool digest_info;      /* the card pads for it */
	struct cardos_dates dates;
	bool own_pin; /* guarded by another PIN than CARDOS_PIN_USER: cardos_key_login() */
	/* certificates */
	bool authority;
	/* data objects: the application's name */
	char application[CARDOS_LABEL_MAX + 1];
};

/* [T] All objects of the card, in the order of the directory files. Reads ODF and the DFs once,
 * no certificate. Borrowed until the next write or cardos_card_close(). */
enum cardos_err cardos_objects(
	struct cardos_card *card, const struct cardos_object **ret_objects, size_t *ret_count);

/* [T] The object's value: certificate DER; of a public key RSAPublicKey DER
 * (PKCS#1) or, for EC, SubjectPublicKeyInfo DER; bytes of a data object. Read from the card at the
 * first call, then kept with the handle. Borrowed until the next write or cardos_card_close().
 * Errors: NOT_FOUND, AUTH_REQUIRED, CORRUPT, NOT_SUPPORTED (a private key), as above. */
enum cardos_err cardos_object_value(
	struct cardos_card *card, uint32_t number, const uint8_t **ret_value, size_t *ret_len);

/* ---- keys ---------------------------------------------------------------------------------- */

/* [T] The private operation. RSA: on one whole block (as long as the modulus, value below it), as
 * the key's own algorithm allows it; modulus length is written. EC: ECDSA over a digest no longer
 * than the field; r and s are written, each as long as the field. out: CARDOS_RSA_MAX bytes.
 * Errors: AUTH_REQUIRED, NOT_SUPPORTED (the key is not raw and the block not of type 1), INPUT,
 * NOT_FOUND, ... */
enum cardos_err cardos_key_sign(struct cardos_card *card, uint32_t number, const uint8_t *block,
	size_t block_len, uint8_t *out, size_t *ret_len);

/* [T] RSA for a cryptogram. ret_plain: the whole block, modulus length, leading 00 included; where
 * the card takes the padding off, a block of type 2 around its message, or zeros when it found
 * none. The caller frees it. */
enum cardos_err cardos_key_decipher(struct cardos_card *card, uint32_t number,
	const uint8_t *cryptogram, size_t cryptogram_len, struct secret **ret_plain);

/* [T] ECDH with the other side's point, 04 X Y. ret_shared: the x coordinate, field length; the
 * caller frees it. */
enum cardos_err cardos_key_derive(struct cardos_card *card, uint32_t number, const uint8_t *point,
	size_t point_len, struct secret **ret_shared);

/* [T] Present the PIN that guards this key, once; for keys with own_pin or user_consent. Errors as
 * cardos_login(). */
enum cardos_err cardos_key_login(
	struct cardos_card *card, uint32_t number, const struct secret *pin, int *ret_tries_left);

/* [T] Any number of random bytes from the card. */
enum cardos_err cardos_random(struct cardos_card *card, uint8_t *out, size_t len);

/* ---- writes -------------------------------------------------------------------------------- *
 * Each is ordered so that a card pulled out between any two commands keeps every older key and
 * certificate, and the next write clears what was left. */

struct cardos_initialise {
	const char *label;        /* of the token, UTF-8 */
	const struct secret *puk; /* becomes the PUK; see struct cardos_pin for its limits */
};

/* [T] Make a blank card a PKCS#15 card with a PUK and no user PIN yet (cardos_pin_set() makes it).
 * A card that has PKCS#15 already is erased first, which needs its PUK to be the one given:
 * PIN_WRONG costs a try as cardos_login() does and erases nothing. */
enum cardos_err cardos_initialise(
	struct cardos_card *card, const struct cardos_initialise *params, int *ret_tries_left);

struct cardos_key_params {
	enum cardos_key_type type; /* NONE: RSA */
	unsigned bits;             /* RSA modulus; EC 256, 384 or 521 for the NIST curves */
	unsigned usage;            /* enum cardos_usage of the private key */
	const uint8_t *id;
	size_t id_len; /* 0: SHA-1 of the modulus or point */
	const char *label;
	bool public_object; /* store a public key object too */
	struct cardos_dates dates;
	struct cardos_dates public_dates; /* of that object */
};

/* [T] Generate on the card; takes many seconds. Needs the user PIN.
 * Errors: AUTH_REQUIRED, FULL, NOT_SUPPORTED (size), ... */
enum cardos_err cardos_key_generate(struct cardos_card *card,
	const struct cardos_key_params *params, uint32_t *ret_private, uint32_t *ret_public);

/* [T] Store an RSA key made elsewhere (PrivateKeyInfo of PKCS#8), of params->bits; no public key
 * object. Needs the user PIN. Errors: ARGUMENT (no such key), NOT_SUPPORTED, AUTH_REQUIRED, FULL */
enum cardos_err cardos_key_import(struct cardos_card *card, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private);

struct cardos_store {
	enum cardos_class class; /* CARDOS_CERTIFICATE, CARDOS_PUBLIC_KEY, CARDOS_DATA */
	const uint8_t *value;    /* as cardos_object_value() gives it */
	size_t value_len;
	const uint8_t *id;
	size_t id_len;
	const char *label;
	unsigned usage; /* public keys, as are dates */
	struct cardos_dates dates;
	bool authority;          /* certificates */
	bool private;            /* data */
	const char *application; /* data */
};

/* [T] Store an object. Needs the user PIN. */
enum cardos_err cardos_object_store(
	struct cardos_card *card, const struct cardos_store *params, uint32_t *ret_number);

/* NULL keeps the old one. */
struct cardos_change {
	const char *label;
	const uint8_t *id;
	size_t id_len;
	const struct cardos_dates *dates; /* keys */
};

/* [T] */
enum cardos_err cardos_object_change(
	struct cardos_card *card, uint32_t number, const struct cardos_change *change);

/* [T] Remove an object; a private key is made unusable on the card. */
enum cardos_err cardos_object_delete(struct cardos_card *card, uint32_t number);

#endif
