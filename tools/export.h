/* SPDX-License-Identifier: Apache-2.0 */
/* One run of twca-export: its options and what its commands found and did. */
#ifndef TWCA_TOOLS_EXPORT_H
#define TWCA_TOOLS_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/browser.h"
#include "lib/fail.h"
#include "lib/tool.h"

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
	const char *file_password, *new_file_password, *export_password; /* sources */
	unsigned level;                                                  /* 0: not given */
	/* register */
	char *module;
	struct browser_places places;
	struct export_row *rows;
	size_t row_count;
	struct export_token *tokens;
	size_t token_count;
};

/* The commands; each fills what export_members() tells of it. */
bool export_register(struct export *export, struct fail *fail);

/* (export_tokens.c) What is on cards and in files that the module shows, read without a PIN. That
 * there is none is no failure. */
bool export_tokens_read(struct export *export, struct fail *fail);
void export_tokens_clear(struct export *export);

/* (export_show.c) The places and tokens as text on stdout, and as JSON. */
void export_register_print(const struct export *export);
json_t *export_register_json(const struct export *export);

#endif
