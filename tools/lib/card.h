/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with the chosen card: see that it is still there, present its PIN. */
#ifndef TWCA_TOOLS_CARD_H
#define TWCA_TOOLS_CARD_H

#include <stdbool.h>

struct fail;
struct p11_key;
struct tool;

/* The chosen card is still in its reader. Errors: NO_CARD, CARD_WRONG. */
bool card_same(struct tool *tool, struct fail *fail);

/* An exchange cut by pulling the card out may look like a broken card until pcscd has noticed: turn
 * CARD_ERROR into CARD_REMOVED if the card is not there any more, after a moment. */
void card_look(struct tool *tool, struct fail *fail);

/* PINs are typed at the reader: it has keys, and the person named no source for them. */
bool card_keypad(const struct tool *tool);

/* Before a PIN is presented: refuses when the PIN is locked; warns before the last try, and does
 * not risk it unattended without --force. Errors: PIN_LOCKED, PIN_LAST_TRY. */
bool card_guard(struct tool *tool, struct fail *fail);

/* After a PIN was presented, or set anew: how it failed, or NULL. Keeps in mind that one try is
 * left, for cards that cannot be asked. */
void card_tried(const struct tool *tool, const struct fail *fail);

/* Log in with the card PIN: from --pin-source once, from the person until it is right or locked;
 * card_guard() before each try.
 * Errors: PIN_WRONG, PIN_LENGTH, PIN_LOCKED, PIN_LAST_TRY, INPUT_NEEDED, CANCELLED. */
bool card_login(struct tool *tool, struct fail *fail);

/* Where this key of the card wants its PIN at each use: it is typed at the reader or asked for. It
 * may be another than the login's, with tries of its own, so that the login's source serves again
 * only with --force. Errors then: INPUT_NEEDED. */
void card_key(struct tool *tool, struct p11_key *key);

#endif
