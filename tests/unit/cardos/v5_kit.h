/* SPDX-License-Identifier: Apache-2.0 */
/* V5 cards to write to, and what is done with them. */
#ifndef TESTS_UNIT_CARDOS_V5_KIT_H
#define TESTS_UNIT_CARDOS_V5_KIT_H

#include "cardos/cardos.h"

struct vcard_link;

#define V5_RSA_BITS 512 /* quick to make */

/* Cards. All but the blank one hold the keys "old" (RSA) and "spare" (EC) with certificates. */
#define V5_PLAIN "plain" /* PKCS#15 by a maker, without keys */
#define V5_MAKER "maker" /* with keys and PINs of the maker's */
#define V5_OWN "own"     /* blank, then made by the driver */
#define V5_BLANK "blank" /* as it is */

extern struct secret *v5_pin, *v5_new_pin, *v5_puk;

/* For cmocka: makes the cards once, and keeps them in files. */
int v5_begin(void **state);
int v5_end(void **state);

/* A fresh copy of a card. */
void v5_start(struct vcard_link *link, const char *name);
/* An empty or personalised card that no errand has seen, with a switch of the virtual card; NULL:
 * none. version: v5.0, v5.3 or v5.4. */
void v5_make(
	struct vcard_link *link, const char *version, const char *name, const char *assignment);

/* Open, in a transaction. */
struct cardos_card *v5_open(struct vcard_link *link);
enum cardos_err v5_login(struct cardos_card *card);
/* Login included. */
enum cardos_err v5_generate(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits);
/* A key of OpenSSL's, the same each time for the same bits. */
enum cardos_err v5_import(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits);
bool v5_signs_as_imported(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits);
enum cardos_err v5_store(struct cardos_card *card, const char *label);

/* 0: none. */
uint32_t v5_number(struct cardos_card *card, enum cardos_class class, const char *label);
size_t v5_count(struct cardos_card *card, enum cardos_class class, const char *label);
/* Does the private key's signature verify with the public key object of its label? */
bool v5_signs(struct cardos_card *card, const char *label);

#endif
