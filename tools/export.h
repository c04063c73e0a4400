/* SPDX-License-Identifier: Apache-2.0 */
/* One run of twca-export: its options and what its commands found and did. */
#ifndef TWCA_TOOLS_EXPORT_H
#define TWCA_TOOLS_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/browser.h"
#include "lib/fail.h"
#include "lib/p11_identity.h"
#include "lib/ra_phone.h"
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

struct export_bytes {
	uint8_t *bytes;
	size_t len;
};
void export_bytes_clear(struct export_bytes *bytes); /* wipes */

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
	bool was_weak;            /* the file was under an old cipher */
	struct export_bytes host; /* bts: the newest certificate, which is in the identity */
	char host_sha256[65];
	struct ra_transfer transfer;
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
bool export_to_phone(struct export *export, struct fail *fail);

/* (export_phone.c) NULL: nothing was sent. */
json_t *export_phone_json(const struct export *export);

/* (export_host.c) The newest certificate at the host is in the identity; logs in at the RA. Fills
 * export->host. Errors: HOST_NOT_HERE, HOST_DIFFERS, those of a login. */
bool export_host_match(struct export *export, struct fail *fail);

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

#endif
