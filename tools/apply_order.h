/* SPDX-License-Identifier: Apache-2.0 */
/* What the orders of applications and of renewals share. */
#ifndef TWCA_APPLY_ORDER_H
#define TWCA_APPLY_ORDER_H

#include "apply.h"

/* The request of the present application, without what only one kind has. */
struct ra_request apply_request(const struct apply *apply);
/* Is this order for the keys and the carrier of this job? */
bool apply_order_is_ours(const struct apply *apply, const struct ra_order *order);
/* Send the recorded order, or make one; once it has an address, ask for it. */
bool apply_place_order(struct apply *apply, struct fail *fail);
/* Is there an order in the record, sent or not? If not, the card has to be verified before one is
 * made. */
bool apply_has_order(const struct apply *apply);
bool apply_verified(struct apply *apply, struct fail *fail);
/* Key and text of the request are recorded before they are sent, once. */
bool apply_record_order(struct apply *apply, const char *text, struct fail *fail);
/* Take over what the RA answered: it is for our keys and carrier; from now on it has an address. */
bool apply_take_order(struct apply *apply, struct fail *fail);
/* Forget the verification; the next order needs a fresh one. */
void apply_forget_card(struct apply *apply);
/* Drop the recorded order. */
bool apply_forget_order(struct apply *apply, struct fail *fail);
/* Wait until the RA has decided; then the order is issued or this fails. */
bool apply_decided(struct apply *apply, struct fail *fail);
/* An order stands in the way: is it ours? Then go on with it. */
bool apply_take_over(struct apply *apply, const char *url, struct fail *fail);

/* apply_adopt.c: the RA has an order for other keys of this card, of an application whose record
 * was lost: go on with those keys, and remove those that were made in vain. apply->order: that
 * order. *ret_found false: such keys are not on the card. */
bool apply_adopt_keys(struct apply *apply, bool *ret_found, struct fail *fail);

/* Remove those keys, if an earlier run could not. */
bool apply_remove_spare(struct apply *apply, struct fail *fail);

#endif
