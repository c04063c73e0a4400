/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of the card. */
#ifndef TWCA_TOOLS_PICK_H
#define TWCA_TOOLS_PICK_H

#include <stdbool.h>

struct fail;
struct tool;

enum pick_flags {
	PICK_QUIETLY = 1 << 0,   /* one card that fits is taken without asking or telling */
	PICK_BLANK = 1 << 1,     /* a card that is not personalised will do */
	PICK_READ_ONLY = 1 << 2, /* a card that cannot be written will do */
	PICK_SOFT = 1 << 3,      /* the software tokens instead of the readers */
};

/* Choose a card by --reader (part of its name) and --token (URI). Of software tokens that nobody
 * named, those count that the application of this account made, else those of the site, else those
 * of which nobody knows. Where more than one fits the person chooses. Fills tool->token and opens
 * tool->session. Opens the module if needed. Errors: NO_SERVICE, NO_READER, NO_CARD, CARD_UNKNOWN,
 * CARD_BLANK, CARD_READ_ONLY, READER_AMBIGUOUS (of software tokens FILE_AMBIGUOUS; with the URIs),
 * NO_KEY_FILE, CANCELLED, MODULE. */
bool pick_card(struct tool *tool, unsigned flags, struct fail *fail);

#endif
