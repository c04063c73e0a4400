/* SPDX-License-Identifier: Apache-2.0 */
/* What a token is to the rest of the module: struct token_ops, filled by the card and by the
 * software token; and where tokens come from: struct token_source_ops, filled by the readers and by
 * the directory of software identities.
 *
 * Locks: calls on one token are made under its slot's lock, calls on one source (but cancel) under
 * the source's lock; different tokens work in parallel. Functions marked [T] are called between
 * begin() and end() only. Outputs (ret_*) are untouched on failure unless said. Every function
 * answers a CK_RV that an application may see. */
#ifndef PKCS11_TOKEN_H
#define PKCS11_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck.h"

struct secret;

#define TOKEN_PLACE_NAME_MAX 128 /* with the final NUL */
#define TOKEN_PLACES_MAX 32
#define TOKEN_ID_MAX 255
#define TOKEN_LABEL_MAX 255      /* UTF-8 bytes without the final NUL */
#define TOKEN_RSA_MAX 512        /* bytes of the largest modulus */
#define TOKEN_EC_MAX 66          /* bytes of the largest field element, P-521 */
#define TOKEN_DIRECTORY_MAX 1024 /* with the final NUL */

enum token_role {
	TOKEN_USER,
	TOKEN_SO,
	TOKEN_CARD_SO,
	TOKEN_ROLES
};

struct token_pin {
	bool exists;
	size_t min_len, max_len; /* bytes */
	int tries_left;          /* -1: not told */
	int tries_max;           /* -1: unknown */
	bool locked;
	bool to_be_changed;
};

/* The curves, as bits of token_info.curves. A key's curve follows from its bits. */
enum token_curve {
	TOKEN_P256 = 1u << 0,
	TOKEN_P384 = 1u << 1,
	TOKEN_P521 = 1u << 2,
};

struct token_info {
	char label[TOKEN_LABEL_MAX + 1];
	char manufacturer[TOKEN_LABEL_MAX + 1];
	char model[33];
	char serial[65]; /* as shown, no longer than 16 characters is best */
	bool hardware;
	bool initialised; /* false: blank, only init() makes sense */
	bool write_protected;
	bool pinpad; /* a PIN that is NULL is typed at the reader */
	bool login_required;
	bool random;
	uint8_t version_major, version_minor;
	unsigned rsa_min_bits, rsa_max_bits; /* of keys that it makes or takes */
	unsigned rsa_use_min_bits;           /* of keys that are there; 0: rsa_min_bits */
	bool imports;                        /* import() works */
	bool rsa_raw;                        /* keys take whole blocks of any form */
	unsigned curves;                     /* enum token_curve; 0: no EC keys */
	bool derive;                         /* ECDH works */
};

/* How a token that lies in files asks for its PIN; levels as CKA_TWCA_PROMPT_LEVEL of vendor.h. */
struct token_settings {
	bool exists; /* false: this token has none of all this */
	unsigned level, level_now;
	bool old_cipher, old_ciphers_allowed;
	char directory[TOKEN_DIRECTORY_MAX];
};

/* Bits as in KeyUsageFlags of ISO/IEC 7816-15. */
enum token_usage {
	TOKEN_USE_ENCRYPT = 1u << 0,
	TOKEN_USE_DECRYPT = 1u << 1,
	TOKEN_USE_SIGN = 1u << 2,
	TOKEN_USE_SIGN_RECOVER = 1u << 3,
	TOKEN_USE_WRAP = 1u << 4,
	TOKEN_USE_UNWRAP = 1u << 5,
	TOKEN_USE_VERIFY = 1u << 6,
	TOKEN_USE_VERIFY_RECOVER = 1u << 7,
	TOKEN_USE_DERIVE = 1u << 8,
	TOKEN_USE_NON_REPUDIATION = 1u << 9,
};

/* The first and the last day of a key: YYYYMMDD, or "" if it has none. */
#define TOKEN_DATE_LEN 8
struct token_dates {
	char start[TOKEN_DATE_LEN + 1];
	char end[TOKEN_DATE_LEN + 1];
};

struct token_object {
	CK_OBJECT_CLASS class; /* CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE, CKO_DATA */
	uint32_t number;       /* names the object while the token is open, also across writes */
	uint8_t id[TOKEN_ID_MAX];
	size_t id_len;
	char label[TOKEN_LABEL_MAX + 1];
	bool private;
	bool modifiable;
	/* keys */
	CK_KEY_TYPE key_type; /* CK_UNAVAILABLE_INFORMATION: none */
	unsigned bits;        /* of modulus or field; 0: unknown until the public part is read */
	unsigned usage;       /* enum token_usage */
	bool sensitive, extractable, always_sensitive, never_extractable, local;
	bool always_authenticate;
	bool raw; /* takes whole blocks of any form */
	struct token_dates dates;
	/* certificates */
	bool authority;
	/* data objects */
	char application[TOKEN_LABEL_MAX + 1];
};

