/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of V5 cards share. */
#ifndef TEST_CARD_KIT5_H
#define TEST_CARD_KIT5_H

#include "kit.h"

#define RULE_PIN "A406830101950108"
#define DF_RULES                                                                                   \
	"AB50 8F0480100000 9000 8F0480E00100 9000 8F0480E00000 9000 8F0400DA016C 9000"             \
	"8001C0 9000 8001A0 " RULE_PIN " 800102 9000 800101 " RULE_PIN " 800140 " RULE_PIN         \
	"800104 9700"
#define PIN_OCI                                                                                    \
	"830101 8503200000 C20120 950108 C4020500 8A0105"                                          \
	"AB1B 8001C0 9000 8001A0 " RULE_PIN " 800188 A406830102950108"                             \
	"A303910103 8F08" PIN8
#define PUK_OCI                                                                                    \
	"830102 8503200000 C20120 950108 C4020500 8A0105 AB05 8001C09000 A30391010A 8F08" PUK8
#define KEY_RULES                                                                                  \
	"AB34 8F0400478300 9000 8001C0 " RULE_PIN " 8001A0 " RULE_PIN " 800182 " RULE_PIN          \
	"800181 " RULE_PIN
#define P256_OID "06082A8648CE3D030107"

/* A blank card with DF 5015 selected: PUK 02 "12345678", PIN 01 "123456" in it. */
struct vcard *kit5_card(const char *personality, const char *switches);

/* Send header, Lc, data (hex as in kit.h) and Le 00 if le; expect the pattern. */
void kit5_send(
	struct vcard *card, const char *header, const char *data, bool le, const char *pattern);

/* Bring data through ACCUMULATE OBJECT DATA; ret_hash: 64 hex digits and a zero. */
void kit5_accumulate(struct vcard *card, const char *data, char *ret_hash);

/* Store the curve P-256 as ECD 01. */
void kit5_curve(struct vcard *card);

/* A key pair generated under id in the current DF: RSA of so many bits, P-256 for 0. The PIN is
 * verified after it. ret_public: hex of the answer of the export, 7F49 and all. */
void kit5_key(struct vcard *card, unsigned id, unsigned bits, char *ret_public, size_t size);

#endif
