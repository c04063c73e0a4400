/* SPDX-License-Identifier: Apache-2.0 */
/* The cards that a session is run on: made once, each time a fresh copy. */
#ifndef TESTS_FUZZ_CARDS_H
#define TESTS_FUZZ_CARDS_H

struct vcard;

enum cards_kind {
	CARDS_V44,       /* by OpenSC's layout, with a key pair of ours */
	CARDS_V53_MAKER, /* keys, PINs and certificates of its maker */
	CARDS_V53_PLAIN, /* V5 to be written to, with a key pair of ours */
	CARDS_V44_BLANK,
	CARDS_KINDS
};

/* The caller frees. Uses stand_in.h and session.h to make the cards at the first call for their
 * kind. */
struct vcard *cards_copy(enum cards_kind kind);

#endif
