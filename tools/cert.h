/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that are issued: what the parts of twca-cert share. */
#ifndef TWCA_CERT_H
#define TWCA_CERT_H

#include "lib/local.h"
#include "lib/ra_cert.h"
#include "lib/tool.h"

enum cert_verb {
	CERT_LIST,
	CERT_STATUS,
	CERT_QUERY,
	CERT_VIEW,
	CERT_SUSPEND,
	CERT_RESUME,
	CERT_REVOKE,
	CERT_PROOF,
	CERT_VERBS
};

enum {
	CERT_ARGUMENTS_MAX = 8
};

struct cert {
	struct tool tool;
	/* the command line */
	const char *arguments[CERT_ARGUMENTS_MAX];
	unsigned argument_count;
	const char *save;          /* --save */
	const char *select;        /* --select */
	const char *print_command; /* --print, --print-command */
	/* what was found */
	struct ra_certs certs; /* mine; or, of a query, others' */
	size_t chosen;         /* view, query: index in certs, if has_chosen */
	bool has_chosen;
	struct local_certs local;        /* on this computer */
	const struct local_cert *client; /* status: what stands against the host's */
	bool changed;                    /* something was suspended or revoked */
	json_t *form, *contact;          /* what is done on paper */
	char *proof;
	char *saved; /* where the file went */
};

bool cert_run(void *context, struct fail *fail);
json_t *cert_members(void *context, const struct fail *fail);
void cert_print(void *context);
void cert_clear(void *context);

/* cert_change.c */
bool cert_suspend(struct cert *cert, struct fail *fail);
bool cert_revoke(struct cert *cert, struct fail *fail);
bool cert_resume(struct cert *cert, struct fail *fail);
/* cert_status.c */
bool cert_status(struct cert *cert, struct fail *fail);
void cert_print_status(const struct cert *cert);
json_t *cert_client_json(const struct cert *cert);
/* cert_fetch.c */
bool cert_query(struct cert *cert, struct fail *fail);
bool cert_view(struct cert *cert, struct fail *fail);
bool cert_proof(struct cert *cert, struct fail *fail);

/* A login, then the person's certificates, newest first. */
bool cert_load(struct cert *cert, struct fail *fail);

/* The certificate that is named: by its number in the list (from 1), or as which.h says.
 * Errors: USAGE, CERT_AMBIGUOUS. */
bool cert_find(struct cert *cert, const char *text, size_t *ret_index, struct fail *fail);

/* What people read for a status of the contract. */
const char *cert_status_text(const char *status);
const char *cert_role_text(const char *role);

/* One certificate on stdout. */
void cert_print_one(const struct cert *cert, const struct ra_cert *item, size_t number);

#endif
