/* SPDX-License-Identifier: Apache-2.0 */
/* A token source in memory for the unit tests: FAKE_READERS readers, each with a card when told so.
 * Keys are OpenSSL's, PINs are counted; every call that would reach a card is counted too. */
#ifndef TESTS_PKCS11_FAKE_H
#define TESTS_PKCS11_FAKE_H

#include <stdbool.h>
#include <stddef.h>

#define FAKE_READERS 2
#define FAKE_PIN "135790"
#define FAKE_PUK "24680246"
#define FAKE_CARD_SO "99999999"
#define FAKE_TRIES 3

/* All readers empty, all counters zero, service running. Call with no module initialised. */
void fake_reset_world(void);

/* Put a card with a key (id 45, label "key", RSA 2048, sign and decrypt), its public key and its
 * certificate into a reader. */
void fake_insert(int reader);
/* A card without anything. */
void fake_insert_blank(int reader);
/* A card that no driver knows. */
void fake_insert_foreign(int reader);
void fake_remove(int reader);
/* Another program resets the card: logins are lost. */
void fake_reset(int reader);

/* Another program stores a data object. */
void fake_foreign_write(int reader, const char *label);

/* ... and the card is read anew after it: its objects have other numbers. */
void fake_renumber(int reader);

/* In its n-th exchange from now (0: never) the card is pulled out, or reset by somebody. */
void fake_fault(int reader, int n, bool reset);

/* Its directory says, from the next question on, that its keys have so many bits: nonsense. */
void fake_claim_bits(int reader, unsigned bits);

/* How many readers there are (the others were never plugged in), and a service that is away. */
void fake_readers(int count);
void fake_service(bool running);

/* The card's knobs. */
void fake_set_tells_tries(int reader, bool tells);
void fake_set_user_consent(int reader, bool each_time);
void fake_set_delay_ms(int reader, int ms); /* of one signature */
void fake_set_card_so(int reader, bool has);
void fake_set_raw(int reader, bool raw);
void fake_set_curves(int reader, unsigned curves); /* enum token_curve; none at first */

/* What happened since fake_reset_world(). */
int fake_connects(int reader);
int fake_transactions(int reader);
int fake_logins(int reader);    /* PIN presentations */
int fake_questions(int reader); /* "did somebody write?" */
int fake_open_cards(void);      /* connected now */
int fake_tries_left(int reader);
bool fake_logged_in(int reader);

#endif
