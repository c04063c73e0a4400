/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that only a renewal has; the others are those of an application (apply.h). */
#ifndef TWCA_RENEW_H
#define TWCA_RENEW_H

#include "apply.h"

/* renew_run.c: the whole renewal, or with --check only the look at it. */
bool renew_run(void *apply, struct fail *fail);

/* renew_pick.c: the carrier, the record, the certificate */
bool renew_step_carrier(void *apply, struct fail *fail);
bool renew_step_journal(void *apply, struct fail *fail);
bool renew_step_select(void *apply, struct fail *fail);
bool renew_step_window(void *apply, struct fail *fail);
/* renew_login.c */
bool renew_step_login(void *apply, struct fail *fail);
bool renew_step_pin(void *apply, struct fail *fail);
bool renew_step_second_pin(void *apply, struct fail *fail);
/* renew_pay.c */
bool renew_step_pay(void *apply, struct fail *fail);
/* renew_order.c */
bool renew_step_order(void *apply, struct fail *fail);
/* renew_end.c */
bool renew_step_retire(void *apply, struct fail *fail);

/* renew_tidy.c: remove what newer certificates have made superfluous; at the end of a renewal, say
 * that there is some. */
bool renew_step_tidy(void *apply, struct fail *fail);
void renew_offer_tidy(struct apply *apply);

/* renew_pick.c: make this the certificate to be renewed; takes own->der over. */
bool renew_take(struct apply *apply, struct p11_own *own, struct fail *fail);

/* renew_pick.c: the record's certificate is that of a renewal which is not through. */
bool renew_is_open(const struct apply *apply);

/* renew_login.c: apply->old.key is the old private key; needs the login. Errors: CARD_WRONG. */
bool renew_find_key(struct apply *apply, struct fail *fail);

#endif
