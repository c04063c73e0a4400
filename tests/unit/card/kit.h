/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the virtual card share: asking it in hex, and files of commands and answers. */
#ifndef TEST_CARD_KIT_H
#define TEST_CARD_KIT_H

#include "vcard.h"

/* Hex with blanks, [XX*N] for N times a byte. */
void kit_hex(const char *text, struct vc_buf *out);

/* Send apdu (as kit_hex) and fail the test unless the answer fits the pattern: data and SW in hex,
 * where ".." is any byte and "*" any number of them; "" is no answer at all. */
void kit_expect_at(
	struct vcard *card, const char *apdu, const char *pattern, const char *file, int line);
#define kit_expect(card, apdu, pattern) kit_expect_at(card, apdu, pattern, __FILE__, __LINE__)

/* The last answer's data (without SW). Borrowed until the next kit_expect(). */
const uint8_t *kit_answer(size_t *ret_len);

/* A blank card with switches ("a=b c=d", or NULL). */
struct vcard *kit_card(const char *personality, const char *switches);

/* As kit_card(), with DF 5015 (AC all 00) selected, PUK 02 "12345678", PIN 01 "123456" in the MF.
 */
struct vcard *kit_pin_card(const char *personality, const char *switches);

/* Store a 1024-bit key of this algorithm byte under id in the current DF, guarded by PIN 01, and
 * its modulus in ret_modulus (128 bytes). */
void kit_key(struct vcard *card, unsigned id, unsigned algorithm, uint8_t *ret_modulus);

#define PIN8 "3132333435360000"
#define PUK8 "3132333435363738"
#define WRONG8 "3939393939390000"
#define VERIFY "0020008108" PIN8

#endif