struct token_generate {
	CK_KEY_TYPE key_type; /* CKK_RSA or CKK_EC */
	unsigned bits;        /* of the modulus, or 256, 384, 521 for the NIST curves */
	unsigned usage;       /* of the private key */
	const uint8_t *id;
	size_t id_len; /* 0: the token chooses one from the public key */
	const char *label;
	bool public_object; /* keep a public key object on the token too */
	struct token_dates dates;
	struct token_dates public_dates; /* of that object, where the token keeps two */
};

/* A private key that was made elsewhere. */
struct token_import {
	CK_KEY_TYPE key_type; /* CKK_RSA or CKK_EC */
	unsigned bits;
	unsigned usage;
	const uint8_t *id;
	size_t id_len; /* 0: the token chooses one from the public key */
	const char *label;
	struct token_dates dates;
	const struct secret *key; /* PrivateKeyInfo of PKCS#8 */
};

struct token_store {
	CK_OBJECT_CLASS class;
	/* certificate DER; of public keys RSAPublicKey DER or, for EC, SubjectPublicKeyInfo DER;
	 * bytes of a data object */
	const uint8_t *value;
	size_t value_len;
	CK_KEY_TYPE key_type; /* of public keys: CKK_RSA or CKK_EC */
	const uint8_t *id;
	size_t id_len;
	const char *label;
	unsigned usage;
	struct token_dates dates; /* of public keys */
	bool authority;
	bool private;
	const char *application;
};

struct token_block {
	const uint8_t *bytes;
	size_t len;
};

/* NULL: keep. */
struct token_change {
	const char *label;
	const struct token_block *id;
	const struct token_dates *dates; /* of keys */
};

/* A private key that computes on its own: without lock, in any thread, also when its token is gone.
 * Functions as those of struct token_ops. */
struct token_key {
	void (*give_back)(struct token_key *key);
	CK_RV(*sign)
	(struct token_key *key, struct token_block block, uint8_t *out, size_t *ret_len);
	CK_RV(*decipher)
	(struct token_key *key, struct token_block block, struct secret **ret_plain);
	CK_RV(*derive)
	(struct token_key *key, struct token_block point, struct secret **ret_secret);
};

/* What a call put off because it takes long: computed without lock, in any thread, also when the
 * token is gone. */
struct token_ahead {
	void (*compute)(struct token_ahead *ahead);
	void (*free)(struct token_ahead *ahead);
};

/* A call of the token that was put off. No application sees it. */
#define TOKEN_LATER (CKR_VENDOR_DEFINED | 0x54574c41UL)

struct token {
	const struct token_ops *ops;
};

struct token_ops {
	/* Logs out and releases. */
	void (*close)(struct token *token);
	/* Still the token that was opened? Without a card command. */
	bool (*alive)(struct token *token);
	/* Was it reset (logins lost) since the last begin()? Without a card command. NULL: such a
	 * token is never reset. */
	bool (*was_reset)(struct token *token);
	/* *ret_reset: logins were lost since the last time. */
	CK_RV (*begin)(struct token *token, bool *ret_reset);
	void (*end)(struct token *token);

	/* Called once after connect(): the level in force from now on; 0: the stored one. NULL: no
	 * levels. */
	void (*prompt)(struct token *token, unsigned level);

	CK_RV (*info)(struct token *token, struct token_info *ret_info); /* [T] */
	/* [T] NULL, both: no settings. set: level and old_ciphers_allowed are taken; user logged
	 * in.
	 */
	void (*settings)(struct token *token, struct token_settings *ret_settings);
	CK_RV (*set)(struct token *token, const struct token_settings *settings);
	CK_RV(*pin)
	(struct token *token, enum token_role role, struct token_pin *ret_pin); /* [T] */
	/* Room for what is put off. While at_hand() has given it (NULL: no more), calls that check
	 * a PIN, make a key or write may answer TOKEN_LATER, having changed nothing: then compute()
	 * is due, and the same call again. NULL, both: nothing takes long. */
	struct token_ahead *(*ahead)(struct token *token);
	void (*at_hand)(struct token *token, struct token_ahead *ahead);
	/* [T] Presents the PIN once. *ret_tries_left is set on CKR_PIN_INCORRECT and
	 * CKR_PIN_LOCKED; -1: not told. The same for the other three that have it. */
	CK_RV(*login)
	(struct token *token, enum token_role role, const struct secret *pin, int *ret_tries_left);
	void (*logout)(struct token *token); /* [T] */
	CK_RV(*pin_change)
	(struct token *token, enum token_role role, const struct secret *old_pin,
		const struct secret *new_pin, int *ret_tries_left); /* [T] */
	/* [T] Set or unblock the user's PIN. */
	CK_RV(*pin_set)
	(struct token *token, const struct secret *so_pin, const struct secret *new_pin,
		int *ret_tries_left);
	/* [T] Make it an empty token with this SO PIN. label: UTF-8, ended by NUL. */
	CK_RV(*init)
	(struct token *token, const char *label, const struct secret *so_pin, int *ret_tries_left);

