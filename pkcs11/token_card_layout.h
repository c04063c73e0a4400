/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions of cards without PKCS#15: which files hold them. */
#ifndef PKCS11_TOKEN_CARD_LAYOUT_H
#define PKCS11_TOKEN_CARD_LAYOUT_H

struct cardos_card;

/* Give the card every description there is: the file TWCA_CARD_LAYOUT names, else all *.conf in
 * $XDG_CONFIG_HOME/twca/cards and /etc/twca/cards. A bad one is told on the error output, with its
 * name and what is wrong, and left out. */
void token_card_layouts(struct cardos_card *card);

#endif
