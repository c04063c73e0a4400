/* SPDX-License-Identifier: Apache-2.0 */
/* A CardOS card as this room sees it: its personality, what is selected, what the phase is. */
#ifndef CARDOS_COS_CARD_H
#define CARDOS_COS_CARD_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cos_card;
struct cos_row;
struct digest;
struct transport;

/* Recognise the card by its ATR; sends no command. transport: borrowed, must live longer.
 * Errors: NOT_OURS, MEMORY. */
enum cardos_err cos_card_new(struct transport *transport, struct cos_card **ret_card);
struct cos_card *cos_card_free(struct cos_card *card);

const struct cos_row *cos_card_row(const struct cos_card *card);

/* Borrowed, as long as the card. */
struct digest *cos_card_digest(struct cos_card *card);

/* Another program may have used the card: nothing is known to be selected any more. */
void cos_card_forget(struct cos_card *card);

/* The serial number: 6 bytes on V4. ret_serial: 32 bytes. Errors: CORRUPT and those of a command.
 */
enum cardos_err cos_card_serial(struct cos_card *card, uint8_t *ret_serial, size_t *ret_len);

/* Bring the card into administration, where objects can be written. Asks once per transaction. */
enum cardos_err cos_card_administrate(struct cos_card *card);

/* Does the card have the package that reports wrong PINs as counters? Asked once. */
enum cardos_err cos_card_counts_tries(struct cos_card *card, bool *ret_counts);

/* Random bytes, any number. */
enum cardos_err cos_card_random(struct cos_card *card, uint8_t *out, size_t len);

#endif
