/* SPDX-License-Identifier: Apache-2.0 */
/* The card verifications of the RA. */
#ifndef TWCA_TOOLS_VERIFY_H
#define TWCA_TOOLS_VERIFY_H

#include <stdbool.h>

struct fail;
struct p11_key;
struct tool;

/* Present the card to the RA before a key is made; fills tool->card.
 * Errors: NO_CARD, CARD_WRONG (not registered for this account, or swapped). */
bool verify_present(struct tool *tool, struct fail *fail);

/* The new key signs the RA's challenge: the card that holds the certified key is in the reader.
 * Fills tool->card. Errors: those, RA_REPLY, CARD_WRONG. */
bool verify_prove(
	struct tool *tool, const char *order_url, const struct p11_key *key, struct fail *fail);

#endif
