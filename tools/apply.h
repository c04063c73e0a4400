/* SPDX-License-Identifier: Apache-2.0 */
/* The application for a certificate: what its steps share. */
#ifndef TWCA_APPLY_H
#define TWCA_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/chain.h"
#include "lib/tool.h"

struct apply {
	struct tool tool; /* first */
	long wait_s;      /* for the RA to decide */
	bool resumed;     /* an earlier run had begun this job */
	const char *step; /* that was reached */
	struct p11_key key;
	uint8_t *csr;
	size_t csr_len;
	struct ra_order order;
	struct chain chain;
	struct chain_text text; /* of the certificate */
};

/* Run the whole application. */
bool apply_run(void *apply, struct fail *fail);

/* The order and what belongs to it. */
void apply_clear(void *apply);

/* apply_report.c: the result as JSON members, and as text on stdout. */
json_t *apply_members(void *apply, const struct fail *fail);
void apply_print(void *apply);

/* ---- the steps, in their order ---- */

/* apply_env.c: what must be there before anything is asked */
bool apply_step_module(void *apply, struct fail *fail);
bool apply_step_ra(void *apply, struct fail *fail);
bool apply_step_card(void *apply, struct fail *fail);
bool apply_step_journal(void *apply, struct fail *fail);
/* apply_session.c: login, first password, terms, verification, PIN; see lib/ */
bool apply_step_login(void *apply, struct fail *fail);
bool apply_step_password(void *apply, struct fail *fail);
bool apply_step_terms(void *apply, struct fail *fail);
bool apply_step_verify(void *apply, struct fail *fail);
bool apply_step_pin(void *apply, struct fail *fail);
/* apply_card.c */
bool apply_step_key(void *apply, struct fail *fail);
/* apply_order.c */
bool apply_step_order(void *apply, struct fail *fail);
bool apply_step_certificate(void *apply, struct fail *fail);
/* apply_install.c */
bool apply_step_prove(void *apply, struct fail *fail);
bool apply_step_install(void *apply, struct fail *fail);
bool apply_step_receipt(void *apply, struct fail *fail);

/* ---- what steps share ---- */

/* The RA has an order for another key of this card, of an application whose record was lost: go on
 * with that key, and remove the one that was made in vain. apply->order: that order.
 * *ret_found false: no such key is on the card. */
bool apply_adopt_key(struct apply *apply, bool *ret_found, struct fail *fail);

/* Remove that key, if an earlier run could not. */
bool apply_remove_spare(struct apply *apply, struct fail *fail);

/* Does the order name this public key? */
bool apply_order_of_key(const struct ra_order *order, EVP_PKEY *public);

#endif
