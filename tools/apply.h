/* SPDX-License-Identifier: Apache-2.0 */
/* The application for a certificate: what its steps share. */
#ifndef TWCA_APPLY_H
#define TWCA_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/chain.h"
#include "lib/conf.h"
#include "lib/p11.h"
#include "lib/ra.h"
#include "lib/term.h"

struct fail;
struct journal;
struct pin;

struct apply_options {
	const char *config;
	const char *captcha_file;
	bool json, force, dry_run;
	long wait_s; /* for the RA to decide */
};

struct apply {
	struct apply_options options;
	struct conf conf;
	const struct conf_profile *profile;
	struct term term;
	char *account;
	struct journal *journal;
	bool resumed; /* an earlier run had begun this job */

	struct p11 *p11;
	struct p11_token token; /* the chosen card */
	struct p11_session *session;
	struct p11_key key;
	uint8_t *csr;
	size_t csr_len;

	struct ra *ra;
	struct ra_site site;
	struct pin *password;
	bool must_change;
	struct ra_registration registration;
	struct ra_terms terms;
	struct ra_challenge card; /* the verification that the next request names */
	struct ra_order order;
	struct chain chain;
	struct chain_text text; /* of the certificate */
};

/* Run the whole application; on failure *ret_step is the step that was reached. */
bool apply_run(struct apply *apply, const char **ret_step, struct fail *fail);

/* Ends the sessions with card and RA and frees everything. */
void apply_clear(struct apply *apply);

/* The result on stdout, as text or JSON; the failure also on stderr. Returns the exit code. */
int apply_report(struct apply *apply, const char *step, const struct fail *fail);

/* A failure that the person can heal at once: message, tries left, advice, a line each. */
void apply_warn(const struct apply *apply, const struct fail *fail);

/* ---- the steps, in their order ---- */

/* apply_env.c: what must be there before anything is asked */
bool apply_step_module(void *apply, struct fail *fail);
bool apply_step_ra(void *apply, struct fail *fail);
bool apply_step_card(void *apply, struct fail *fail);
bool apply_step_journal(void *apply, struct fail *fail);
/* apply_login.c */
bool apply_step_login(void *apply, struct fail *fail);
bool apply_step_password(void *apply, struct fail *fail);
/* apply_terms.c */
bool apply_step_terms(void *apply, struct fail *fail);
/* apply_card.c */
bool apply_step_verify(void *apply, struct fail *fail);
bool apply_step_pin(void *apply, struct fail *fail);
bool apply_step_key(void *apply, struct fail *fail);
/* apply_order.c */
bool apply_step_order(void *apply, struct fail *fail);
bool apply_step_certificate(void *apply, struct fail *fail);
/* apply_install.c */
bool apply_step_prove(void *apply, struct fail *fail);
bool apply_step_install(void *apply, struct fail *fail);
bool apply_step_receipt(void *apply, struct fail *fail);

/* ---- what steps share ---- */

/* The chosen card is still in its reader. Errors: NO_CARD, CARD_WRONG. */
bool apply_same_card(struct apply *apply, struct fail *fail);

/* Present the card to the RA before a key is made; fills apply->card. */
bool apply_present_card(struct apply *apply, struct fail *fail);

/* Get the terms and have them accepted, unless this text was accepted already. */
bool apply_accept_terms(struct apply *apply, struct fail *fail);

/* Change a recorded value and make it durable. */
bool apply_record(struct apply *apply, const char *name, const char *value, struct fail *fail);

/* The RA has an order for another key of this card, of an application whose record was lost: go on
 * with that key, and remove the one that was made in vain. apply->order: that order.
 * *ret_found false: no such key is on the card. */
bool apply_adopt_key(struct apply *apply, bool *ret_found, struct fail *fail);

/* Remove that key, if an earlier run could not. */
bool apply_remove_spare(struct apply *apply, struct fail *fail);

/* Does the order name this public key? */
bool apply_order_of_key(const struct ra_order *order, EVP_PKEY *public);

/* Read a secret from its source (conf key) or ask twice or once. */
bool apply_secret(struct apply *apply, enum conf_key source, const char *prompt, const char *option,
	struct pin **ret, struct fail *fail);

/* apply_captcha.c: show the picture and read its digits. The caller frees *ret. */
bool apply_captcha(
	struct apply *apply, const struct ra_captcha *captcha, char **ret, struct fail *fail);

#endif
