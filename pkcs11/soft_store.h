/* SPDX-License-Identifier: Apache-2.0 */
/* One software identity: its PFX files, what they hold under numbers, its password.
 *
 * Files (directory mode 0700, files 0600):
 *   *.pfx            keys and certificates; made here: NAME.pfx, NAME-2.pfx, ..., NAME being the
 *                    directory's own name, one key each
 *   identity.conf    soft_conf.h; empty and alone: an identity to be initialised
 *   pin.p12          a PFX without contents: tells a right password when there is no key yet
 *   so.p12           the SO's RSA key, under the SO PIN
 *   so.escrow        the password, sealed to that key
 *   password         only for level 3: the password, one line
 * The password of the first *.pfx (by name) is the user PIN. */
#ifndef PKCS11_SOFT_STORE_H
#define PKCS11_SOFT_STORE_H

#include <stdbool.h>

#include "soft_conf.h"
#include "soft_dir.h"
#include "soft_pfx.h"
#include "soft_watch.h"

#define SOFT_PFX_SUFFIX ".pfx"
#define SOFT_PIN_FILE "pin.p12"
#define SOFT_SO_FILE "so.p12"
#define SOFT_ESCROW_FILE "so.escrow"
#define SOFT_PASSWORD_FILE "password"

struct held;
struct soft_slow;

struct soft_file {
	char name[SOFT_NAME_MAX + 1];
	struct soft_stamp stamp;
	struct soft_pfx pfx;
	bool readable;
	bool opened;  /* with the password of now */
	bool checked; /* the password of now is its password */
};

struct soft_ref {
	uint32_t number;
	uint32_t file, item;
};

struct soft_shape {
	bool present, initialised, has_pin, has_so;
	enum soft_level level; /* in force */
};

struct soft_store {
	struct crypto *crypto;
	char path[SOFT_PATH_MAX];
	char name[TOKEN_PLACE_NAME_MAX];
	int dir;
	struct soft_stamp stamp;
	struct soft_watch watch;
	struct soft_conf conf;
	enum soft_level level; /* this process's; conf.level is what a new one would have */
	struct soft_shape shape;
	struct soft_file *files; /* sorted by name */
	size_t count;
	struct soft_ref *refs; /* sorted by number */
	size_t ref_count;
	uint32_t last_number;
	struct held *pin;       /* while logged in, or always (level 3) */
	bool changed;           /* objects changed since soft_store_seen() */
	struct soft_slow *slow; /* at hand: what takes long is put off; or NULL */
};

/* level: this process's, if it had the identity open before; 0: take the stored one. Then the
 * objects may be other ones. */
CK_RV soft_store_keep_level(struct soft_store *store, enum soft_level level);

/* path: the identity's directory. Errors: CKR_TOKEN_NOT_PRESENT, CKR_HOST_MEMORY, ... */
CK_RV soft_store_open(const char *path, const char *name, struct soft_store **ret_store);
struct soft_store *soft_store_free(struct soft_store *store);

/* The directory is still in its place. */
bool soft_store_alive(const struct soft_store *store);

/* See what others changed, if anything: also a file that was written in place. Costs two system
 * calls when nothing did. */
CK_RV soft_store_refresh(struct soft_store *store);
/* The same without trust in the stamps of what is in memory. */
CK_RV soft_store_reload(struct soft_store *store);

/* NULL: no such number. Borrowed until the next refresh or write. */
struct soft_item *soft_store_find(
	struct soft_store *store, uint32_t number, struct soft_file **ret_file);

/* With slow at hand these, and all that write, may answer TOKEN_LATER: nothing has happened.
 * Errors: CKR_PIN_INCORRECT, CKR_USER_PIN_NOT_INITIALIZED. */
CK_RV soft_store_check_pin(struct soft_store *store, const struct secret *pin);
CK_RV soft_store_login(struct soft_store *store, const struct secret *pin);
/* Is this the user PIN, as far as can be told without trying it? */
bool soft_store_knows(struct soft_store *store, const struct secret *pin);
/* Files that say only to who has the password what they hold. */
CK_RV soft_store_open_hidden(struct soft_store *store);
void soft_store_logout(struct soft_store *store);

/* The keys of this file are open afterwards. Errors: CKR_USER_NOT_LOGGED_IN, CKR_FUNCTION_FAILED
 * (another password than the user PIN), CKR_ACTION_PROHIBITED (old cipher). */
CK_RV soft_store_open_file(struct soft_store *store, struct soft_file *file);

/* Keys that share an id, or have none, get one each from their public keys, and so do their
 * certificates: soft_id.c. In memory only. */
CK_RV soft_store_name(struct soft_store *store);

/* Give numbers to new items, index all. */
CK_RV soft_store_index(struct soft_store *store);
/* Items of to that are items of from get their numbers; from's are used up. */
void soft_store_keep_numbers(struct soft_pfx *from, struct soft_pfx *to);

/* ---- writing (soft_store_write.c); each is one set of changes ---- */

/* All of what was staged happens; from then on nothing of this call is put off. */
CK_RV soft_store_commit(struct soft_store *store, struct soft_write *write);

/* Lock and refresh; password needed. */
CK_RV soft_store_edit(struct soft_store *store, struct soft_write *ret_write);

/* Write this file as it is in memory now; without items: remove it. On failure memory is made what
 * the disk has. Invalidates pointers to files and items; numbers stay. */
CK_RV soft_store_save(struct soft_store *store, struct soft_write *write, struct soft_file *file);

/* A file that does not exist yet, with a name by the rule above. NULL: no memory. */
struct soft_file *soft_store_add_file(struct soft_store *store);

/* (soft_store_pin.c) */
/* Only level and old_ciphers are taken. Level 3 stores the password, the others erase it. Needs:
 * logged in. */
CK_RV soft_store_configure(struct soft_store *store, const struct soft_conf *conf);
CK_RV soft_store_init(struct soft_store *store, const char *label, const struct secret *so_pin);
CK_RV soft_store_change_pin(
	struct soft_store *store, const struct secret *old_pin, const struct secret *new_pin);
CK_RV soft_store_set_pin(
	struct soft_store *store, const struct secret *so_pin, const struct secret *new_pin);
CK_RV soft_store_check_so(struct soft_store *store, const struct secret *so_pin);
CK_RV soft_store_change_so(
	struct soft_store *store, const struct secret *old_pin, const struct secret *new_pin);

#endif