	/* [T] Did somebody else write to it since objects() was last asked? Then objects() reads it
	 * anew, as do info() and value(). NULL: nobody else can. */
	CK_RV (*changed)(struct token *token, bool *ret_changed);
	/* [T] Borrowed until the next write or close(), or until changed() said yes. */
	CK_RV(*objects)
	(struct token *token, const struct token_object **ret_objects, size_t *ret_count);
	/* [T] DER or bytes, as in struct token_store. Borrowed likewise. */
	CK_RV (*value)(struct token *token, uint32_t number, struct token_block *ret_value);
	/* [T] The public half of a private key, as value() has public keys. NULL: only an object of
	 * its own or a certificate tells it. */
	CK_RV (*public_half)(struct token *token, uint32_t number, struct token_block *ret_value);
	CK_RV (*random)(struct token *token, uint8_t *out, size_t len); /* [T] */

	/* [T] Presents the PIN that guards this key, once; it may be another than the user's. NULL:
	 * login() with TOKEN_USER does it for every key. */
	CK_RV(*key_login)
	(struct token *token, uint32_t number, const struct secret *pin, int *ret_tries_left);
	/* [T] A key that lies in memory, for the caller to compute with while other threads go on
	 * with the token. NULL: the token computes. */
	CK_RV (*lend)(struct token *token, uint32_t number, struct token_key **ret_key);
	/* [T] RSA: the private operation on one block as long as the modulus. EC: ECDSA over a
	 * digest no longer than the field; gives r and s, each as long as the field. out:
	 * TOKEN_RSA_MAX.
	 */
	CK_RV(*sign)
	(struct token *token, uint32_t number, struct token_block block, uint8_t *out,
		size_t *ret_len);
	/* [T] RSA for a cryptogram; ret_plain is as long as the modulus, the caller frees it. */
	CK_RV(*decipher)
	(struct token *token, uint32_t number, struct token_block block, struct secret **ret_plain);

	/* [T] ECDH with the other side's point (04 X Y); ret_secret is the x coordinate, as long as
	 * the field, the caller frees it. NULL: token_info.derive is never set. */
	CK_RV(*derive)
	(struct token *token, uint32_t number, struct token_block point,
		struct secret **ret_secret);

	/* [T] *ret_public is 0 without a public key object. */
	CK_RV(*generate)
	(struct token *token, const struct token_generate *params, uint32_t *ret_private,
		uint32_t *ret_public);
	/* [T] NULL: token_info.imports is never set. */
	CK_RV(*import)
	(struct token *token, const struct token_import *params, uint32_t *ret_private);
	CK_RV(*store)
	(struct token *token, const struct token_store *params, uint32_t *ret_number); /* [T] */
	CK_RV(*change)
	(struct token *token, uint32_t number, const struct token_change *change); /* [T] */
	CK_RV (*destroy)(struct token *token, uint32_t number);                    /* [T] */
};

/* A place that can hold a token: a reader, a file. */
struct token_place {
	char name[TOKEN_PLACE_NAME_MAX];
	bool present;
	uint64_t event; /* differs after each change of the token in this place */
	bool unsettled; /* a change is under way: the event is not to be told yet */
};

struct token_source {
	const struct token_source_ops *ops;
};

struct token_source_ops {
	/* NULL: no memory. Does not fail because a service is away. */
	struct token_source *(*open)(void);
	void (*close)(struct token_source *source);
	/* The places now, without waiting. places: TOKEN_PLACES_MAX elements.
	 * *ret_trouble: NULL, or one of the TWCA_SLOT_ texts of vendor.h, constant; then no places.
	 */
	void (*scan)(struct token_source *source, struct token_place *places, size_t *ret_count,
		const char **ret_trouble);
	/* Return true when a place may have changed since the last time it did, false after ms
	 * milliseconds. Called on a source that was opened for this alone, without lock; the first
	 * answer may be true without a reason. NULL: nothing ever changes here by itself. */
	bool (*wait)(struct token_source *source, int ms);
	/* Without the source's lock. Errors: CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, ...
	 */
	CK_RV (*connect)(const char *place, struct token **ret_token);
	bool fixed; /* no readers: a place is its token, which nobody takes out */
};

/* The sources of this module, ended by NULL. In sources.c; a test brings its own. */
extern const struct token_source_ops *const token_sources[];

#endif
