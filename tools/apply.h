/* SPDX-License-Identifier: Apache-2.0 */
/* An application for certificates or their renewal: what its steps share.
 *
 * twca-apply and twca-renew walk lists of the same steps (apply_run.c, renew_run.c). Keys are on a
 * card or in a software identity; either way the PKCS#11 module makes and uses them. */
#ifndef TWCA_APPLY_H
#define TWCA_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/chain.h"
#include "lib/identity.h"
#include "lib/tool.h"
#include "manner.h"
#include "renewed.h"

enum apply_mode {
	APPLY_NEW,
	APPLY_DOWNLOAD,
	APPLY_REDOWNLOAD,
	APPLY_ACTIVATE,
	APPLY_RENEW
};

struct apply_cert {
	const struct ra_profile *profile;
	struct p11_key key;
	uint8_t *csr;
	size_t csr_len;
	struct chain chain;
	struct chain_text text;
};

struct apply {
	struct tool tool; /* first */
	/* the command line */
	enum apply_mode mode;
	long wait_s; /* for the RA to decide */
	const char *label, *sign_file, *enc_file, *slip_source, *carrier_name, *on_success,
		*on_failure, *batch;
	const char *debit_account, *select;
	char **argv;    /* for the runs of a batch */
	unsigned level; /* 0: not given */
	bool check, keep_old, tidy;
	/* the job */
	const struct apply_manner *manner;
	enum ra_carrier carrier;
	bool resumed; /* an earlier run had begun this job */
	bool later;   /* it ends before the certificates come */
	bool again;   /* what is fetched was here before */
	const char *step;
	/* files */
	char identity[IDENTITY_NAME_MAX + 1];
	char *path, new_label[33]; /* label: of a renewal; "": the present one stays */
	struct pin *pin, *new_pin;
	/* what is asked for */
	struct apply_cert certs[RA_CERTS_MAX];
	size_t count;
	char *eligibility, *payment;
	struct ra_order order;
	struct renewed old;
	json_t *report, *superseded; /* of a batch, of --tidy */
	size_t removed;
};

/* apply_run.c: the whole job. */
bool apply_run(void *apply, struct fail *fail);
/* apply_hook.c: what a hook may know, put into its environment; the hook itself. Returns code. */
void apply_tell_hook(const struct apply *apply);
int apply_hook(const struct apply *apply, int code);

/* A list of steps, with what the end of a run needs. */
struct step;
bool apply_steps(struct apply *apply, const struct step *steps, size_t count, struct fail *fail);

void apply_clear(void *apply);

/* apply_report.c: the result as JSON members, and as text on stdout. */
json_t *apply_members(void *apply, const struct fail *fail);
void apply_print(void *apply);

/* ---- the steps of an application, in their order ---- */
/* apply_env.c: what must be there before anything is asked */
bool apply_step_module(void *apply, struct fail *fail);
bool apply_step_ra(void *apply, struct fail *fail);
bool apply_step_card(void *apply, struct fail *fail);
bool apply_step_journal(void *apply, struct fail *fail);
/* apply_session.c: login, first password, terms, verification, PIN; see lib/ */
bool apply_step_login(void *apply, struct fail *fail);
bool apply_step_password(void *apply, struct fail *fail);
bool apply_step_registration(void *apply, struct fail *fail);
bool apply_step_slip(void *apply, struct fail *fail);
bool apply_step_terms(void *apply, struct fail *fail);
bool apply_step_verify(void *apply, struct fail *fail);
bool apply_step_pin(void *apply, struct fail *fail);
/* apply_key.c */
bool apply_step_key(void *apply, struct fail *fail);
/* apply_order.c */
bool apply_step_order(void *apply, struct fail *fail);
/* apply_fetch.c: the certificates, also in a run of their own */
bool apply_step_find(void *apply, struct fail *fail);
bool apply_step_activate(void *apply, struct fail *fail);
bool apply_step_certificate(void *apply, struct fail *fail);
/* apply_install.c */
bool apply_step_prove(void *apply, struct fail *fail);
bool apply_step_install(void *apply, struct fail *fail);
bool apply_step_receipt(void *apply, struct fail *fail);
/* apply_files.c: where the person wants the files; the files */
bool apply_step_targets(void *apply, struct fail *fail);
bool apply_step_files(void *apply, struct fail *fail);
bool apply_name_file(struct apply *apply, struct fail *fail);

/* apply_password.c: after the certificate is there */
bool apply_step_new_password(void *apply, struct fail *fail);
bool apply_step_level(void *apply, struct fail *fail);

/* ---- what steps share ---- */
/* Which certificates the site makes for this carrier; fills certs and manner. */
bool apply_plan(struct apply *apply, enum ra_carrier carrier, struct fail *fail);

/* apply_file.c: open the identity of the job, make it if it is new. */
bool apply_open_identity(struct apply *apply, struct fail *fail);

/* apply_password.c: the same, with a new password asked for first; an earlier run may have. */
bool apply_open_file(struct apply *apply, struct fail *fail);

/* apply_file.c: the slot of apply->identity. */
bool apply_find_identity(struct apply *apply, bool *ret_found, struct fail *fail);

/* apply_file.c: long enough for a file? Errors: PASSWORD_RULE. */
bool apply_check_secret(const struct pin *pin, struct fail *fail);

/* The key of certificate index is the one that the journal says; it has to be here. */
bool apply_load_key(struct apply *apply, size_t index, bool *ret_found, struct fail *fail);

/* Sign with the key that arg, a struct apply_signer, names: a request_sign_fn. */
struct apply_signer {
	struct apply *apply;
	const struct p11_key *key;
};
bool apply_sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail);

#endif
