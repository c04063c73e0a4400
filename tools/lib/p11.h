/* SPDX-License-Identifier: Apache-2.0 */
/* The PKCS#11 module as the tools use it: readers, cards, one session, login, keys, certificates.
 *
 * A struct p11_session belongs to one thread at a time. Nothing here asks a question, tries
 * anything twice, or knows which module it talks to. */
#ifndef TWCA_TOOLS_P11_H
#define TWCA_TOOLS_P11_H

#include <openssl/types.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P11_READERS_MAX 64
#define P11_ID_LEN 20   /* bytes of a CKA_ID made here */
#define P11_ID_MAX 64   /* of others */
#define P11_FIND_MAX 32 /* handles of a search, which expects few */

struct fail;
struct p11;
struct p11_session;
struct pin;

/* A slot and the card in it; texts without padding, cleaned for the terminal. */
struct p11_token {
	CK_SLOT_ID slot;
	char reader[65];
	bool removable;  /* a reader for cards; false: a software token */
	bool present;    /* a card is there */
	bool recognised; /* ... and the module knows it; what follows is empty otherwise */
	CK_FLAGS flags;  /* of CK_TOKEN_INFO */
	char label[33], manufacturer[33], model[17], serial[17];
	CK_ULONG pin_min, pin_max;
};

/* Load the module at path and initialise it. Errors: MODULE, as C_Initialize. */
bool p11_open(const char *path, struct p11 **ret, struct fail *fail);

/* The same with functions that the caller has loaded; it unloads them after p11_close(). */
bool p11_open_functions(CK_FUNCTION_LIST *functions, struct p11 **ret, struct fail *fail);

struct p11 *p11_close(struct p11 *p11);
void p11_close_p(struct p11 **p11);

/* "library description version" of the module. */
bool p11_describe(struct p11 *p11, char *buf, size_t cap, struct fail *fail);

/* Every slot as it is now. tokens: P11_READERS_MAX elements. Errors: NO_SERVICE, NO_ACCESS. */
bool p11_tokens(struct p11 *p11, struct p11_token *tokens, size_t *ret_count, struct fail *fail);

/* The software tokens only; they are there without a smart card service, too. */
bool p11_soft_tokens(
	struct p11 *p11, struct p11_token *tokens, size_t *ret_count, struct fail *fail);

/* One slot. Errors: NO_CARD, CARD_UNKNOWN, NO_READER. */
bool p11_token(struct p11 *p11, CK_SLOT_ID slot, struct p11_token *ret, struct fail *fail);

/* Read-write. Errors: as C_OpenSession. */
bool p11_session_open(
	struct p11 *p11, CK_SLOT_ID slot, struct p11_session **ret, struct fail *fail);

/* Logs out and closes; NULL is fine; returns NULL. */
struct p11_session *p11_session_close(struct p11_session *session);
void p11_session_close_p(struct p11_session **session);

/* Present the user PIN, once. pin: NULL for a reader with its own keypad. fail->tries_left is set
 * when the card told. Errors: PIN_WRONG, PIN_LOCKED, PIN_LENGTH. */
bool p11_login(struct p11_session *session, const struct pin *pin, struct fail *fail);

/* What is known about the user PIN without asking the card; -1: unknown. */
int p11_tries_left(struct p11_session *session);

/* ---- keys (p11_key.c) ---- */

struct p11_key {
	CK_OBJECT_HANDLE private;
	EVP_PKEY *public; /* the caller frees with EVP_PKEY_free() */
	uint8_t id[P11_ID_LEN];
	/* for keys that want it at each use: this (borrowed), else what ask says (NULL: keypad) */
	const struct pin *pin;
	bool (*ask)(void *context, struct pin **ret, struct fail *fail);
	void *context;
	bool ec; /* on a curve, not RSA: for p11_key_sign() only */
};

/* Generate an RSA key pair: sensitive, not extractable, for signing. Slow. */
struct p11_key_wish {
	const uint8_t *id; /* P11_ID_LEN */
	const char *label;
	unsigned bits;
	bool decrypt; /* for deciphering as well */
};
bool p11_key_generate(
	struct p11_session *session, const struct p11_key_wish *wish, struct fail *fail);

/* The key pair with this id. *ret_found false: none, or only one half of it. */
bool p11_key_find(struct p11_session *session, const uint8_t id[P11_ID_LEN], struct p11_key *ret,
	bool *ret_found, struct fail *fail);

/* The ids of the private keys that have one made here. */
bool p11_key_ids(struct p11_session *session, uint8_t ids[P11_FIND_MAX][P11_ID_LEN],
	size_t *ret_count, struct fail *fail);

/* Remove both halves with this id, if they are there. */
bool p11_key_destroy(struct p11_session *session, const uint8_t id[P11_ID_LEN], struct fail *fail);

/* Sign bytes with SHA-256 and RSA PKCS#1 v1.5, or ECDSA (as DER). The caller frees *ret. */
bool p11_key_sign(struct p11_session *session, const struct p11_key *key, const uint8_t *bytes,
	size_t len, uint8_t **ret, size_t *ret_len, struct fail *fail);

/* ---- certificates (p11_cert.c) ---- */

bool p11_find(struct p11_session *session, CK_ATTRIBUTE *template, size_t count,
	CK_OBJECT_HANDLE found[P11_FIND_MAX], size_t *ret_count, struct fail *fail);

/* A byte attribute; the caller frees *ret. Empty gives length 0 and a pointer. */
bool p11_get(struct p11_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	uint8_t **ret, size_t *ret_len, struct fail *fail);

/* Store one DER certificate with this id and label; authority: as a CA's. */
struct p11_cert {
	const uint8_t *der;
	size_t der_len;
	const uint8_t *id;
	size_t id_len;
	const char *label;
	bool authority;
};
bool p11_cert_store(struct p11_session *session, const struct p11_cert *cert, struct fail *fail);

/* Is exactly this certificate on the card (with id, if id_len)? */
bool p11_cert_present(struct p11_session *session, const struct p11_cert *cert, bool *ret_present,
	struct fail *fail);

/* Remove certificates with this id and another value: what a write that was cut off left. */
bool p11_cert_clear_others(
	struct p11_session *session, const struct p11_cert *cert, struct fail *fail);

/* ---- inside p11*.c ---- */

CK_FUNCTION_LIST *p11_list(const struct p11 *p11);

CK_FUNCTION_LIST *p11_functions(const struct p11_session *session);
CK_SESSION_HANDLE p11_handle(const struct p11_session *session);

/* An attribute of bytes that are only read. */
CK_ATTRIBUTE p11_attr(CK_ATTRIBUTE_TYPE type, const void *value, size_t len);

#endif
