/* SPDX-License-Identifier: Apache-2.0 */
/* One run of twca-export: its options and what its commands found and did. */
#ifndef TWCA_TOOLS_EXPORT_H
#define TWCA_TOOLS_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/browser.h"
#include "lib/fail.h"
#include "lib/p11_identity.h"
#include "lib/tool.h"

#define EXPORT_PASSWORD_MIN 4 /* of a certificate file, the authority's rule */

struct pin;
struct soft_move;

enum export_verb {
	EXPORT_REGISTER,
	EXPORT_BACKUP,
	EXPORT_IMPORT,
	EXPORT_PASSWORD,
	EXPORT_SECURITY,
	EXPORT_TO_PHONE,
};

enum export_action {
	EXPORT_KEPT,
	EXPORT_ADDED,
	EXPORT_REMOVED,
	EXPORT_WOULD_ADD,
	EXPORT_WOULD_REMOVE,
	EXPORT_REFUSED, /* fail tells why */
};

/* One place where the module is registered, or may be. */
struct export_row {
	const struct browser_place *place;
	enum browser_state state;
	enum export_action action;
	struct fail fail;
};

/* A certificate that programs will find by the module; texts are the run's. */
struct export_certificate {
	char *subject, *not_after, *uri;
	bool authority;
};

struct export_token {
	char label[33], serial[17], reader[65];
	struct export_certificate *certificates;
	size_t count;
};

struct export
{
	struct tool tool; /* first */
	/* the command line */
	bool undo, check, all_users, old_ciphers;
	const char *browser, *argument, *label;
	unsigned level; /* 0: not given */
	/* a software identity and the file it comes from or goes to */
	struct p11_identity identity;
	struct pin *pin;
	char *file;
	struct export_certificate *own; /* of the keys in that file */
	size_t own_count;
	bool was_weak; /* the file was under an old cipher */
	/* register */
	char *module;
	struct browser_places places;
	struct export_row *rows;
	size_t row_count;
	struct export_token *tokens;
	size_t token_count;
};

/* The commands. */
bool export_register(struct export *export, struct fail *fail);
bool export_backup(struct export *export, struct fail *fail);
bool export_import(struct export *export, struct fail *fail);
bool export_password(struct export *export, struct fail *fail);
bool export_security(struct export *export, struct fail *fail);

/* ---- (export_tokens.c, export_show.c) for register ---- */

/* What is on cards and in files that the module shows, read without a PIN. That there is none is no
 * failure. */
bool export_tokens_read(struct export *export, struct fail *fail);
void export_tokens_clear(struct export *export);

/* The places and tokens as text on stdout, and as JSON. */
void export_register_print(const struct export *export);
json_t *export_register_json(const struct export *export);

/* ---- (export_identity.c) the software identity that is meant ---- */

/* Choose it and open its session. Errors: KEY_ON_CARD (also: the site has cards only),
 * NO_KEY_FILE, READER_AMBIGUOUS. */
bool export_identity_open(struct export *export, struct fail *fail);

/* The same for the directory of this name, which was made a moment ago. */
bool export_identity_find(struct export *export, const char *name, struct fail *fail);

/* Its password, asked for until it is right; kept in export->pin. Errors: FILE_PASSWORD. */
bool export_identity_login(struct export *export, struct fail *fail);

/* A new password, typed twice. Errors: FILE_PASSWORD_RULE, what->unequal. */
bool export_new_password(
	struct export *export, const struct tool_new *what, struct pin **ret, struct fail *fail);

/* Is this the site? */
bool export_site_is(const struct export *export, const char *site);

/* Level 3 is said to be dangerous before it is taken. */
bool export_confirm_level(const struct export *export, unsigned level, struct fail *fail);
const char *export_level_text(unsigned level);

/* The result of the commands on identities, as text and as JSON. */
void export_identity_print(const struct export *export);
json_t *export_identity_json(const struct export *export);

/* ---- (export_file.c) PFX files; the only user of pkcs11/soft_move.h ---- */

struct export_bytes {
	uint8_t *bytes;
	size_t len;
};
void export_bytes_clear(struct export_bytes *bytes); /* wipes */

/* Write a file as a whole, mode 0600, and have it on the disk. Errors: FILE_EXISTS, SYSTEM. */
bool export_file_write(
	const char *path, const struct export_bytes *bytes, bool replace, struct fail *fail);

/* Errors: FILE_PASSWORD, FILE_DAMAGED, FILE_OLD_CIPHER, SYSTEM. */
bool export_move_open(const char *path, const struct pin *password, bool old_ciphers,
	struct soft_move **ret, struct fail *fail);
bool export_move_take(const char *directory, const struct pin *password, struct soft_move **ret,
	struct fail *fail);
void export_move_free_p(struct soft_move **move);
bool export_move_pack(const struct soft_move *move, const struct pin *password,
	struct export_bytes *ret, struct fail *fail);

/* A new identity below the person's folder, under export->pin. Errors: FILE_EXISTS (and no
 * --force), FILE_NAME, SYSTEM. */
bool export_move_put(const struct export *export, const struct soft_move *move, const char *name,
	struct fail *fail);
bool export_move_label(struct soft_move *move, const char *label, struct fail *fail);

/* export->own and export->was_weak from what is in it. */
bool export_move_describe(struct export *export, const struct soft_move *move, struct fail *fail);

#endif
